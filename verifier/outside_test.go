//go:build unix

package verifier_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"merkki/internal/fetch"
)

// An outside is a network in one process: a name server that knows every name
// and gives each a public address of its own, and behind all addresses one
// HTTPS server with a certificate for every name, which has the documents of
// a map and answers 404 otherwise.
type outside struct {
	web    fetch.Map
	server netip.AddrPort
	issuer *x509.Certificate
	key    *ecdsa.PrivateKey

	mu        sync.Mutex
	addresses map[string]string // address → name
	names     []string          // looked up, without the final dot, once per record type
	dialled   []string          // "name:port", or "address:port" where no name has the address
	requested []string          // addresses that arrived at the server
	past      []string          // what did not go through the client
}

func newOutside(t testing.TB, web fetch.Map) *outside {
	t.Helper()
	o := &outside{web: web, addresses: map[string]string{}}
	var err error
	if o.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	o.issuer = &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, o.issuer, o.issuer, o.key.Public(), o.key)
	if err != nil {
		t.Fatal(err)
	}
	if o.issuer, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(o.answer))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = &tls.Config{GetCertificate: o.certificate}
	s.StartTLS()
	t.Cleanup(s.Close)
	o.server = netip.MustParseAddrPort(s.Listener.Addr().String())
	return o
}

// client returns the program's client before this network.
func (o *outside) client() *fetch.Client {
	roots := x509.NewCertPool()
	roots.AddCert(o.issuer)
	return fetch.New(fetch.Config{Outside: fetch.Outside{Names: o.resolver(&o.names), Roots: roots, Socket: o.connect}})
}

func (o *outside) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{hello.ServerName},
		NotBefore: o.issuer.NotBefore, NotAfter: o.issuer.NotAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, leaf, o.issuer, o.key.Public(), o.key)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: o.key}, err
}

func (o *outside) answer(w http.ResponseWriter, r *http.Request) {
	url := "https://" + r.Host + r.RequestURI
	o.mu.Lock()
	o.requested = append(o.requested, url)
	o.mu.Unlock()
	doc, ok := o.web[url]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", doc.MediaType)
	_, _ = w.Write(doc.Bytes)
}

// resolver returns a resolver that asks this network and records into names.
func (o *outside) resolver(names *[]string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go o.nameServer(there, names)
		return here, nil
	}}
}

// nameServer answers questions in the framing of DNS over TCP (RFC 1035,
// 4.2.2), which the resolver speaks on whatever is no packet connection.
func (o *outside) nameServer(c net.Conn, names *[]string) {
	defer c.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		b := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(c, b); err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(b) != nil || len(m.Questions) != 1 {
			return
		}
		reply, err := o.lookup(m, names)
		if err != nil {
			return
		}
		if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)); err != nil {
			return
		}
	}
}

func (o *outside) lookup(m dnsmessage.Message, names *[]string) ([]byte, error) {
	q := m.Questions[0]
	name := strings.TrimSuffix(q.Name.String(), ".")
	o.mu.Lock()
	defer o.mu.Unlock()
	*names = append(*names, name)
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	if q.Type == dnsmessage.TypeA {
		address := [4]byte{93, 184, 216, byte(len(o.addresses) + 1)}
		o.addresses[netip.AddrFrom4(address).String()] = name
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: dnsmessage.ClassINET},
			Body:   &dnsmessage.AResource{A: address},
		}}
	}
	return m.Pack()
}

// connect records the address that a socket is for and connects it to the
// server instead. The connect of the dialer that follows finds a socket that
// is connected, or about to be, and takes it as it is; nothing leaves the
// machine.
func (o *outside) connect(_, address string, socket syscall.RawConn) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	o.mu.Lock()
	if name, ok := o.addresses[host]; ok {
		host = name
	}
	o.dialled = append(o.dialled, host+":"+port)
	o.mu.Unlock()
	to := &syscall.SockaddrInet4{Port: int(o.server.Port()), Addr: o.server.Addr().As4()}
	failed := socket.Control(func(fd uintptr) { err = syscall.Connect(int(fd), to) })
	if errors.Is(err, syscall.EINPROGRESS) {
		err = nil
	}
	return errors.Join(failed, err)
}

// pastTransport records requests that do not go through the client.
type pastTransport struct{ o *outside }

func (p pastTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	p.o.mu.Lock()
	defer p.o.mu.Unlock()
	p.o.past = append(p.o.past, r.URL.String())
	return nil, errors.New("past the client")
}
