package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"time"

	"github.com/spf13/cobra"

	"merkki/internal/web"
)

// errNotLoopback refuses an address that others can reach.
var errNotLoopback = errors.New("only addresses of this machine: 127.0.0.1:PORT or [::1]:PORT")

func serveCommand(out io.Writer) *cobra.Command {
	var address, seed string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Answer the HTTP suites on this machine, over TLS with a certificate of its own",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := readSeed(seed)
			if err != nil {
				return err
			}
			l, err := listen(address)
			if err != nil {
				return err
			}
			interop, err := newServer("https://"+l.Addr().String(), s)
			if err != nil {
				return err
			}
			return interop.serve(c.Context(), l, out)
		},
	}
	c.Flags().StringVar(&address, "listen", "127.0.0.1:8443", "`address` of this machine; port 0 takes a free one")
	c.Flags().StringVar(&seed, "seed", "", "64 `hex` digits from which all keys are made, so that runs repeat")
	return c
}

// readSeed returns the seed that was given, or a new one.
func readSeed(text string) ([]byte, error) {
	if text == "" {
		seed := make([]byte, 32)
		rand.Read(seed)
		return seed, nil
	}
	seed, err := hex.DecodeString(text)
	if err != nil || len(seed) != 32 {
		return nil, errors.New("--seed takes 64 hexadecimal digits")
	}
	return seed, nil
}

// listen opens an address of the loopback interface, given as a number: what a
// name stands for is decided elsewhere.
func listen(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("--listen: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("--listen %s: %w", address, errNotLoopback)
	}
	return net.Listen("tcp", address)
}

// serve answers until ctx ends.
func (s *server) serve(ctx context.Context, l net.Listener, out io.Writer) error {
	certificate, err := selfSigned(time.Now())
	if err != nil {
		return err
	}
	h := web.HTTPServer(s, slog.New(slog.DiscardHandler)) // the log would be of certificates that clients do not like
	h.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	fmt.Fprintf(out, "%s\nINTEROP MODE: for conformance suites. Whatever is signed here is worthless.\n", s.base)
	stop := context.AfterFunc(ctx, func() { h.Close() })
	defer stop()
	err = h.ServeTLS(l, "", "")
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// selfSigned makes a certificate for this machine that nobody else vouches for.
func selfSigned(now time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		Subject:               pkix.Name{CommonName: "merkki-interop: worthless"},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.AddDate(0, 0, 30),
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA:                  true, // so that a client can be told to trust it
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
