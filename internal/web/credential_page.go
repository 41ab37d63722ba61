package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/issuer"
	"merkki/schema"
	"merkki/verifier"
)

// credential answers the one address of a credential in every form: page,
// document, certificate, badge, QR code.
func (s *Server) credential(c echo.Context) error {
	id, suffix, _ := strings.Cut(c.Param("id"), ".")
	r, err := s.published(c.Request().Context(), id)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("X-Robots-Tag", "noindex")
	base := "/c/" + r.ID
	form := suffix
	asked := askedOf(c.Request(), r)
	if suffix == "" {
		h.Add("Vary", "Accept, Accept-Language")
		form = formOf(asked)
		h.Set("Content-Location", base+"."+form)
		h.Set("Link", linkTo(append(alternatesOf(base, r), alternate{"text/html", base + ".html"})))
	}
	switch form {
	case "html":
		if suffix != "" {
			h.Add("Vary", "Accept-Language")
		}
		return s.credentialPage(c, r)
	case "json":
		return writeTagged(c, typeOf(asked, jsonTypes), "no-cache", r.Credential)
	case "jwt":
		if r.Token != nil {
			return writeTagged(c, typeOf(asked, tokenTypes), "no-cache", r.Token)
		}
	case "pdf", "png", "svg":
		return s.writePaper(c, r, form)
	case "qr.svg", "qr.png":
		return writeQR(c, r.URL, form)
	}
	return schema.Refusal(schema.CodeNotFound, "", nil)
}

// askedOf is the media type in which a credential is asked for, of those that it
// has.
func askedOf(r *http.Request, rec issuer.Record) string {
	also := paperTypes
	if rec.Token != nil {
		also = slices.Concat(tokenTypes, paperTypes)
	}
	return negotiate(r.Header.Get("Accept"), "application/vc", also...)
}

// formOf is the suffix under which a credential has a media type.
func formOf(mediaType string) string {
	switch {
	case mediaType == "text/html":
		return "html"
	case slices.Contains(tokenTypes, mediaType):
		return "jwt"
	}
	for suffix, p := range paper {
		if p.mediaType == mediaType {
			return suffix
		}
	}
	return "json"
}

// alternatesOf lists the forms of a credential that have an address of their own,
// the page apart.
func alternatesOf(base string, r issuer.Record) []alternate {
	all := []alternate{{"application/vc", base + ".json"}}
	if r.Token != nil {
		all = append(all, alternate{tokenTypes[0], base + ".jwt"})
	}
	return append(all, alternate{"application/pdf", base + ".pdf"}, alternate{"image/png", base + ".png"}, alternate{"image/svg+xml", base + ".svg"})
}

// linkTo writes alternates as a Link header (RFC 8288).
func linkTo(all []alternate) string {
	var links []string
	for _, a := range all {
		links = append(links, "<"+a.Href+`>; rel="alternate"; type="`+a.Type+`"`)
	}
	return strings.Join(links, ", ")
}

// published returns a record that the world may see. What is only prepared, or
// was given up, is not there.
func (s *Server) published(ctx context.Context, id string) (issuer.Record, error) {
	r, err := s.c.Service.Get(ctx, id)
	if err != nil {
		return r, err
	}
	switch r.State {
	case issuer.Issued, issuer.Suspended, issuer.Revoked:
		return r, nil
	}
	return issuer.Record{}, schema.Refusal(schema.CodeNotFound, "", nil)
}

func writeQR(c echo.Context, address, form string) error {
	q, err := publish.NewQR(address)
	if err != nil {
		return err
	}
	if form == "qr.svg" {
		// A drawing of our own needs nothing but itself.
		c.Response().Header().Set("Content-Security-Policy", "default-src 'none'")
		return writeTagged(c, "image/svg+xml", "max-age=86400", q.SVG())
	}
	b, err := q.PNG()
	if err != nil {
		return err
	}
	return writeTagged(c, "image/png", "max-age=86400", b)
}

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
		AddressShort: shortAddress(r.URL), Groups: publish.Groups(r.ID), AchievementHref: s.pathOf(r.Achievement)}
	if inst, err := s.c.Service.Institution(ctx, r.Issuer); err == nil {
		v.Institution, v.Brand, v.Test = &inst, inst.Name, inst.Test
		rep.Test = rep.Test || inst.Test
	}
	known := i18n.Known{Reason: publish.Visible(r.Reason), Changed: r.ChangedAt}
	v.Report = s.reportOf(v.Printer, rep, known)
	v.sheetView = s.sheetOf(v.Printer, rep)
	v.Checked = v.Moment(rep.CheckedAt)
	v.Title = v.T("credential.title")
	if v.Facts != nil {
		v.Title = v.Facts.Achievement.Name
		v.Facts.Language = firstOf(v.Facts.Language, r.Language)
	}
	if v.Brand != "" {
		v.Title += " · " + v.Brand
	}
	v.NoIndex = true
	v.HasToken = r.Token != nil
	v.Alternates = alternatesOf(v.SelfHref, r)
	if v.QR, err = publish.NewQR(r.URL); err != nil {
		return err
	}
	return s.pages.render(c, http.StatusOK, "credential", v)
}

// shortAddress writes an address as paper has it: without the scheme, and with a
// place to break before the id.
func shortAddress(u string) string {
	_, rest, ok := strings.Cut(u, "://")
	if !ok {
		return u
	}
	return rest
}

// pathOf turns an address of this service into a link inside it, so that pages
// also work under another host name, as in the demo.
func (s *Server) pathOf(address string) string {
	if rest, ok := strings.CutPrefix(address, s.c.BaseURL+"/"); ok {
		return "/" + rest
	}
	return ""
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
