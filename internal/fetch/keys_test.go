package fetch_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"merkki/internal/fetch"
	"merkki/keys/did"
	"merkki/schema"
)

// What a hostile server makes of a key set, of an https key document and of a
// did:web document: never a key, and never a word against a credential that is
// worth more than "cannot tell". An authority without a key set has none; a
// document that is missing is a document that could not be had.
func TestHostileServersOfKeys(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/jwk-set+json")
			w.WriteHeader(code)
		}
	}
	body := func(mediaType, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", mediaType)
			io.WriteString(w, text)
		}
	}
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	for _, c := range []struct {
		name     string
		handler  http.HandlerFunc
		set, doc string // findings
	}{
		{"redirects to http", redirect("http://issuer.example/b"), "key.unreachable", "key.unreachable"},
		{"redirects to loopback", redirect("https://127.0.0.1/"), "key.url-refused", "key.url-refused"},
		{"redirects to another origin", redirect("https://attacker.example/"), "key.unreachable", "key.unreachable"},
		{"redirects in a circle", redirect("/a"), "key.unreachable", "key.unreachable"},
		{"404", status(404), "", "key.unreachable"},
		{"410", status(410), "", "key.unreachable"},
		{"403", status(403), "key.unreachable", "key.unreachable"},
		{"500", status(500), "key.unreachable", "key.unreachable"},
		{"503", status(503), "key.unreachable", "key.unreachable"},
		{"200 and nothing", status(200), "key.unreachable", "key.unreachable"},
		{"HTML", body("text/html", "<html>"), "key.unreachable", "key.unreachable"},
		{"HTML that says it is a key set", body("application/jwk-set+json", "<html>"), "key.document", "key.document"},
		{"more than a megabyte", body("application/json", `{"keys":[`+strings.Repeat(" ", 1<<20)+`]}`), "key.limit", "key.limit"},
		{"gzip", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			fetch.AnswerJSON(w, `{"keys":[]}`)
		}, "key.limit", "key.limit"},
		{"silence", func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-r.Context().Done():
			case <-time.After(2 * time.Second):
			}
		}, "key.unreachable", "key.unreachable"},
		{"a key set, whatever is asked for", body("application/jwk-set+json", `{"keys":[]}`), "", "key.document-id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := did.New(did.FromSource(fetch.Serve(t, c.handler)))
			m, err := did.FindKey(t.Context(), r, "https://issuer.example/about", "key-1", nil)
			if got := findingOf(t, err); got != c.set || m != nil {
				t.Errorf("key set: %+v (%v), want %q", m, err, c.set)
			}
			for _, vm := range []string{"https://issuer.example/about#k", "did:web:issuer.example#k"} {
				if m, err := r.Resolve(t.Context(), vm); findingOf(t, err) != c.doc || m != nil {
					t.Errorf("%s: %+v (%v), want %q", vm, m, err, c.doc)
				}
			}
		})
	}
}

// One answer serves a verification, whatever the server would say next.
func TestKeySetIsAskedForOnce(t *testing.T) {
	const key = `"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"`
	requests := 0 // by one server, one after the other
	client := fetch.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		requests++
		fetch.AnswerJSON(w, `{"keys":[{`+key+`,"kid":"key-`+strings.Repeat("1", requests)+`"}]}`)
	})
	r := did.New(did.FromSource(client))
	for _, c := range []struct {
		kid   string
		found bool
	}{{"key-1", true}, {"key-11", false}, {"key-1", true}} {
		m, err := did.FindKey(t.Context(), r, "https://issuer.example/about", c.kid, nil)
		if (m != nil) != c.found || err != nil {
			t.Errorf("%s: %+v (%v), want found %v", c.kid, m, err, c.found)
		}
	}
	if requests != 1 {
		t.Errorf("%d requests, want 1", requests)
	}
}

func findingOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	f, ok := errors.AsType[*schema.Fault](err)
	if !ok {
		t.Fatalf("%v is not a fault", err)
	}
	return f.Finding
}
