package web_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/issuer"
)

// TestMisuse is the table of misuse of the HTTP interface, as far as a handler
// meets it (the rest is net/http's).
func TestMisuse(t *testing.T) {
	g := newGallery(t, false)
	h := g.web.Public()
	page := "/c/" + g.valid.ID
	auth := "Authorization: Bearer " + func() string {
		tok, err := g.NewToken(ctx, local, issuer.Token{Name: "t", Roles: []string{"registrar", "publisher"}})
		must(t, err)
		return tok.Secret
	}()
	big := strings.Repeat("x", 2<<20)
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		code               int
		want               string
	}{
		"10,000 query parameters":   {"GET", "/?" + strings.Repeat("a=1&", 10_000), "", nil, 400, "PARSING_ERROR"},
		"JSON over its limit":       {"POST", "/verify", `{"a":"` + big + `"}`, nil, 413, "size.too-large"},
		"body over every limit":     {"POST", "/verify", strings.Repeat("x", 11<<20), nil, 413, "LIMIT_EXCEEDED"},
		"API body over its limit":   {"POST", "/api/v1/credentials", big, []string{auth, "Content-Type: application/json"}, 413, "LIMIT_EXCEEDED"},
		"bomb":                      {"POST", "/verify", "x", []string{"Content-Encoding: gzip"}, 415, "UNSUPPORTED_MEDIA_TYPE"},
		"HTML said to be a picture": {"POST", "/verify", "<html>", []string{"Content-Type: image/png"}, 200, "NO_CREDENTIAL_FOUND"},
		"method override":           {"POST", page, "", []string{"X-HTTP-Method-Override: GET"}, 405, "METHOD_NOT_ALLOWED"},
		"TRACE":                     {"TRACE", "/", "", nil, 405, "METHOD_NOT_ALLOWED"},
		"no redirect":               {"GET", "/?next=//evil.example&return=https:evil.example", "", nil, 200, ""},
		"encoded path":              {"GET", "/c/..%2f..%2fhealthz", "", nil, 404, "NOT_FOUND"},
		"double slash":              {"GET", "/" + page, "", nil, 404, "NOT_FOUND"},
		"NUL":                       {"GET", "/c/%00", "", nil, 404, "NOT_FOUND"},
		"full-width letters":        {"GET", "/ｃ/" + g.valid.ID, "", nil, 404, "NOT_FOUND"},
		"pprof":                     {"GET", "/debug/pprof/", "", nil, 404, "NOT_FOUND"},
		"metrics":                   {"GET", "/metrics", "", nil, 404, "NOT_FOUND"},
		"git":                       {"GET", "/.git/config", "", nil, 404, "NOT_FOUND"},
		"object for string": {"POST", "/api/v1/credentials", `{"achievement":{},"recipient":{"name":[],"email":1}}`,
			[]string{auth, "Content-Type: application/json", "Idempotency-Key: j"}, 422, `"pointer":"/achievement"`},
		"a number no two readers keep": {"POST", "/api/v1/credentials", `{"achievement":1e400}`,
			[]string{auth, "Content-Type: application/json", "Idempotency-Key: k"}, 400, "syntax.number-range"},
	} {
		t.Run(name, func(t *testing.T) {
			w := call(h, ctx, c.method, c.path, c.body, c.headers...)
			if w.Code != c.code || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%d, want %d and %q in %.600s", w.Code, c.code, c.want, w.Body)
			}
			if w.Header().Get("Location") != "" {
				t.Errorf("redirected to %s", w.Header().Get("Location"))
			}
			if w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Error("no nosniff")
			}
		})
	}
}

// TestOwnAddress: no header makes the service believe that it is somebody else.
func TestOwnAddress(t *testing.T) {
	g := newGallery(t, false)
	for _, path := range []string{"/", "/c/" + g.valid.ID + ".html", "/c/" + g.valid.ID + ".qr.svg", "/i/" + g.inst.ID, "/verify", "/.well-known/did.json"} {
		w := g.call("GET", path, "", "Accept: text/html", "Host: attacker.example", "X-Forwarded-Host: attacker.example",
			"Forwarded: host=attacker.example", "X-Forwarded-Proto: http")
		if strings.Contains(strings.ToLower(w.Body.String()+fmt.Sprint(w.Header())), "attacker") {
			t.Errorf("%s speaks of the attacker's host", path)
		}
	}
}

