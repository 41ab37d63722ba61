package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"merkki/issuer"
)

// A learner has no account. Who used a link from a mail has a session: a cookie
// with a secret, good for two hours, that opens the pages below /my.

// learnerCookie has the prefix that ties a cookie to the host, which browsers
// allow over TLS only.
func (s *Server) learnerCookie() string {
	if s.c.TLS {
		return "__Host-merkki-learner"
	}
	return "merkki-learner"
}

// learner returns whose session the request has.
func (s *Server) learner(c echo.Context) (issuer.Digest, bool) {
	secret := s.sessionSecret(c)
	if secret == "" {
		return issuer.Digest{}, false
	}
	d, err := s.c.Service.Learner(c.Request().Context(), secret)
	return d, err == nil
}

func (s *Server) sessionSecret(c echo.Context) string {
	cookie, err := c.Cookie(s.learnerCookie())
	if err != nil {
		return ""
	}
	return cookie.Value
}

// setSession leaves a session in the browser; "" takes it away.
func (s *Server) setSession(c echo.Context, secret string) {
	age := int(issuer.SessionLife.Seconds())
	if secret == "" {
		age = -1
	}
	c.SetCookie(&http.Cookie{
		Name: s.learnerCookie(), Value: secret, Path: "/", MaxAge: age,
		Secure: s.c.TLS, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// requireLearner lets learners through; others get the page that sends the way
// in by mail.
func (s *Server) requireLearner(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if _, ok := s.learner(c); !ok {
			return s.linkPage(c, http.StatusForbidden, linkView{Needed: true})
		}
		return next(c)
	}
}
