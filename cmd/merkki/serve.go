package main

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"merkki/internal/web"
	"merkki/keys/did"
	"merkki/verifier"
)

// drainTime is how long requests may take to end after SIGTERM.
const drainTime = 10 * time.Second

func (p *program) serveCmd() *cobra.Command {
	var verifyOnly bool
	var trust trustFlags
	var contexts contextFlags
	var proxies []string
	one := map[string]*string{}
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the service",
		Long: `Run the service of a directory: pages, API, status lists, and the directory's
socket for commands on this machine. An address that others can reach needs TLS
(--tls-cert, --tls-key) or a proxy in front that speaks it (--behind-proxy).

With --verify-only there is no directory and no key: the service answers /verify,
trusts the lists named with --trust, and keeps nothing.

SIGTERM ends it: requests in progress get ten seconds.`,
		Example: `  merkki serve --dir merkki-data
  merkki serve --dir merkki-data --listen 0.0.0.0:443 --tls-cert chain.pem --tls-key key.pem
  merkki serve --verify-only --trust universities.json --listen 127.0.0.1:8081`,
		Args: cobra.NoArgs,
	}
	fl := c.Flags()
	fl.BoolVar(&verifyOnly, "verify-only", false, "verify only: no directory, no key, nothing kept")
	trust.register(c, "with --verify-only: ")
	contexts.register(c)
	for _, f := range []struct{ flag, text string }{
		{"listen", "`ADDRESS` to listen on (default 127.0.0.1:8080)"},
		{"tls-cert", "certificate chain (PEM) in `FILE`"},
		{"tls-key", "its private key (PEM) in `FILE`"},
	} {
		one[f.flag] = fl.String(f.flag, "", f.text)
	}
	fl.StringSliceVar(&proxies, "behind-proxy", nil, "`CIDR` of the proxy in front; may be repeated")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		flags := map[string][]string{}
		for name, v := range one {
			if *v != "" {
				flags[strings.ReplaceAll(name, "-", "_")] = []string{*v}
			}
		}
		if len(proxies) > 0 {
			flags["behind_proxy"] = proxies
		}
		if len(trust.lists)+len(trust.keys) > 0 && !verifyOnly {
			return usage("--trust belongs to --verify-only; the lists of a directory are kept with `merkki trust add`")
		}
		if contexts.given() && !verifyOnly {
			return usage("--context and --inline-contexts belong to --verify-only; those of a directory stand in its merkki.toml")
		}
		p.log = slog.New(slog.NewJSONHandler(p.Err, nil))
		if verifyOnly {
			return p.serveVerifyOnly(cmd.Context(), flags, trust, contexts)
		}
		return p.serveDirectory(cmd.Context(), flags)
	}
	return c
}

func (p *program) serveDirectory(ctx context.Context, flags map[string][]string) error {
	harden()
	c, err := p.config(flags)
	if err != nil {
		return err
	}
	if err := reachable(c); err != nil {
		return err
	}
	s, err := p.openService(ctx, flags)
	if err != nil {
		return err
	}
	err = p.serveService(ctx, s, nil)
	return errors.Join(err, s.Close())
}

// serveService listens for the world and for commands on the machine. l may be
// an open listener; nil opens the configured one.
func (p *program) serveService(ctx context.Context, s *service, l net.Listener) error {
	var err error
	if l == nil {
		if l, err = listen(s.config.Listen); err != nil {
			return err
		}
	}
	socket, err := listenSocket(p.directory())
	if err != nil {
		l.Close()
		return err
	}
	defer socket.remove()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 4)
	local := &http.Server{
		Handler: s.web.Local(), ReadHeaderTimeout: 5 * time.Second,
		ConnContext: peerContext, ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelWarn),
	}
	go func() { done <- run(ctx, local, socket, nil) }()
	go func() { done <- p.serveWorld(ctx, s.config, s.web, l) }()
	go func() { done <- p.keepListsFresh(ctx, s) }()
	go func() { done <- p.deliverMail(ctx, s) }()
	stopBatches := background(ctx, s.issuer.WorkBatches) // those of an earlier process first
	stopKeys := background(ctx, func(ctx context.Context) { p.keepKeys(ctx, s) })
	err = <-done // the first to end ends all
	cancel()
	stopBatches()
	stopKeys()
	for range 3 {
		err = errors.Join(err, <-done)
	}
	s.web.Wait() // what was promised in an answer is done before the store closes
	return err
}

// serveWorld listens for the world.
func (p *program) serveWorld(ctx context.Context, c *config, w *web.Server, l net.Listener) error {
	var tc *tls.Config
	if c.TLSCert != "" {
		pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
		if err != nil {
			return errors.Join(exit(exitConfiguration, "TLS: %w", err), l.Close())
		}
		tc = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	p.log.Info("listening", "address", l.Addr().String(), "baseURL", c.BaseURL, "tls", tc != nil, "internalHosts", c.AllowHost)
	stop := context.AfterFunc(ctx, w.Drain) // not ready from the moment we are told to stop
	defer stop()
	err := run(ctx, web.HTTPServer(w.Public(), p.log), l, tc)
	p.log.Info("stopped")
	return err
}

// serveVerifyOnly answers /verify without a directory.
func (p *program) serveVerifyOnly(ctx context.Context, flags map[string][]string, trust trustFlags, more contextFlags) error {
	c, err := loadConfig("", flags, p.Getenv, p.Environ())
	if err != nil {
		return err
	}
	if err := reachable(c); err != nil {
		return err
	}
	lists, err := p.trustLists(trust)
	if err != nil {
		return err
	}
	contexts, err := contextsOf(c)
	if err != nil {
		return err
	}
	if contexts, err = more.addTo(contexts); err != nil {
		return err
	}
	if p.rules, err = c.rules(); err != nil {
		return err
	}
	net := p.network()
	v := &verifier.Verifier{
		Contexts: contexts, Resolver: did.New(did.FromSource(net)), Lists: verifier.FromSource(net),
		Trust: lists, Now: time.Now,
	}
	l, err := listen(c.Listen)
	if err != nil {
		return err
	}
	if c.BaseURL == "" {
		c.BaseURL = scheme(c) + "://" + l.Addr().String()
	}
	w, err := p.webServer(c, nil, func(context.Context) (*verifier.Verifier, error) { return v, nil })
	if err != nil {
		return errors.Join(err, l.Close())
	}
	return p.serveWorld(ctx, c, w, l)
}
