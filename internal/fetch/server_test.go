package fetch

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// An authority signs the certificates of test servers.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pool        *x509.CertPool
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{certificate, key, x509.NewCertPool()}
	a.pool.AddCert(certificate)
	return a
}

// issue makes the certificate of a host, good until a moment.
func (a *authority) issue(t testing.TB, host string, until time.Time) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: []string{host},
		NotBefore: until.Add(-2 * time.Hour), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}
}

const testHost = "issuer.example"

// clientFor returns a client whose every connection leads to address, in a
// world where a second is short.
func clientFor(t testing.TB, a *authority, address string) *Client {
	t.Helper()
	c := New(Config{})
	c.roots = a.pool
	c.timeout = 300 * time.Millisecond
	c.dial = func(ctx context.Context, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	}
	return c
}

// serve starts a well-behaved server around a handler that need not be.
func serve(t testing.TB, h http.HandlerFunc) *Client {
	t.Helper()
	a := newAuthority(t)
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = quiet
	s.TLS = &tls.Config{Certificates: []tls.Certificate{a.issue(t, testHost, time.Now().Add(time.Hour))}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return clientFor(t, a, s.Listener.Addr().String())
}

// serveRaw starts a server that answers each request with what talk writes.
// The connection is closed when talk returns; done is closed when the test ends.
func serveRaw(t testing.TB, config func(*tls.Config), talk func(c net.Conn, done <-chan struct{})) *Client {
	t.Helper()
	a := newAuthority(t)
	conf := &tls.Config{Certificates: []tls.Certificate{a.issue(t, testHost, time.Now().Add(time.Hour))}}
	if config != nil {
		config(conf)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", conf)
	if err != nil {
		t.Fatal(err)
	}
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				if readRequest(c) == nil {
					talk(c, done)
				}
			}()
		}
	}()
	t.Cleanup(func() { close(done); l.Close(); <-stopped })
	return clientFor(t, a, l.Addr().String())
}

// readRequest reads to the end of the headers.
func readRequest(c net.Conn) error {
	var seen strings.Builder
	b := make([]byte, 1024)
	for !strings.HasSuffix(seen.String(), "\r\n\r\n") {
		n, err := c.Read(b)
		if err != nil {
			return err
		}
		seen.Write(b[:n])
	}
	return nil
}

func answerJSON(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, body)
}

// what puts an error into one word: "", refused, or the reason with its limit.
func what(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	if _, ok := errors.AsType[*RefusedError](err); ok {
		return "refused"
	}
	u, ok := errors.AsType[*UnreachableError](err)
	if !ok {
		t.Fatalf("%v is of no type of this package", err)
	}
	if u.Limit != "" {
		return u.Reason + " " + u.Limit
	}
	return u.Reason
}
