package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"merkki/issuer"
	"merkki/schema"
)

func (s *Server) addAchievement(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readObject(c.Request())
	if err != nil {
		return err
	}
	suspendable := false
	switch v := c.QueryParam("suspendable"); v {
	case "", "false":
	case "true":
		suspendable = true
	default:
		return schema.Refusal(schema.CodeRangeError, "", map[string]any{"member": "suspendable", "found": v})
	}
	definition, picture, err := b.illustrated()
	if err != nil {
		return err
	}
	a, err := s.c.Service.AddIllustrated(ctx, actor(ctx), c.QueryParam("issuer"), definition, suspendable, picture)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", "/api/v1/achievements/"+a.ID)
	return c.JSON(http.StatusCreated, shapeAchievement(a))
}

// illustrated reads a definition with its picture. The definition alone is one,
// too: it has a type, which what holds both has not.
func (b *body) illustrated() (definition schema.Value, picture []byte, err error) {
	definition, ok := b.root.Get("achievement")
	if _, typed := b.root.Get("type"); typed || !ok {
		return b.root, nil, nil
	}
	b.known(b.root, "", "achievement", "image")
	picture = b.picture(b.root, "", "image")
	return definition, picture, b.err()
}

func (s *Server) listAchievements(c echo.Context) error {
	all, err := s.c.Service.Achievements(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, listOf(all, "", shapeAchievementItem))
}

func (s *Server) showAchievement(c echo.Context) error {
	a, err := s.c.Service.Achievement(c.Request().Context(), achievementRef(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, shapeAchievement(a))
}

func (s *Server) exportAchievement(c echo.Context) error {
	a, err := s.c.Service.Achievement(c.Request().Context(), achievementRef(c))
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/json", schema.Marshal(a.Definition))
}

// achievementRef is an ID, or an ID and a version as they stand in the address.
func achievementRef(c echo.Context) string {
	if v := c.Param("version"); v != "" {
		return c.Param("id") + "/" + v
	}
	return c.Param("id")
}

func (s *Server) listIssuers(c echo.Context) error {
	all, err := s.c.Service.Institutions(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, listOf(all, "", shapeIssuer))
}

func (s *Server) showIssuer(c echo.Context) error {
	i, err := s.c.Service.Institution(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, shapeIssuer(i))
}

func (s *Server) addIssuer(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "name", "did", "lang", "test")
	if err != nil {
		return err
	}
	name, did, lang := b.text(b.root, "", "name", true), b.text(b.root, "", "did", false), b.text(b.root, "", "lang", false)
	test := b.flag(b.root, "", "test")
	if err := b.err(); err != nil {
		return err
	}
	if did == "" {
		did = "web"
	}
	if lang == "" {
		lang = s.c.Lang
	}
	var i issuer.Institution
	if i, err = s.c.Service.AddInstitution(ctx, actor(ctx), name, did, lang, test); err != nil {
		return err
	}
	c.Response().Header().Set("Location", "/api/v1/issuers/"+i.ID)
	return c.JSON(http.StatusCreated, shapeIssuer(i))
}
