package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"merkki/internal/publish"
	"merkki/issuer"
	"merkki/schema"
)

// A claimView is the page behind a link from a mail.
type claimView struct {
	view
	Over        bool // it was used, has ended, or never was
	Open        bool // this browser has a session already
	Confirm     bool // the link confirms an address
	Action      string
	Ends        string
	Name        string
	Achievement string
	Issuer      string
	PDF         bool
}

// claim shows what a link is for. It does not use it: mail programs and scanners
// follow links before their reader does.
func (s *Server) claim(c echo.Context) error {
	l, err := s.c.Service.Link(c.Request().Context(), c.Param("token"))
	if isMissing(err) {
		return s.claimOver(c)
	}
	if err != nil {
		return err
	}
	v := claimView{view: s.base(c, ""), Action: "/claim/" + c.Param("token"), Confirm: l.Use == issuer.LinkConfirm,
		Name: publish.Visible(l.Name), Achievement: publish.Visible(l.Achievement), PDF: l.Record != ""}
	v.NoIndex, v.Ends = true, v.Moment(l.Ends)
	v.Issuer = v.Domain
	if l.Institution.ID != "" {
		v.wear(l.Institution)
		v.Issuer = l.Institution.Name
	}
	v.Title = v.T("claim.title", "issuer", v.Issuer)
	_, v.Open = s.learner(c)
	return s.pages.render(c, http.StatusOK, "claim", v)
}

// claimOver is one page for every link that does not work, so that nobody learns
// which ones ever did.
func (s *Server) claimOver(c echo.Context) error {
	v := claimView{view: s.base(c, ""), Over: true}
	v.NoIndex, v.Title = true, v.T("claim.over-title")
	_, v.Open = s.learner(c)
	return s.pages.render(c, http.StatusNotFound, "claim", v)
}

// useClaim uses a link up: the browser has a session then, and goes on to the
// learner's page, or to the certificate that was asked for.
func (s *Server) useClaim(c echo.Context) error {
	session, l, err := s.c.Service.UseLink(c.Request().Context(), c.Param("token"))
	if isMissing(err) {
		return s.claimOver(c)
	}
	if err != nil {
		return err
	}
	s.setSession(c, session)
	to := "/my"
	switch {
	case c.FormValue("go") == "pdf" && l.Record != "":
		to = "/my/file/" + l.Record + ".pdf"
	case l.Use == issuer.LinkConfirm:
		to = "/my?confirmed"
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// isMissing reports whether an error is the refusal of something that is not
// there.
func isMissing(err error) bool {
	for _, f := range faultsOf(err) {
		if f.Code == schema.CodeNotFound {
			return true
		}
	}
	return false
}
