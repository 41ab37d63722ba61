package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/issuer"
	"merkki/verifier"
)

// cardPolicy is that of the one page that may stand inside pages of others: it
// loads our style sheet, fonts and pictures, sends nothing anywhere and runs
// nothing.
const cardPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *"

// A cardView is a credential in little.
type cardView struct {
	view
	Report    *reportView
	Preview   publish.Preview
	Language  string // of the signed text
	Recipient string // only of a public one
	Href      string
	Image     string
}

// card answers with a credential in little, checked anew like the page, and
// without the name of the learner unless the learner made it public.
func (s *Server) card(c echo.Context, r issuer.Record) error {
	ctx := c.Request().Context()
	rep, err := s.verify(ctx, verifier.Request{Input: r.Credential})
	if err != nil {
		return err
	}
	preview, err := s.previewOf(ctx, r)
	if err != nil {
		return err
	}
	v := cardView{view: s.base(c, ""), Preview: preview, Href: s.c.BaseURL + "/c/" + r.ID, Image: s.badgeHref(r)}
	if inst, err := s.c.Service.Institution(ctx, r.Issuer); err == nil {
		v.wear(inst)
	}
	rep.Test = rep.Test || preview.Test != ""
	v.Report = s.reportOf(v.Printer, rep, s.knowledgeOf(r))
	v.Title = preview.Title + " · " + preview.Issuer
	if sheet := s.sheetOf(v.Printer, rep); sheet.Facts != nil {
		v.Language = sheet.Facts.Language
		v.Preview.Facts = inShort(v.Printer, *sheet.Facts)
	}
	if r.Visibility == issuer.Public {
		v.Recipient = r.Recipient.Name
	}
	v.NoIndex = true
	c.Response().Header().Set("Content-Security-Policy", cardPolicy)
	return s.pages.render(c, http.StatusOK, "card", v)
}

// knowledgeOf is what the service that issued a credential knows beyond a report.
func (s *Server) knowledgeOf(r issuer.Record) i18n.Known {
	return i18n.Known{Reason: publish.Visible(r.Reason), Changed: r.ChangedAt, Superseded: r.ReasonCode == superseded}
}

// badgeHref is where the picture of what was achieved stands, without a
// credential in it.
func (s *Server) badgeHref(r issuer.Record) string { return s.pathOf(r.Achievement) + "/image" }
