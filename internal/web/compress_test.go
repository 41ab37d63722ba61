package web_test

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

// TestCompression: pages and style sheets are packed for those who take gzip,
// under a tag of their own; documents and what is kept out of caches are not.
func TestCompression(t *testing.T) {
	g := newGallery(t, false)
	page := "/c/" + g.valid.ID
	plain := g.call("GET", page, "", "Accept: text/html")
	style := plain.Body.String()
	style = style[strings.Index(style, "/assets/merkki-"):]
	style = style[:strings.IndexByte(style, '"')]
	for _, c := range []struct {
		path, accepts, accept string
		packed                bool
	}{
		{page, "gzip, deflate, br", "text/html", true},
		{page, "br;q=1.0, GZIP;q=0.5", "text/html", true},
		{page, "gzip;q=0", "text/html", false},
		{page, "deflate, br", "text/html", false},
		{page, "", "text/html", false},
		{style, "gzip", "*/*", true},
		{page + ".json", "gzip", "*/*", false},
		{"/c/00000000000000000000000000", "gzip", "text/html", false}, // no-store
	} {
		w := g.call("GET", c.path, "", "Accept: "+c.accept, "Accept-Encoding: "+c.accepts)
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != c.packed {
			t.Errorf("%s with %q: packed %v, want %v", c.path, c.accepts, got, c.packed)
		}
		if !c.packed {
			continue
		}
		if vary := w.Header().Get("Vary"); !strings.Contains(vary, "Accept-Encoding") {
			t.Errorf("%s: Vary is %q", c.path, vary)
		}
		z, err := gzip.NewReader(w.Body)
		must(t, err)
		b, err := io.ReadAll(z)
		must(t, err)
		if want := g.call("GET", c.path, "", "Accept: "+c.accept); string(b) != want.Body.String() {
			t.Errorf("%s: the packed form is another", c.path)
		} else if want.Header().Get("ETag") != "" && want.Header().Get("ETag") == w.Header().Get("ETag") {
			t.Errorf("%s: both forms have the tag %s", c.path, w.Header().Get("ETag"))
		}
		if tag := w.Header().Get("ETag"); tag != "" {
			if again := g.call("GET", c.path, "", "Accept: "+c.accept, "Accept-Encoding: "+c.accepts, "If-None-Match: "+tag); again.Code != 304 || again.Body.Len() > 0 {
				t.Errorf("%s: asked again it answers %d", c.path, again.Code)
			}
		}
	}
}
