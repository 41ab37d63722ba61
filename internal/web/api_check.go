package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"merkki/issuer"
	"merkki/schema/microcredential/rules"
)

// checkAchievement says what a micro-credential lacks, before anybody adds it or
// after somebody got it: problems of the profile and of rule packs together. The
// body is an Achievement or a credential; nothing is kept of it.
func (s *Server) checkAchievement(c echo.Context) error {
	ctx := c.Request().Context()
	if err := actor(ctx).Requires(issuer.Publisher, issuer.Auditor); err != nil {
		return err
	}
	b, err := readObject(c.Request())
	if err != nil {
		return err
	}
	packs, err := rules.Choose(c.QueryParams()["pack"], b.root)
	if err != nil {
		return err
	}
	found, err := rules.Review(b.root, packs, s.c.Now())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, s.printer(c).Review(packs, found))
}
