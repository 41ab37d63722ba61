package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"merkki/internal/i18n"
	"merkki/schema"
)

// languageOf chooses the reader's language: ?lang= for this once, then the
// cookie that the language switch left, then Accept-Language, then the
// institution's own.
func (s *Server) languageOf(r *http.Request) string {
	if l := r.URL.Query().Get("lang"); i18n.Speaks(l) {
		return l
	}
	if c, err := r.Cookie(s.cookieName()); err == nil && i18n.Speaks(c.Value) {
		return c.Value
	}
	return i18n.Match(r.Header.Get("Accept-Language"), s.c.Lang)
}

func (s *Server) printer(c echo.Context) *i18n.Printer { return i18n.New(s.languageOf(c.Request())) }

// cookieName has the prefix that ties a cookie to the host, which browsers allow
// over TLS only.
func (s *Server) cookieName() string {
	if s.c.TLS {
		return "__Host-lang"
	}
	return "lang"
}

// chooseLanguage keeps the language that a reader chose with the switch at the
// head of every page, and leads back to that page. It is the only thing that
// sets this cookie, which holds two letters and tells nobody from anybody else.
func (s *Server) chooseLanguage(c echo.Context) error {
	r := c.Request()
	if err := r.ParseForm(); err != nil {
		return schema.Refusal(schema.CodeParsingError, "", map[string]any{"expected": "application/x-www-form-urlencoded"})
	}
	lang := r.PostForm.Get("lang")
	if !i18n.Speaks(lang) {
		return schema.Refusal(schema.CodeRangeError, "", map[string]any{"member": "lang", "found": lang})
	}
	c.SetCookie(&http.Cookie{
		Name: s.cookieName(), Value: lang, Path: "/", MaxAge: 365 * 24 * 3600,
		Secure: s.c.TLS, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Redirect(http.StatusSeeOther, inside(r.PostForm.Get("to")))
}

// maxReturn is the longest address that the switch leads back to.
const maxReturn = 2048

// inside returns an address as one of this service, path and query, without a
// language; "/" for everything that leads or could be read to lead elsewhere:
// another host, two slashes or a backslash at the beginning, control characters.
func inside(address string) string {
	if len(address) > maxReturn || !strings.HasPrefix(address, "/") || strings.ContainsFunc(address, strange) {
		return "/"
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.HasPrefix(u.Path, "//") {
		return "/"
	}
	back := &url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: withoutLanguage(u.RawQuery)}
	if path := back.EscapedPath(); strings.HasPrefix(path, "//") || !strings.HasPrefix(path, "/") {
		return "/"
	}
	return back.RequestURI()
}

// strange are characters that browsers drop or read as a slash.
func strange(r rune) bool { return r < 0x20 || r == 0x7f || r == '\\' }

// withoutLanguage leaves lang out of a query and the rest as it stands.
func withoutLanguage(query string) string {
	if query == "" {
		return ""
	}
	parts := slices.DeleteFunc(strings.Split(query, "&"), func(p string) bool {
		return p == "lang" || strings.HasPrefix(p, "lang=")
	})
	return strings.Join(parts, "&")
}

// vary adds names to the Vary header, each once (RFC 9110, section 12.5.5).
func vary(h http.Header, names ...string) {
	var all []string
	for _, line := range h.Values("Vary") {
		for _, n := range strings.Split(line, ",") {
			all = append(all, strings.TrimSpace(n))
		}
	}
	for _, n := range names {
		if !slices.ContainsFunc(all, func(have string) bool { return strings.EqualFold(have, n) }) {
			all = append(all, n)
		}
	}
	h.Set("Vary", strings.Join(all, ", "))
}
