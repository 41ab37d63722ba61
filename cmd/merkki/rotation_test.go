package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"merkki/internal/judge"
)

// TestRotationUnderLoad replaces the keys of a service every ten seconds without an
// overlap, while credentials are issued and each is verified at once: by the service
// itself, and by a second Merkki, a process of its own that knows of the first only
// what it fetches over TLS and keeps as long as it may. No verification fails.
func TestRotationUnderLoad(t *testing.T) {
	lasts := 21 * time.Second
	if os.Getenv("MERKKI_LONG") == "1" {
		lasts = 5 * time.Minute
	}
	w := newRotating(t)
	ctx, cancel := context.WithTimeout(t.Context(), lasts)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { w.rotate(t, ctx) })
	for n := range 4 {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil && !t.Failed(); i++ {
				if err := w.round(fmt.Sprintf("%d-%d", n, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if w.rotated.Load() < int64(lasts/(10*time.Second))-1 || w.verified.Load() < 40 {
		t.Errorf("%d rotations, %d verifications: too little was going on", w.rotated.Load(), w.verified.Load())
	}
	t.Logf("%d rotations in %v: %d credentials, each verified by the service and by a second Merkki over TLS: %d verifications, %d failed",
		w.rotated.Load(), lasts, w.verified.Load()/2, w.verified.Load(), w.failed.Load())
}

// rotating is the two processes, and a client of both.
type rotating struct {
	program, dir, identity     string
	client                     *http.Client
	achievement, token, second string
	rotated, verified, failed  atomic.Int64
}

const rotatingBase = "https://localhost" // no port: it stands in the DID

// newRotating starts both. The first needs the port of https.
func newRotating(t *testing.T) *rotating {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:443")
	if err != nil {
		judge.Skip(t, "the port of https cannot be had on this machine: "+err.Error())
	}
	l.Close()
	home := t.TempDir()
	w := &rotating{program: filepath.Join(home, "merkki"), dir: filepath.Join(home, "D"), identity: filepath.Join(home, "identity")}
	self, err := os.Executable()
	fine(t, err)
	fine(t, os.Symlink(self, w.program)) // the test binary is the program under that name
	roots := w.certify(t, home)
	course := filepath.Join(home, "course.json")
	fine(t, os.WriteFile(course, []byte(`{"type":["Achievement"],"name":"Welding","description":"Steel.","criteria":{"narrative":"Weld."}}`), 0o600))

	w.run(t, nil, "init", "--base-url", rotatingBase, "--name", "Example University")
	w.run(t, &w.achievement, "achievements", "add", course, "--json")
	w.run(t, &w.token, "tokens", "new", "--name", "load", "--role", "registrar", "--json")
	w.achievement, w.token = member(t, w.achievement, "id"), member(t, w.token, "secret")

	w.start(t, home, "127.0.0.1:443", "serve", "--dir", w.dir, "--identity", w.identity, "--listen", "127.0.0.1:443",
		"--tls-cert", filepath.Join(home, "cert.pem"), "--tls-key", filepath.Join(home, "key.pem"))
	free, err := net.Listen("tcp", "127.0.0.1:0")
	fine(t, err)
	w.second = free.Addr().String()
	free.Close()
	w.start(t, home, w.second, "serve", "--verify-only", "--listen", w.second, "--behind-proxy", "127.0.0.0/8")
	w.client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots}, MaxIdleConnsPerHost: 16,
	}}
	return w
}

