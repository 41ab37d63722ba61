package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// helpPages are the pages for people who met a credential for the first time,
// by the last part of their address: template, and the keys of title and
// description. They use no technical word and have at most 400.
var helpPages = map[string]struct{ template, title, about string }{
	"employers": {"help-employers", "help.employers.title", "help.employers.lead"},
	"learners":  {"help-learners", "help.learners.title", "help.learners.lead"},
}

// help answers /help/employers and /help/learners.
func (s *Server) help(name string) echo.HandlerFunc {
	h := helpPages[name]
	return func(c echo.Context) error {
		v := s.base(c, "")
		v.Title, v.About = v.T(h.title), v.T(h.about)
		v.Canonical = s.c.BaseURL + "/help/" + name
		return s.pages.render(c, http.StatusOK, h.template, v)
	}
}

// assessed is the day on which the accessibility of the pages was last looked
// at as a whole; the statement says it, and it is changed with the statement.
var assessed = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)

type accessibilityView struct {
	view
	Assessed time.Time
	Contact  *contact
}

// accessibility is the statement that the Finnish Act on the Provision of
// Digital Services (306/2019, section 8) asks for: conformance, known gaps, the
// way to give feedback, and the authority that supervises.
func (s *Server) accessibility(c echo.Context) error {
	v := accessibilityView{view: s.base(c, ""), Assessed: assessed, Contact: contactOf(s.c.Contact)}
	v.Title = v.T("access.title")
	v.Canonical = s.c.BaseURL + "/accessibility"
	return s.pages.render(c, http.StatusOK, "accessibility", v)
}
