package web

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"merkki/schema/jsonld"
	mc "merkki/schema/microcredential"
)

// vocabularyLife is how long what stands under a versioned address may be kept:
// its bytes never change.
const vocabularyLife = 365 * 24 * time.Hour

// mcContext answers with the JSON-LD context of micro-credentials, the bytes that
// every verification here works with. Its own address is one for all
// installations ([mc.ContextURL]); this one is for the redirect there, and for
// mirrors.
func (s *Server) mcContext(c echo.Context) error {
	b, ok := jsonld.Embedded().Context(mc.ContextURL)
	if !ok {
		return fmt.Errorf("web: the context of micro-credentials is not embedded")
	}
	return vocabulary(c, "application/ld+json", b)
}

// mcSchema answers with the JSON Schema of the profile.
func (s *Server) mcSchema(c echo.Context) error {
	return vocabulary(c, "application/schema+json", mc.JSONSchema())
}

func vocabulary(c echo.Context, mediaType string, b []byte) error {
	return writeTagged(c, mediaType, fmt.Sprintf("public, max-age=%d, immutable", int(vocabularyLife.Seconds())), b)
}

// vocabularyRoutes are there on every installation, one that only verifies
// included.
func (s *Server) vocabularyRoutes(e *echo.Echo, read func(string, echo.HandlerFunc, ...echo.MiddlewareFunc)) {
	read("/ns/mc/v1", s.mcContext, openToAll)
	read("/ns/mc/v1/schema.json", s.mcSchema, openToAll)
	for _, path := range []string{"/ns/mc/v1", "/ns/mc/v1/schema.json"} {
		e.OPTIONS(path, preflight(http.MethodGet))
	}
}