// certify makes the certificate of the first process.
func (w *rotating) certify(t *testing.T, home string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fine(t, err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	fine(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	fine(t, err)
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	fine(t, os.WriteFile(filepath.Join(home, "cert.pem"), cert, 0o600))
	fine(t, os.WriteFile(filepath.Join(home, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(cert)
	return pool
}

func fine(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func member(t *testing.T, object, name string) string {
	t.Helper()
	var m map[string]any
	fine(t, json.Unmarshal([]byte(object), &m))
	s, _ := m[name].(string)
	return s
}

func (w *rotating) command(args ...string) *exec.Cmd {
	return exec.Command(w.program, append(args, "--dir", w.dir, "--identity", w.identity)...)
}

func (w *rotating) run(t *testing.T, out *string, args ...string) {
	t.Helper()
	b, err := w.command(args...).Output()
	if err != nil {
		t.Fatalf("%q: %v: %s", args, err, b)
	}
	if out != nil {
		*out = string(b)
	}
}

// start runs a server until the test ends and waits until it listens.
func (w *rotating) start(t *testing.T, home, at string, args ...string) {
	t.Helper()
	c := exec.Command(w.program, args...)
	c.Env = append(os.Environ(), "SSL_CERT_FILE="+filepath.Join(home, "cert.pem"), "MERKKI_ALLOW_HOST=localhost=127.0.0.0/8")
	log, err := os.Create(filepath.Join(home, strings.ReplaceAll(at, ":", "-")+".log"))
	fine(t, err)
	c.Stdout, c.Stderr = log, log
	fine(t, c.Start())
	t.Cleanup(func() {
		c.Process.Signal(os.Interrupt)
		c.Wait()
		log.Close()
		if t.Failed() {
			b, _ := os.ReadFile(log.Name())
			t.Logf("%q said: %s", args, b[max(0, len(b)-2000):])
		}
	})
	for end := time.Now().Add(30 * time.Second); ; {
		conn, err := net.Dial("tcp", at)
		if err == nil {
			conn.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatalf("nobody listens on %s: %v", at, err)
		}
	}
}

// rotate replaces the keys every ten seconds.
func (w *rotating) rotate(t *testing.T, ctx context.Context) {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if out, err := w.command("keys", "rotate", "--overlap", "0s").CombinedOutput(); err != nil {
			t.Errorf("keys rotate: %v: %s", err, out)
			return
		}
		w.rotated.Add(1)
	}
}

// round issues a credential and has both verify it.
func (w *rotating) round(name string) error {
	body := fmt.Sprintf(`{"achievement":%q,"recipient":{"name":"Aino Virtanen","email":"a%s@example.org"}}`, w.achievement, name)
	b, err := w.ask(http.MethodPost, rotatingBase+"/api/v1/credentials", body, http.StatusCreated,
		"Authorization", "Bearer "+w.token, "Idempotency-Key", name, "Content-Type", "application/json")
	if err != nil {
		return err
	}
	var r struct {
		ID         string
		Credential json.RawMessage
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return err
	}
	own, err := w.ask(http.MethodGet, rotatingBase+"/c/"+r.ID+"/report", "", http.StatusOK)
	if err == nil {
		err = w.judge("the service", own, "proof.signature", "key.resolved", "key.controller", "credential.status")
	}
	if err != nil {
		return err
	}
	// Nobody listed the issuer for the second: everything else must hold.
	other, err := w.ask(http.MethodPost, "http://"+w.second+"/verify", string(r.Credential), http.StatusOK,
		"Content-Type", "application/vc", "Accept", "application/json", "X-Forwarded-For", fmt.Sprintf("10.%s", dotted(name)))
	if err == nil {
		err = w.judge("the second Merkki", other, "proof.signature", "key.resolved", "key.controller", "credential.status")
	}
	return err
}

// dotted makes three parts of an address out of a name: an allowance of its own for
// each request.
func dotted(name string) string {
	var n, i int
	fmt.Sscanf(name, "%d-%d", &n, &i)
	return fmt.Sprintf("%d.%d.%d", n, i/250%250, i%250)
}

func (w *rotating) judge(who string, report []byte, checks ...string) error {
	var rep struct {
		Verdict string
		Checks  []struct{ Name, Status, Code, Finding string }
	}
	if err := json.Unmarshal(report, &rep); err != nil {
		return err
	}
	w.verified.Add(1)
	passed := 0
	for _, c := range rep.Checks {
		if c.Status == "fail" {
			w.failed.Add(1)
			return fmt.Errorf("%s says %s: %s %s %s", who, rep.Verdict, c.Name, c.Code, c.Finding)
		}
		for _, want := range checks {
			if c.Name == want && c.Status == "pass" {
				passed++
			}
		}
	}
	if passed != len(checks) {
		w.failed.Add(1)
		return fmt.Errorf("%s says %s, and %d of %d checks passed: %s", who, rep.Verdict, passed, len(checks), report)
	}
	return nil
}

func (w *rotating) ask(method, url, body string, want int, headers ...string) ([]byte, error) {
	for {
		req, err := http.NewRequest(method, url, strings.NewReader(body))
		if err != nil {
			return nil, err
		}
		for i := 0; i < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		resp, err := w.client.Do(req)
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			return nil, err
		}
		if resp.StatusCode == http.StatusTooManyRequests { // the allowance of the API: more than it gives is no failure
			time.Sleep(200 * time.Millisecond)
			continue
		}
		if resp.StatusCode != want {
			return nil, fmt.Errorf("%s %s: %d %s", method, url, resp.StatusCode, b)
		}
		return b, nil
	}
}
