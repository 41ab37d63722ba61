package web

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
)

// Pages and style sheets go out compressed to those who take gzip. What holds a
// secret does not: it is no-store, and the length of a compressed answer would
// tell something about it to who can have a part of it written (BREACH). Signed
// documents do not either: their bytes are what verifiers hash.

// takesGzip reads Accept-Encoding (RFC 9110, section 12.5.3).
func takesGzip(r *http.Request) bool {
	for _, item := range strings.SplitN(r.Header.Get("Accept-Encoding"), ",", 32) {
		name, param, _ := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		weight, found := strings.CutPrefix(strings.TrimSpace(param), "q=")
		if !found {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}

var packers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, 6) // fails for levels that do not exist
	return w
}}

// pack compresses. The same bytes give the same bytes: no time, no name.
func pack(b []byte) []byte {
	var out bytes.Buffer
	w := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	w.Reset(&out)
	_, _ = w.Write(b) // a buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

// writePacked is writeTagged for what may be compressed. The packed form is
// another representation and has a tag of its own (RFC 9110, section 8.8.3.3).
// packed may be nil: then it is made when it is needed.
func writePacked(c echo.Context, mediaType, cache string, b, packed []byte) error {
	h := c.Response().Header()
	vary(h, "Accept-Encoding")
	if !takesGzip(c.Request()) {
		return writeTagged(c, mediaType, cache, b)
	}
	tag := strings.TrimSuffix(etag(b), `"`) + `-gzip"`
	h.Set("ETag", tag)
	h.Set("Cache-Control", cache)
	if matches(c.Request().Header.Get("If-None-Match"), tag) {
		return c.NoContent(http.StatusNotModified)
	}
	if packed == nil {
		packed = pack(b)
	}
	h.Set("Content-Encoding", "gzip")
	return c.Blob(http.StatusOK, mediaType, packed)
}
