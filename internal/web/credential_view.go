package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/internal/publish"
	"merkki/issuer"
	"merkki/verifier"
)

// A credentialView is the page of a credential of ours.
type credentialView struct {
	view
	sheetView
	Report          *reportView
	QR              *publish.QR
	Address         string // as the code has it, in capitals
	AddressExact    string // the credential's id
	AddressShort    string // without the scheme, for paper
	SelfHref        string
	ShareHref       string // where its learner makes links
	BadgeHref       string // of the picture, without a credential in it
	Groups          string
	Checked         string
	HasToken        bool
	Institution     *issuer.Institution
	AchievementHref string
}

// credentialPage verifies the credential anew, with the verifier that answers
// everybody, and says what came of it.
func (s *Server) credentialPage(c echo.Context, r issuer.Record) error {
	ctx := c.Request().Context()
	rep, err := s.verify(ctx, verifier.Request{Input: r.Credential})
	if err != nil {
		return err
	}
	v := credentialView{view: s.base(c, ""), Address: strings.ToUpper(r.URL), AddressExact: r.URL, SelfHref: "/c/" + r.ID,
		ShareHref: "/my/" + r.ID, BadgeHref: s.badgeHref(r), AddressShort: shortAddress(r.URL), Groups: publish.Groups(r.ID),
		AchievementHref: s.pathOf(r.Achievement), HasToken: r.Token != nil}
	if inst, err := s.c.Service.Institution(ctx, r.Issuer); err == nil {
		v.Institution = &inst
		v.wear(inst)
		rep.Test = rep.Test || inst.Test
	}
	v.Report = s.reportOf(v.Printer, rep, s.knowledgeOf(r))
	v.Report.Newer = s.newerOf(ctx, v.Printer, r)
	v.sheetView = s.sheetOf(v.Printer, rep)
	v.Checked = v.Moment(rep.CheckedAt)
	v.Title = v.T("credential.title")
	if v.Facts != nil {
		v.Title = v.Facts.Achievement.Name
		v.Facts.Language = firstOf(v.Facts.Language, r.Language)
		preview, err := s.previewOf(ctx, r)
		if err != nil {
			return err
		}
		v.Social = s.socialOf(v.Printer, r, preview, v.Report)
	}
	if v.Brand != "" {
		v.Title += " · " + v.Brand
	}
	v.NoIndex = r.Visibility != issuer.Public
	v.Alternates = alternatesOf(v.SelfHref, r)
	if v.QR, err = publish.NewQR(r.URL); err != nil {
		return err
	}
	return s.pages.render(c, http.StatusOK, "credential", v)
}
