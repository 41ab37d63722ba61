package web

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"merkki/issuer"
	"merkki/schema"
)

// What an address shows is judged here and nowhere else. Every public route that
// shows, lists, packs or exports a credential begins with published.

// published returns a record whose content the world may see. A withheld one is
// NOT_FOUND exactly as a number that was never given; a closed one is CLOSED.
func (s *Server) published(ctx context.Context, id string) (issuer.Record, error) {
	r, err := s.c.Service.Get(ctx, id)
	if err != nil {
		return issuer.Record{}, err
	}
	if r.Visibility == issuer.Closed {
		return issuer.Record{}, schema.Refusal(schema.CodeClosed, "", map[string]any{"id": id})
	}
	return r, nil
}

// isClosed tells the one refusal that has a page of its own.
func isClosed(err error) bool {
	for _, f := range faultsOf(err) {
		if f.Code == schema.CodeClosed {
			return true
		}
	}
	return false
}

// robotsOf tells search engines to stay away from everything that its learner
// has not made public.
func robotsOf(c echo.Context, r issuer.Record) {
	if r.Visibility != issuer.Public {
		c.Response().Header().Set("X-Robots-Tag", "noindex")
	}
}

// setVisibility withholds a credential, or lets what its learner chose count
// again. The rest is the learner's to choose.
func (s *Server) setVisibility(c echo.Context) error {
	ctx := c.Request().Context()
	b, err := readBody(c.Request(), "visibility")
	if err != nil {
		return err
	}
	want := b.text(b.root, "", "visibility", true)
	if err := b.err(); err != nil {
		return err
	}
	if want != string(issuer.Withheld) && want != "chosen" {
		return schema.Refusal(schema.CodeRangeError, "/visibility", map[string]any{"member": "visibility", "found": want, "expected": "withheld, chosen"})
	}
	r, err := s.c.Service.Withhold(ctx, actor(ctx), c.Param("id"), want == string(issuer.Withheld))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r)
}
