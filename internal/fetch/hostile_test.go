package fetch

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// How the other end of a request may misbehave, by handlers that net/http
// lets misbehave so. The numbers are those of the reference data's list
// (attacks/did/http-behaviours.md).
func TestHostileAnswers(t *testing.T) {
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Location", to); w.WriteHeader(302) }
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(code)
		}
	}
	for _, c := range []struct {
		name     string
		handler  http.HandlerFunc
		want     string
		requests int64 // that reach the server
	}{
		{"1 redirect to http", redirect("http://issuer.example/b"), "redirect-insecure", 1},
		{"2 redirect to loopback", redirect("https://127.0.0.1/"), "refused", 1},
		{"2 redirect to loopback over http", redirect("http://127.0.0.1:8080/"), "refused", 1},
		{"2 redirect to the metadata address", redirect("http://169.254.169.254/latest/meta-data"), "refused", 1},
		{"2 redirect to IPv6 loopback", redirect("https://[::1]/"), "refused", 1},
		{"2 redirect to a port", redirect("https://issuer.example:8443/"), "refused", 1},
		{"redirect to another origin", redirect("https://other.example/"), "redirect-origin", 1},
		{"redirect to another scheme", redirect("file:///etc/passwd"), "refused", 1},
		{"redirect to a malformed address", redirect("https://%zz/"), "refused", 1},
		{"redirect to nowhere", status(302), "http-302", 1},
		{"3 redirect to itself", redirect("/a"), "redirects", 4},
		{"4 redirect 21 times", func(w http.ResponseWriter, r *http.Request) {
			var n int
			fmt.Sscanf(r.URL.Path, "/%d", &n)
			redirect(fmt.Sprintf("/%d", n+1))(w, r)
		}, "redirects", 4},
		{"two redirects, then a document", func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/a":
				redirect("/b")(w, r)
			case "/b":
				redirect("https://issuer.example/c#fragment")(w, r)
			default:
				answerJSON(w, `{}`)
			}
		}, "", 3},
		{"6 never stops", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			for b := make([]byte, 1<<16); ; {
				if _, err := w.Write(b); err != nil {
					return
				}
			}
		}, "too-large fetch.bytes", 1},
		{"6 announces too much", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "2097153")
			w.WriteHeader(200)
		}, "too-large fetch.bytes", 1},
		{"7 headers of a megabyte", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-A", strings.Repeat("a", 1<<20))
			answerJSON(w, `{}`)
		}, "headers-too-large fetch.headers", 1},
		{"8 gzip", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			answerJSON(w, `{}`)
		}, "content-encoding fetch.encoding", 1},
		{"10 HTML", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, `{}`)
		}, "media-type", 1},
		{"10 no media type", func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Content-Type"] = nil
			io.WriteString(w, `{}`)
		}, "media-type", 1},
		{"15 names itself in Link", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Link", `</x>; rel="alternate"; type="application/ld+json"`)
			answerJSON(w, `{}`)
		}, "", 1},
		{"19 empty body", status(200), "empty", 1},
		{"19 204", status(204), "http-204", 1},
		{"19 404", status(404), "http-404", 1},
		{"19 410", status(410), "http-410", 1},
		{"19 500", status(500), "http-500", 1},
		{"19 503 with Retry-After", status(503), "http-503", 1},
		{"206", status(206), "http-206", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var requests atomic.Int64
			client := serve(t, func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				c.handler(w, r)
			})
			client.timeout = 5 * time.Second
			for _, p := range []Purpose{Key, Status, Credential} {
				requests.Store(0)
				_, err := client.Get(t.Context(), p, "https://issuer.example/a")
				if got := what(t, err); got != c.want {
					t.Errorf("purpose %d: %v, want %q", p, err, c.want)
				}
				if got := requests.Load(); got != c.requests {
					t.Errorf("purpose %d: %d requests, want %d", p, got, c.requests)
				}
			}
		})
	}
}

