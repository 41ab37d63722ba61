package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"merkki/verifier"
)

// report answers what a credential that was issued here is worth now: the report
// that /verify would give of its bytes. Every check runs anew on each request; what
// is kept between requests is parsed keys and status lists that were proven, never
// a result. Of the evidence it has the hashes and not the canonical texts, which are
// three times as long as the credential. It asks nobody on the network about the service's own keys and lists,
// so that no client has an allowance for it: only how many verifications run at
// once is bounded.
func (s *Server) report(c echo.Context) error {
	ctx := c.Request().Context()
	r, err := s.published(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	robotsOf(c, r)
	rep, err := s.verify(ctx, verifier.Request{Input: r.Credential, Brief: true})
	if err != nil {
		return err
	}
	s.successionOf(ctx, rep, r)
	return c.JSON(http.StatusOK, rep)
}
