package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"merkki/issuer"
	"merkki/keys"
	"merkki/schema"
)

func (s *Server) listTokens(c echo.Context) error {
	ctx := c.Request().Context()
	all, err := s.c.Service.Tokens(ctx, actor(ctx))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, listOf(all, "", shapeToken))
}

func (s *Server) newToken(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "name", "roles", "issuer", "expires")
	if err != nil {
		return err
	}
	t := issuer.Token{
		Name:    b.text(b.root, "", "name", true),
		Roles:   b.texts(b.root, "", "roles", true),
		Issuer:  b.text(b.root, "", "issuer", false),
		Expires: b.moment(b.root, "", "expires"),
	}
	if err := b.err(); err != nil {
		return err
	}
	if t, err = s.c.Service.NewToken(ctx, actor(ctx), t); err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, shapeToken(t))
}

func (s *Server) revokeToken(c echo.Context) error {
	ctx := c.Request().Context()
	if err := s.c.Service.RevokeToken(ctx, actor(ctx), c.Param("id")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Server) listTrust(c echo.Context) error {
	all, err := s.c.Service.Trust(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, listOf(all, "", shapeTrust))
}

// addTrust takes a list as it stands, and for a signed one the key under which
// it has to hold; that it can be read is checked at once, while its sender
// listens.
func (s *Server) addTrust(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "name", "source", "list", "key")
	if err != nil {
		return err
	}
	t := issuer.TrustSource{Name: b.text(b.root, "", "name", false), Source: b.text(b.root, "", "source", false)}
	l, ok := b.root.Get("list")
	if !ok {
		b.fault(schema.Found("schema.shape", "", map[string]any{"member": "list", "rule": "required"}))
	}
	if err := b.err(); err != nil {
		return err
	}
	t.JSON = schema.Marshal(l)
	if key, ok := b.root.Get("key"); ok {
		t.Key = schema.Marshal(key)
		t.JSON = []byte(l.Text)
	}
	if t, err = s.c.Service.AddTrust(ctx, actor(ctx), t); err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, shapeTrust(t))
}

func (s *Server) removeTrust(c echo.Context) error {
	ctx := c.Request().Context()
	if err := s.c.Service.RemoveTrust(ctx, actor(ctx), c.Param("id")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Server) listKeys(c echo.Context) error {
	all, err := s.c.Service.Keys(c.Request().Context(), c.QueryParam("issuer"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, listOf(all, "", func(p keys.Pair) keyShape {
		k := shapeKey(p)
		from, until := s.c.Service.Term(c.Request().Context(), p)
		k.SignsFrom, k.SignsUntil = wire(from), wire(until)
		return k
	}))
}

func (s *Server) newKey(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "issuer", "algorithm", "role")
	if err != nil {
		return err
	}
	inst, alg, role := b.text(b.root, "", "issuer", false), b.text(b.root, "", "algorithm", false), b.text(b.root, "", "role", false)
	if err := b.err(); err != nil {
		return err
	}
	if alg == "" {
		alg = string(keys.Ed25519)
	}
	if role == "" {
		role = string(keys.Credentials)
	}
	p, err := s.c.Service.NewKey(ctx, actor(ctx), inst, keys.Algorithm(alg), keys.Role(role))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, shapeKey(p))
}

// backup and doctor exist on the machine alone: one writes files, the other
// reads every record.
func (s *Server) backup(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "path")
	if err != nil {
		return err
	}
	path := b.text(b.root, "", "path", true)
	if err := b.err(); err != nil {
		return err
	}
	if err := s.c.Service.Backup(ctx, actor(ctx), path); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"path": path})
}

func (s *Server) doctor(c echo.Context) error {
	found, err := s.c.Service.Doctor(c.Request().Context())
	if err != nil {
		return err
	}
	type complaint struct {
		Check  string `json:"check"`
		Detail string `json:"detail"`
	}
	out := make([]complaint, 0, len(found))
	for _, f := range found {
		out = append(out, complaint{f.Check, f.Detail})
	}
	advice := []complaint{}
	for _, a := range s.contactAdvice() {
		advice = append(advice, complaint{a.Check, a.Detail})
	}
	return c.JSON(http.StatusOK, map[string]any{"complaints": out, "advice": advice})
}
