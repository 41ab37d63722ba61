package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"os"
)

func scheme(c *config) string {
	if c.TLSCert != "" {
		return "https"
	}
	return "http"
}

// run serves until ctx ends, then lets requests finish.
func run(ctx context.Context, srv *http.Server, l net.Listener, tc *tls.Config) error {
	if tc != nil {
		srv.TLSConfig = tc
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		drain, cancel := context.WithTimeout(context.Background(), drainTime)
		defer cancel()
		err := srv.Shutdown(drain)
		if errors.Is(err, context.DeadlineExceeded) {
			err = srv.Close()
		}
		stopped <- err
	})
	var err error
	if tc != nil {
		err = srv.ServeTLS(l, "", "")
	} else {
		err = srv.Serve(l)
	}
	if stop() { // it ended by itself
		return exit(exitUnavailable, "%w", err)
	}
	return <-stopped
}

// listen opens the address, with words for the two usual reasons why it cannot
// be had.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, os.ErrPermission):
		return nil, exit(exitNotPermitted, "listening on %s is not permitted", address)
	case inUse(err):
		return nil, exit(exitUnavailable, "%s is taken by another program: name another address with --listen", address)
	}
	return nil, exit(exitUnavailable, "%w", err)
}

// reachable refuses to speak to the world in the clear.
func reachable(c *config) error {
	host, err := splitListen(c.Listen)
	if err != nil {
		return err
	}
	if c.TLSCert != "" || len(c.BehindProxy) > 0 {
		return nil
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return exit(exitConfiguration, "%s can be reached by others: give --tls-cert and --tls-key, or name the proxy in front with --behind-proxy", c.Listen)
}
