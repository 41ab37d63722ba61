package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// writeTagged answers with a strong ETag, and with 304 to a client that has the
// same bytes already (RFC 9110, section 13.1.2).
func writeTagged(c echo.Context, mediaType, cache string, b []byte) error {
	h := c.Response().Header()
	tag := etag(b)
	h.Set("ETag", tag)
	h.Set("Cache-Control", cache)
	if matches(c.Request().Header.Get("If-None-Match"), tag) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.Blob(http.StatusOK, mediaType, b)
}

func etag(b []byte) string {
	sum := sha256.Sum256(b)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}

// matches compares as If-None-Match asks: weakly, and * with anything.
func matches(header, tag string) bool {
	for _, t := range strings.SplitN(header, ",", 64) {
		t = strings.TrimPrefix(strings.TrimSpace(t), "W/")
		if t == tag || t == "*" {
			return true
		}
	}
	return false
}

// typeOf returns the type a document is answered with: the one asked for if it
// is among the allowed, the first allowed otherwise.
func typeOf(asked string, allowed []string) string {
	if slices.Contains(allowed, asked) {
		return asked
	}
	return allowed[0]
}
