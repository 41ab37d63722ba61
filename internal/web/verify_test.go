package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"merkki/internal/web"
	"merkki/verifier"
	"merkki/verifier/virtual"
)

// verifyOnly is a service that issues nothing, on a virtual campus.
func verifyOnly(t *testing.T, c *virtual.Campus, trusted ...*virtual.Issuer) http.Handler {
	t.Helper()
	w, err := web.New(web.Config{BaseURL: "https://check.example", Lang: "fi", Now: c.Now, TLS: true, Source: c.Source(),
		Verifier: func(context.Context) (*verifier.Verifier, error) { return c.Verifier(trusted...), nil }})
	must(t, err)
	return w.Public()
}

// TestVerifyOnly: without a service there are the verifier and pages about it,
// and nothing else.
func TestVerifyOnly(t *testing.T) {
	h := verifyOnly(t, virtual.New())
	for path, code := range map[string]int{
		"/": 200, "/verify": 200, "/readyz": 200, "/healthz": 200, "/openapi.json": 200,
		"/c/00000000000000000000000000": 404, "/api/v1/credentials": 404, "/status/x": 404, "/i/x": 404, "/.well-known/did.json": 404,
	} {
		w := call(h, ctx, "GET", path, "", "Accept: text/html")
		if w.Code != code {
			t.Errorf("%s: %d, want %d", path, w.Code, code)
		}
		if w.Header().Get("Strict-Transport-Security") == "" {
			t.Errorf("%s: no HSTS over TLS", path)
		}
	}
	if w := call(h, ctx, "GET", "/", "", "Accept: text/html"); !strings.Contains(w.Body.String(), "check.example tarkistaa") {
		t.Error("the front page does not say what it is")
	}
	if w := call(h, ctx, "POST", "/language", "lang=sv&to=/", "Content-Type: application/x-www-form-urlencoded"); !strings.HasPrefix(w.Header().Get("Set-Cookie"), "__Host-lang=sv; Path=/;") ||
		!strings.Contains(w.Header().Get("Set-Cookie"), "Secure") {
		t.Errorf("the cookie is not bound to the host: %s", w.Header().Get("Set-Cookie"))
	}
}

// TestForeignCredentials: what the page says of other people's credentials.
func TestForeignCredentials(t *testing.T) {
	c := virtual.New()
	uni, key := c.Web("uni.example"), c.Key("somebody")
	list := uni.List("revocation")
	list.Set(7)
	good := uni.Sign(virtual.WithStatus(uni.Badge(), list, 3))
	revoked := uni.Sign(virtual.WithStatus(uni.Badge(), list, 7))
	c.Serve("https://elsewhere.example/badge.json", good)
	known, unknown := verifyOnly(t, c, uni), verifyOnly(t, c)
	for name, x := range map[string]struct {
		h       http.Handler
		body    string
		want    []string
		wantNot []string
	}{
		"listed":       {known, string(good), []string{"Genuine and in force.", `class="verdict good"`, "Soldering for beginners"}, nil},
		"by its link":  {known, `{"url":"https://elsewhere.example/badge.json"}`, []string{"Genuine and in force."}, nil},
		"unlisted":     {unknown, string(good), []string{"Unchanged since it was signed by uni.example. We do not know this issuer.", `class="verdict open"`}, []string{"Genuine", `class="verdict bad"`}},
		"a key":        {unknown, string(key.Sign(key.Badge())), []string{"an issuer without an internet domain"}, []string{"Genuine"}},
		"revoked":      {known, string(revoked), []string{"Withdrawn by its issuer.", `class="verdict bad"`}, []string{"Genuine and in force"}},
		"foreign key":  {known, string(key.SignAs(uni.Signer().VerificationMethod(), uni.Badge())), []string{"Changed after it was signed, or damaged."}, []string{`class="sheet"`}},
		"not JSON-LD":  {known, `{"name":"x"}`, []string{"Not valid"}, []string{`class="sheet"`}},
		"refused link": {known, `{"url":"https://127.0.0.1/x"}`, []string{"We do not open this kind of address."}, nil},
		"dead link":    {known, `{"url":"https://nowhere.example/x"}`, []string{"There is nothing at this address."}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := call(x.h, ctx, "POST", "/verify", x.body, "Accept: text/html", "Accept-Language: en")
			page := w.Body.String()
			for _, want := range x.want {
				if !strings.Contains(page, want) {
					t.Errorf("no %q in %.4000s", want, page)
				}
			}
			for _, not := range x.wantNot {
				if strings.Contains(page, not) {
					t.Errorf("%q in %.4000s", not, page)
				}
			}
			harmless(t, name, page)
		})
	}
	c.Down(list.URL())
	w := call(known, ctx, "POST", "/verify", string(good), "Accept: text/html", "Accept-Language: en")
	for _, want := range []string{"Genuine and unchanged. We could not ask whether it has been withdrawn.", "uni.example did not answer", `class="verdict open"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("list away: no %q", want)
		}
	}
}
