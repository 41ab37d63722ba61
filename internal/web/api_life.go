package web

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"merkki/issuer"
	"merkki/schema"
)

// lifeRoutes are what happens to credentials and keys after they were made.
func (s *Server) lifeRoutes(g *echo.Group) {
	g.POST("/credentials/:id/reissue", s.reissue)
	g.POST("/credentials/:id/renewal", s.renew)
	g.GET("/rotations", s.listRotations)
	g.POST("/rotations", s.rotate)
	g.POST("/keys/retire", s.retireKey)
	g.POST("/keys/compromise", s.compromiseKey)
	g.GET("/keys/drill", s.drill)
	g.POST("/keys/replace", s.replaceSigned)
}

// correctionMembers are those of a Correction; all of them may be absent.
var correctionMembers = []string{"achievement", "name", "email", "subjectId", "awardedDate", "validUntil", "language",
	"credits", "narrative", "result", "evidence", "reason"}

// correctionOf reads what a new credential says otherwise, in the object v at a place
// of the body.
func correctionOf(b *body, v schema.Value, at string) issuer.Correction {
	b.known(v, at, correctionMembers...)
	text := func(name string) string { return b.text(v, at, name, false) }
	c := issuer.Correction{
		Achievement: text("achievement"), Name: text("name"), Email: text("email"), SubjectID: text("subjectId"),
		AwardedDate: text("awardedDate"), ValidUntil: text("validUntil"), Language: text("language"),
		Credits: text("credits"), Narrative: text("narrative"), Reason: text("reason"),
	}
	if _, ok := v.Get("result"); ok {
		c.Result = append([]schema.Value{}, b.list(v, at, "result")...)
	}
	if _, ok := v.Get("evidence"); ok {
		c.Evidence = append([]schema.Value{}, b.list(v, at, "evidence")...)
	}
	return c
}

// reissue answers with the corrected credential. Said twice it is CONFLICT and names
// the one that exists, so that no idempotency key is needed.
func (s *Server) reissue(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readObject(c.Request())
	if err != nil {
		return err
	}
	with := correctionOf(b, b.root, "")
	if err := b.err(); err != nil {
		return err
	}
	r, err := s.c.Service.Reissue(ctx, actor(ctx), c.Param("id"), with)
	return s.succeeded(c, r, err)
}

func (s *Server) renew(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "validUntil")
	if err != nil {
		return err
	}
	until := b.text(b.root, "", "validUntil", true)
	if err := b.err(); err != nil {
		return err
	}
	r, err := s.c.Service.Renew(ctx, actor(ctx), c.Param("id"), until)
	return s.succeeded(c, r, err)
}

func (s *Server) succeeded(c echo.Context, r issuer.Record, err error) error {
	if err != nil {
		return err
	}
	c.Response().Header().Set("Location", "/api/v1/credentials/"+r.ID)
	return c.JSON(http.StatusCreated, r)
}

// A rotationShape is a change of keys that is under way.
type rotationShape struct {
	ID     string   `json:"id"`
	Issuer string   `json:"issuer"`
	Begun  string   `json:"begun"`
	From   string   `json:"from,omitempty"` // absent while the new keys are being made
	Old    []string `json:"old"`
}

func shapeRotation(r issuer.Rotation) rotationShape {
	return rotationShape{r.ID, r.Issuer, wire(r.Begun), wire(r.From), append([]string{}, r.Old...)}
}

func (s *Server) listRotations(c echo.Context) error {
	ctx := c.Request().Context()
	all, err := s.c.Service.Rotations(ctx, actor(ctx))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, listOf(all, "", shapeRotation))
}

func (s *Server) rotate(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "issuer", "overlap")
	if err != nil {
		return err
	}
	inst, overlap := b.text(b.root, "", "issuer", false), 24*time.Hour
	if text := b.text(b.root, "", "overlap", false); text != "" {
		if overlap, err = time.ParseDuration(text); err != nil {
			b.fault(schema.Refusal(schema.CodeMalformedValueError, "/overlap", map[string]any{"expected": "24h, 90m or 0s"}))
		}
	}
	if err := b.err(); err != nil {
		return err
	}
	r, err := s.c.Service.RotateKeys(ctx, actor(ctx), inst, overlap)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, shapeRotation(r))
}

func (s *Server) retireKey(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "key")
	if err != nil {
		return err
	}
	key := b.text(b.root, "", "key", true)
	if err := b.err(); err != nil {
		return err
	}
	p, err := s.c.Service.RetireKey(ctx, actor(ctx), key)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, shapeKey(p))
}

func (s *Server) compromiseKey(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "key", "from")
	if err != nil {
		return err
	}
	key, from := b.text(b.root, "", "key", true), b.moment(b.root, "", "from")
	if err := b.err(); err != nil {
		return err
	}
	p, err := s.c.Service.CompromiseKey(ctx, actor(ctx), key, from)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, shapeKey(p))
}

// drill counts what a key signed. It reads every record, and changes nothing.
func (s *Server) drill(c echo.Context) error {
	ctx := c.Request().Context()
	var from time.Time
	if text := c.QueryParam("from"); text != "" {
		var err error
		if from, err = time.Parse(time.RFC3339, text); err != nil {
			return schema.Found("schema.time", "/from", map[string]any{"value": text})
		}
	}
	d, err := s.c.Service.Drill(ctx, actor(ctx), c.QueryParam("key"), from)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, d)
}

func (s *Server) replaceSigned(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "key", "cursor")
	if err != nil {
		return err
	}
	key, cursor := b.text(b.root, "", "key", true), b.text(b.root, "", "cursor", false)
	if err := b.err(); err != nil {
		return err
	}
	out, err := s.c.Service.ReplaceSigned(ctx, actor(ctx), key, cursor)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}
