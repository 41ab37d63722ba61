package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"merkki/internal/web"
	"merkki/issuer"
)

// TestTags: every public document has a strong tag, answers 304 to who has it, and
// HEAD says what GET would.
func TestTags(t *testing.T) {
	g := newGallery(t, false)
	for _, path := range []string{"/", "/c/" + g.valid.ID + ".html", "/c/" + g.valid.ID + ".json", "/c/" + g.valid.ID + ".qr.png",
		"/.well-known/did.json", "/status/" + g.valid.Status[0].List, "/openapi.json"} {
		w := g.call("GET", path, "")
		tag := w.Header().Get("ETag")
		if w.Code != 200 || !strings.HasPrefix(tag, `"`) {
			t.Fatalf("%s: %d, tag %q", path, w.Code, tag)
		}
		for _, have := range []string{tag, `"other", W/` + tag, "*"} {
			if got := g.call("GET", path, "", "If-None-Match: "+have); got.Code != http.StatusNotModified || got.Body.Len() > 0 {
				t.Errorf("%s: If-None-Match %s gives %d", path, have, got.Code)
			}
		}
		if got := g.call("GET", path, "", `If-None-Match: "other"`); got.Code != 200 {
			t.Errorf("%s: another tag gives %d", path, got.Code)
		}
		if head := g.call("HEAD", path, ""); head.Code != 200 || head.Header().Get("ETag") != tag {
			t.Errorf("%s: HEAD gives %d %q", path, head.Code, head.Header().Get("ETag"))
		}
	}
	before := g.call("GET", "/status/"+g.revoked.Status[0].List, "").Header().Get("ETag")
	_, err := g.ChangeStatus(ctx, local, g.valid.ID, revoke)
	must(t, err)
	if after := g.call("GET", "/status/"+g.revoked.Status[0].List, "").Header().Get("ETag"); after == before {
		t.Error("a withdrawal does not change the tag of the list")
	}
}

// TestServedBytes: what is served is what was signed, byte for byte.
func TestServedBytes(t *testing.T) {
	g := newGallery(t, false)
	if b := g.call("GET", "/c/"+g.valid.ID, "").Body.Bytes(); !bytes.Equal(b, g.valid.Credential) {
		t.Error("the credential is served in other bytes than those that were signed")
	}
}

// TestStandalone: a page as a file needs nothing beside it.
func TestStandalone(t *testing.T) {
	g := newGallery(t, true)
	logo, colour := []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>`), "#2c4a86"
	_, err := g.EditInstitution(ctx, local, g.inst.ID, issuer.Edit{Look: &issuer.LookEdit{Logo: &logo, Colour: &colour}})
	must(t, err)
	b := web.Standalone(g.call("GET", "/c/"+g.valid.ID+".html", "").Body.Bytes(), func(path string) ([]byte, error) {
		w := g.call("GET", path, "")
		if w.Code != 200 {
			return nil, fmt.Errorf("%s: %d", path, w.Code)
		}
		return w.Body.Bytes(), nil
	})
	if !bytes.Contains(b, []byte("--accent:"+colour)) || !bytes.Contains(b, []byte("data:image/svg+xml;base64,")) || bytes.Contains(b, []byte(`src="/`)) {
		t.Error("the page as a file lacks the look of its institution")
	}
	if bytes.Contains(b, []byte(`rel="stylesheet"`)) || !bytes.Contains(b, []byte("font/woff2;base64,")) || bytes.Contains(b, []byte("url(serif")) {
		t.Error("the page still asks for its style sheet or fonts")
	}
	if !bytes.Contains(b, []byte("TEST")) {
		t.Error("a test issuer's page does not say TEST")
	}
}

// TestAssets: what pages refer to is there, under a name that changes with it.
func TestAssets(t *testing.T) {
	s := newSite(t, "School", "en", false)
	page := s.call("GET", "/", "").Body.String()
	_, rest, _ := strings.Cut(page, `rel="stylesheet" href="`)
	href, _, _ := strings.Cut(rest, `"`)
	css := s.call("GET", href, "")
	if css.Code != 200 || !strings.Contains(css.Header().Get("Cache-Control"), "immutable") {
		t.Fatalf("%s: %d %v", href, css.Code, css.Header())
	}
	fonts := strings.Split(css.Body.String(), "url(")[1:]
	if len(fonts) != 6 {
		t.Errorf("%d fonts", len(fonts))
	}
	for _, f := range fonts {
		name, _, _ := strings.Cut(f, ")")
		if w := s.call("GET", "/assets/"+name, ""); w.Code != 200 || w.Header().Get("Content-Type") != "font/woff2" {
			t.Errorf("%s: %d %s", name, w.Code, w.Header().Get("Content-Type"))
		}
	}
}

// TestTestIssuer: page and verifier say TEST, in every language.
func TestTestIssuer(t *testing.T) {
	g := newGallery(t, true)
	for _, lang := range []string{"fi", "sv", "en"} {
		for name, page := range map[string]string{
			"page":   g.call("GET", "/c/"+g.valid.ID, "", "Accept: text/html", "Accept-Language: "+lang).Body.String(),
			"result": g.call("POST", "/verify", string(g.valid.Credential), "Accept: text/html", "Accept-Language: "+lang).Body.String(),
			"issuer": g.call("GET", "/i/"+g.inst.ID, "", "Accept: text/html", "Accept-Language: "+lang).Body.String(),
		} {
			if !strings.Contains(page, "TEST") || strings.Contains(page, `class="verdict good"`) {
				t.Errorf("%s in %s looks real", name, lang)
			}
		}
	}
	if m := object(t, g.call("POST", "/verify", string(g.valid.Credential))); m["test"] != true || m["verdict"] != "valid" {
		t.Errorf("report: verdict %v, test %v", m["verdict"], m["test"])
	}
}

// TestDrain: a server that is about to stop says so and still answers.
func TestDrain(t *testing.T) {
	s := newSite(t, "School", "en", false)
	s.web.Drain()
	if w := s.call("GET", "/readyz", ""); w.Code != http.StatusServiceUnavailable {
		t.Errorf("ready while stopping: %d", w.Code)
	}
	if w := s.call("GET", "/healthz", ""); w.Code != 200 {
		t.Errorf("healthz: %d", w.Code)
	}
	if w := s.call("GET", "/", ""); w.Code != 200 {
		t.Errorf("front page: %d", w.Code)
	}
}
