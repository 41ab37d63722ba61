package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"merkki/verifier"
)

func bare(t testing.TB, log *slog.Logger, proxies ...netip.Prefix) *Server {
	t.Helper()
	s, err := New(Config{BaseURL: "https://check.example", Lang: "en", Log: log, Proxies: proxies,
		Verifier: func(context.Context) (*verifier.Verifier, error) { return &verifier.Verifier{}, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestPanic: a panic is answered with INTERNAL and a reference; the log has the
// rest, the client nothing of it.
func TestPanic(t *testing.T) {
	var log bytes.Buffer
	s := bare(t, slog.New(slog.NewJSONHandler(&log, nil)))
	e := echo.New()
	e.HTTPErrorHandler = s.answerError
	e.Use(s.observe, s.recover, s.headers)
	e.GET("/", func(echo.Context) error { panic("the secret is 42") })
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	ref := w.Header().Get("X-Request-Id")
	if w.Code != 500 || !strings.Contains(w.Body.String(), "INTERNAL") || !strings.Contains(w.Body.String(), ref) || strings.Contains(w.Body.String(), "42") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "the secret is 42") || !strings.Contains(log.String(), ref) {
		t.Errorf("log: %s", log.String())
	}
}

// TestLog: one JSON line a request, with the route and never the address, which
// for a credential is a secret of its holder.
func TestLog(t *testing.T) {
	var log bytes.Buffer
	s := bare(t, slog.New(slog.NewJSONHandler(&log, nil)))
	r := httptest.NewRequest("GET", "/problems/expired?email=aino@example.org", nil)
	r.Header.Set("Authorization", "Bearer mk_secret")
	s.Public().ServeHTTP(httptest.NewRecorder(), r)
	line := log.String()
	if strings.Count(line, "\n") != 1 || !strings.Contains(line, `"route":"/problems/:code"`) {
		t.Errorf("log: %s", line)
	}
	for _, secret := range []string{"aino", "mk_secret", "192.0.2.1", "expired"} {
		if strings.Contains(line, secret) {
			t.Errorf("the log says %q: %s", secret, line)
		}
	}
}

// TestClientAddress: X-Forwarded-For counts from configured proxies alone.
func TestClientAddress(t *testing.T) {
	for _, c := range []struct {
		proxies []netip.Prefix
		remote  string
		want    string
	}{
		{nil, "192.0.2.7:1", "192.0.2.7"},
		{nil, "127.0.0.1:1", "127.0.0.1"},
		{[]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, "192.0.2.7:1", "203.0.113.9"},
		{[]netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, "10.0.0.1:1", "10.0.0.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		if got := ipExtractor(c.proxies)(r); got != c.want {
			t.Errorf("from %s behind %v: %s, want %s", c.remote, c.proxies, got, c.want)
		}
	}
}

// TestAllowancesAreBounded: a client cannot fill the memory with addresses.
func TestAllowancesAreBounded(t *testing.T) {
	s := bare(t, nil)
	for i := range maxClients + 500 {
		s.verifying.allow(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}).String())
	}
	if n := len(s.verifying.of); n > maxClients {
		t.Errorf("%d clients are remembered", n)
	}
}

// TestNew: what cannot work is refused at once.
func TestNew(t *testing.T) {
	v := func(context.Context) (*verifier.Verifier, error) { return nil, nil }
	for _, c := range []Config{
		{Verifier: v},
		{Verifier: v, BaseURL: "https://a.example/path"},
		{Verifier: v, BaseURL: "ftp://a.example"},
		{BaseURL: "https://a.example"},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%q was accepted", c.BaseURL)
		}
	}
}

// TestNearest: a misspelt member is told its name, a foreign one nothing.
func TestNearest(t *testing.T) {
	known := []string{"achievement", "recipient", "validUntil"}
	for name, want := range map[string]string{
		"achievment": "achievement", "Recipient": "recipient", "valid_until": "validUntil", "x": "", strings.Repeat("a", 1000): "",
	} {
		if got := Nearest(name, known); got != want {
			t.Errorf("%.20q: %q, want %q", name, got, want)
		}
	}
}

// TestInside: the language switch leads back into this service, whatever it is
// told.
func TestInside(t *testing.T) {
	for address, want := range map[string]string{
		"/":                             "/",
		"/a?q=l%C3%A4n&type=Badge":      "/a?q=l%C3%A4n&type=Badge",
		"/c/7K2M?lang=fi":               "/c/7K2M",
		"/a?lang=fi&q=x&lang=sv":        "/a?q=x",
		"/a?language=x":                 "/a?language=x",
		"/c/x#part":                     "/c/x",
		"":                              "/",
		"a":                             "/",
		"//evil.example":                "/",
		"///evil.example":               "/",
		"/\\evil.example":               "/",
		"/%2F/evil.example":             "/",
		"https://evil.example/":         "/",
		"javascript:alert(1)":           "/",
		"/\t/evil.example":              "/",
		"/a\r\nSet-Cookie: a=b":         "/",
		"/%zz":                          "/",
		"/" + strings.Repeat("a", 5000): "/",
	} {
		if got := inside(address); got != want {
			t.Errorf("%.40q leads to %q, want %q", address, got, want)
		}
	}
}

// FuzzInside: no input leads to another host.
func FuzzInside(f *testing.F) {
	for _, s := range []string{"/a?lang=fi", "//x", "/\\x", "/.//x", "/x?//y", "/;/x", "/%5cx"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://badges.example/language")
	f.Fuzz(func(t *testing.T, s string) {
		got := inside(s)
		u, err := base.Parse(got)
		if err != nil || u.Host != base.Host || u.Scheme != "https" || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n") {
			t.Errorf("%q leads to %q", s, got)
		}
	})
}

// FuzzNegotiate: any Accept header gives a form that is served.
func FuzzNegotiate(f *testing.F) {
	for _, s := range []string{"", "*/*", "text/html", "application/vc;q=0.5, text/html;q=0.4", "text/html;q=0", ";;;,", "application/vc;q=NaN"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		got := negotiate(accept, "application/vc")
		if !known(got) {
			t.Errorf("%q gives %q", accept, got)
		}
		if got == "text/html" && !strings.Contains(strings.ToLower(accept), "text/html") {
			t.Errorf("%q gives a page to a client that did not ask for one", accept)
		}
	})
}

// FuzzForm: any body of a form is a question or a fault, never a panic and never
// an error about ourselves.
func FuzzForm(f *testing.F) {
	f.Add("--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n{}\r\n--x--\r\n")
	f.Add("--x\r\nContent-Disposition: form-data; name=\"at\"\r\n\r\n2026-01-01\r\n--x\r\n\r\n")
	f.Add("--x--")
	s := bare(f, nil)
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest("POST", "/verify", strings.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		_, _, err := s.question(r)
		if err == nil {
			return
		}
		if _, empty := err.(emptyForm); !empty && problemOf(err, "r", s.printer(echo.New().NewContext(r, nil))).Status >= http.StatusInternalServerError {
			t.Errorf("%q: %v", body, err)
		}
	})
}
