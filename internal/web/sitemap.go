package web

import (
	"encoding/xml"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
)

// robots asks crawlers to leave alone what is of no use to them. The address of
// a credential is not among it: the page itself says whether it may be found, and
// a crawler that may not read it would never know.
func (s *Server) robots(c echo.Context) error {
	return c.String(http.StatusOK, "User-agent: *\nDisallow: /api/\nDisallow: /claim/\nDisallow: /my\nDisallow: /s/\n"+
		"Disallow: /verify/\nDisallow: /a?\n\nSitemap: "+s.c.BaseURL+"/sitemap.xml\n")
}

// maxSitemap is how many addresses a sitemap may have (sitemaps.org).
const maxSitemap = 50_000

// A siteMap is the list of pages that may be found: those about the service and
// about what it awards, never one about a person.
type siteMap struct {
	XMLName xml.Name   `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	XHTML   string     `xml:"xmlns:xhtml,attr"`
	Pages   []sitePage `xml:"url"`
}

type sitePage struct {
	Address  string        `xml:"loc"`
	Changed  string        `xml:"lastmod,omitempty"`
	Language []siteEdition `xml:"xhtml:link"`
}

type siteEdition struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

func (s *Server) sitemap(c echo.Context) error {
	ctx := c.Request().Context()
	m := siteMap{XHTML: "http://www.w3.org/1999/xhtml"}
	for _, path := range []string{"/", "/verify", "/help/employers", "/help/learners", "/accessibility"} {
		m.add(s.c.BaseURL+path, time.Time{})
	}
	if s.c.Service != nil {
		m.add(s.c.BaseURL+"/a", time.Time{})
		all, err := s.c.Service.Institutions(ctx)
		if err != nil {
			return err
		}
		for _, i := range all {
			m.add(s.c.BaseURL+"/i/"+i.ID, i.Added)
		}
		offers, err := s.offers.newest(ctx, s.c.Service)
		if err != nil {
			return err
		}
		for _, o := range offers {
			m.add(s.c.BaseURL+"/a/"+o.ID, o.Added)
		}
	}
	b, err := xml.Marshal(m)
	if err != nil {
		return err
	}
	return writeTagged(c, "application/xml; charset=utf-8", "max-age=3600", append([]byte(xml.Header), b...))
}

// add lists a page with its language editions: the address alone answers in the
// reader's language, with ?lang= in the one named.
func (m *siteMap) add(address string, changed time.Time) {
	if len(m.Pages) >= maxSitemap {
		return
	}
	p := sitePage{Address: address}
	if !changed.IsZero() {
		p.Changed = changed.UTC().Format(time.DateOnly)
	}
	for _, lang := range i18n.Languages {
		p.Language = append(p.Language, siteEdition{"alternate", lang, address + "?lang=" + lang})
	}
	p.Language = append(p.Language, siteEdition{"alternate", "x-default", address})
	m.Pages = append(m.Pages, p)
}