// TestAllowance: a client that asks too often is told to wait, whatever address
// it claims to come from, and is heard again later.
func TestAllowance(t *testing.T) {
	s := newSite(t, "School", "en", false)
	refused := 0
	for i := range 100 {
		w := s.call("POST", "/verify", "{}", fmt.Sprintf("X-Forwarded-For: 203.0.113.%d", i))
		if w.Code == http.StatusTooManyRequests {
			refused++
			if w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "RATE_LIMITED") {
				t.Fatalf("%v %s", w.Header(), w.Body)
			}
		}
	}
	if refused != 40 {
		t.Errorf("%d of 100 were refused, want 40", refused)
	}
	if w := s.call("GET", "/verify", ""); w.Code != 200 {
		t.Errorf("reading was refused too: %d", w.Code)
	}
	s.pass(time.Minute)
	if w := s.call("POST", "/verify", "{}"); w.Code != 200 {
		t.Errorf("a minute later: %d", w.Code)
	}
}

// TestForeignRecords: a token of one issuer sees the records of another as it
// sees those that never were.
func TestForeignRecords(t *testing.T) {
	g := newGallery(t, false)
	other, err := g.AddInstitution(ctx, local, "Other", "web", "en", false)
	must(t, err)
	tok, err := g.NewToken(ctx, local, issuer.Token{Name: "other", Issuer: other.ID, Roles: []string{"registrar"}})
	must(t, err)
	auth := "Authorization: Bearer " + tok.Secret
	answers := map[string]string{}
	for name, id := range map[string]string{"foreign": g.valid.ID, "missing": "00000000000000000000000000"} {
		w := g.call("GET", "/api/v1/credentials/"+id, "", auth)
		m := object(t, w)
		delete(m, "instance")
		delete(m, "args") // the id that was asked for
		b, err := json.Marshal(m)
		must(t, err)
		answers[name] = fmt.Sprint(w.Code, string(b))
	}
	if answers["foreign"] != answers["missing"] || !strings.HasPrefix(answers["missing"], "404") {
		t.Errorf("foreign: %s\nmissing: %s", answers["foreign"], answers["missing"])
	}
	must(t, g.RevokeToken(ctx, local, tok.ID))
	if w := g.call("GET", "/api/v1/credentials", "", auth); w.Code != http.StatusUnauthorized {
		t.Errorf("a revoked token: %d", w.Code)
	}
}

// TestAttacks sends every hostile file to the verifier of a real service, as a
// program and as a person: always a report or a 413, never a 5xx.
func TestAttacks(t *testing.T) {
	dir := filepath.Join(judge.Root(), "testdata", "attacks")
	index, err := os.ReadFile(filepath.Join(dir, "index.jsonl"))
	must(t, err)
	s := newSite(t, "School", "en", false)
	n := 0
	for lines := bufio.NewScanner(bytes.NewReader(index)); lines.Scan(); {
		var row struct{ Path, Op, Verdict string }
		must(t, json.Unmarshal(lines.Bytes(), &row))
		if row.Op != "verify" {
			continue
		}
		n++
		b, err := os.ReadFile(filepath.Join(dir, row.Path))
		must(t, err)
		s.pass(time.Minute)
		w := s.call("POST", "/verify", string(b))
		switch {
		case w.Code == 413:
		case w.Code != 200:
			t.Errorf("%s: %d %s", row.Path, w.Code, w.Body)
		default:
			if got := object(t, w)["verdict"]; got == "valid" {
				t.Errorf("%s: valid without a trust list", row.Path)
			}
		}
		body, ct := form(t, "@file", string(b))
		w = s.call("POST", "/verify", body, "Content-Type: "+ct, "Accept: text/html")
		if w.Code != 200 && w.Code != 413 {
			t.Errorf("%s: page %d", row.Path, w.Code)
		}
		harmless(t, row.Path, w.Body.String())
	}
	if n < 50 {
		t.Errorf("only %d attacks", n)
	}
}
