package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/internal/publish"
	"merkki/issuer"
	"merkki/schema"
)

// credential answers the one address of a credential in every form: page,
// document, certificate, badge, QR code, and what other sites show of it.
func (s *Server) credential(c echo.Context) error {
	id, suffix, _ := strings.Cut(c.Param("id"), ".")
	r, err := s.published(c.Request().Context(), id)
	if isClosed(err) {
		return s.closed(c, id, suffix, err)
	}
	if err != nil {
		return err
	}
	h := c.Response().Header()
	robotsOf(c, r)
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
	case "preview.png":
		return s.writePreview(c, r)
	case "card.html":
		return s.card(c, r)
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

func writeQR(c echo.Context, address, form string) error {
	q, err := publish.NewQR(address)
	if err != nil {
		return err
	}
	if form == "qr.svg" {
		// A drawing of our own needs nothing but itself.
		c.Response().Header().Set("Content-Security-Policy", "default-src 'none'")
		return writeTagged(c, "image/svg+xml", "no-cache", q.SVG())
	}
	b, err := q.PNG()
	if err != nil {
		return err
	}
	return writeTagged(c, "image/png", "no-cache", b)
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