// The same below HTTP: servers that write what they like, when they like.
func TestHostileConnections(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	write := func(parts ...string) func(net.Conn, <-chan struct{}) {
		return func(c net.Conn, _ <-chan struct{}) {
			for _, p := range parts {
				io.WriteString(c, p)
			}
		}
	}
	for _, c := range []struct {
		name   string
		config func(*tls.Config)
		talk   func(net.Conn, <-chan struct{})
		want   string
	}{
		{"control", nil, write(ok + "Content-Length: 2\r\n\r\n{}"), ""},
		{"control, closed by the end", nil, write(ok + "\r\n{}"), ""},
		{"control, chunked", nil, write(ok + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), ""},
		{"control, early hints", nil, write("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", ok+"Content-Length: 2\r\n\r\n{}"), ""},
		{"control, connection kept open", nil, func(c net.Conn, done <-chan struct{}) {
			io.WriteString(c, ok+"Content-Length: 2\r\n\r\n{}")
			<-done
		}, ""},
		{"5 a byte now and then", nil, func(c net.Conn, done <-chan struct{}) {
			io.WriteString(c, ok+"\r\n")
			for {
				select {
				case <-done:
					return
				case <-time.After(20 * time.Millisecond):
					if _, err := io.WriteString(c, " "); err != nil {
						return
					}
				}
			}
		}, "timeout"},
		{"7 headers without end", nil, func(c net.Conn, done <-chan struct{}) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			for {
				if _, err := io.WriteString(c, "X-A: "+strings.Repeat("a", 1000)+"\r\n"); err != nil {
					return
				}
			}
		}, "headers-too-large fetch.headers"},
		{"7 informational answers without end", nil, func(c net.Conn, done <-chan struct{}) {
			for {
				if _, err := io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
					return
				}
			}
		}, "headers-too-large fetch.headers"},
		{"9 silent after the handshake", nil, func(c net.Conn, done <-chan struct{}) { <-done }, "timeout"},
		{"14 speaks TLS 1.1", func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }, write(), "tls"},
		{"16 closes at once", nil, write(), "truncated"},
		{"16 answers in HTTP/2, and resets", func(c *tls.Config) { c.NextProtos = []string{"h2", "http/1.1"} },
			write("\x00\x00\x00\x04\x00\x00\x00\x00\x00", "\x00\x00\x04\x03\x00\x00\x00\x00\x01\x00\x00\x00\x08"), "malformed"},
		{"17 less than announced", nil, write(ok + "Content-Length: 3\r\n\r\n{}"), "truncated"},
		{"17 more than announced", nil, write(ok + "Content-Length: 2\r\n\r\n{}{}"), "length"},
		{"17 more, later", nil, write(ok+"Content-Length: 2\r\n\r\n{}", "more"), "length"},
		{"17 chunks that end early", nil, write(ok + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"), "truncated"},
		{"two lengths", nil, write(ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} "), "malformed"},
		{"not HTTP", nil, write("SSH-2.0-OpenSSH_9.2\r\n"), "malformed"},
		{"switches protocols", nil, write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), "malformed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := serveRaw(t, c.config, c.talk)
			_, err := client.Get(t.Context(), Key, "https://issuer.example/a")
			if got := what(t, err); got != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// 13: a certificate that is expired, of nobody known, of another name.
func TestCertificates(t *testing.T) {
	ours, theirs := newAuthority(t), newAuthority(t)
	for _, c := range []struct {
		name        string
		certificate tls.Certificate
		want        string
	}{
		{"good", ours.issue(t, testHost, time.Now().Add(time.Hour)), ""},
		{"expired", ours.issue(t, testHost, time.Now().Add(-time.Hour)), "tls"},
		{"not yet good", ours.issue(t, testHost, time.Now().Add(10*time.Hour)), "tls"},
		{"of nobody known", theirs.issue(t, testHost, time.Now().Add(time.Hour)), "tls"},
		{"of another name", ours.issue(t, "other.example", time.Now().Add(time.Hour)), "tls"},
	} {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answerJSON(w, `{}`) }))
		s.TLS = &tls.Config{Certificates: []tls.Certificate{c.certificate}}
		s.Config.ErrorLog = quiet
		s.StartTLS()
		_, err := clientFor(t, ours, s.Listener.Addr().String()).Get(t.Context(), Key, "https://issuer.example/a")
		s.Close()
		if got := what(t, err); got != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// What is sent says what is wanted and nothing about who wants it.
func TestRequestSaysNothingOfUs(t *testing.T) {
	var got http.Header
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		if r.Method != http.MethodGet || r.URL.Fragment != "" || r.Proto != "HTTP/1.1" || r.Host != testHost {
			t.Errorf("%s %s %s for %s", r.Method, r.URL, r.Proto, r.Host)
		}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		if r.URL.Path == "/a" {
			w.Header().Set("Location", "/b")
			w.WriteHeader(307)
			return
		}
		answerJSON(w, `{}`)
	})
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	if _, err := client.Get(t.Context(), Status, "https://issuer.example/a#k"); err != nil {
		t.Fatal(err)
	}
	want := http.Header{
		"User-Agent": {"Merkki"}, "Accept-Encoding": {"identity"}, "Connection": {"close"},
		"Accept": {strings.Join(purposes[Status].accept, ", ")},
	}
	for name, values := range got {
		if strings.Join(values, "|") != strings.Join(want[name], "|") {
			t.Errorf("%s: %q, want %q", name, values, want[name])
		}
	}
}
