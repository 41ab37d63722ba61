package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/issuer"
)

//go:embed templates/*.html
var templateFiles embed.FS

// pages are the compiled templates. A page works without script: there is none.
type pages struct{ t *template.Template }

func newPages() (*pages, error) {
	t, err := template.New("").Funcs(template.FuncMap{
		// safe is the one way past escaping, and its argument can only be markup
		// that package publish made.
		"safe": func(h publish.SafeHTML) template.HTML { return template.HTML(h) },
		// said puts a fact beside the language of the signed text.
		"said": func(f factView, lang string) any {
			return struct {
				factView
				Lang string
			}{f, lang}
		},
	}).ParseFS(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	return &pages{t}, nil
}

// A view is what every page needs; what one page needs beyond that is embedded
// in Go fashion by the view structs below.
type view struct {
	*i18n.Printer
	Title        string
	About        string // a sentence for those who list pages, "" for none
	AboutLang    string // its language, where it is not the reader's
	Here         string // where the language switch leads back to
	Canonical    string // the one address of a page that may be found, "" for all others
	Brand        string // the institution, where there is one
	Domain       string
	VerifyOnly   bool
	Test         bool
	NoIndex      bool
	Style, Icon  string
	LookStyle    string // style sheet with the institution's colours, "" for none
	Logo         string // address of its logo, "" for none
	Languages    []languageLink
	Alternates   []alternate
	Social       *social // what other sites show of a link to it; nil: nothing
	Institutions []issuer.Institution
}

type languageLink struct {
	Code, Name, Short string
	Current           bool
}

type alternate struct{ Type, Href string }

var languageNames = map[string]string{"fi": "Suomi", "sv": "Svenska", "en": "English"}

// base fills a view for a request. It marks the whole page as a test where every
// institution of the service is one.
func (s *Server) base(c echo.Context, title string) view {
	p := s.printer(c)
	v := view{Printer: p, Title: title, Domain: s.domain, VerifyOnly: s.c.Service == nil, Here: inside(c.Request().URL.RequestURI()),
		Style: assetHref("merkki.css"), Icon: assetHref("icon.svg")}
	for _, l := range i18n.Languages {
		v.Languages = append(v.Languages, languageLink{l, languageNames[l], strings.ToUpper(l), l == p.Lang()})
	}
	if s.c.Service == nil {
		return v
	}
	all, err := s.c.Service.Institutions(c.Request().Context())
	if err != nil { // the page about an error is made while the store is away, too
		return v
	}
	v.Institutions = all
	v.Test = len(all) > 0
	for _, i := range all {
		v.Test = v.Test && i.Test
	}
	if len(all) == 1 {
		v.wear(all[0])
	}
	return v
}

// render writes a page. It is rendered as a whole before its status is sent, so
// that a fault in a template is a clean 500.
func (p *pages) render(c echo.Context, status int, name string, data any) error {
	var b bytes.Buffer
	if err := p.t.ExecuteTemplate(&b, name, data); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Language", languageIn(data))
	vary(h, "Accept-Language", "Cookie")
	if status == http.StatusOK && h.Get("Cache-Control") != "no-store" {
		return writePacked(c, "text/html; charset=utf-8", "no-cache", b.Bytes(), nil)
	}
	return c.Blob(status, "text/html; charset=utf-8", b.Bytes())
}

func languageIn(data any) string {
	if v, ok := data.(interface{ Lang() string }); ok {
		return v.Lang()
	}
	return ""
}
