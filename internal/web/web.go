// Package web is what the service says over HTTP: the pages people read, the
// addresses verifiers ask, and the API that programs and the commands on the
// machine use. It is the only importer of echo.
//
// Handlers have three verbs: parse, call, render. None of them chooses a status
// for an error; problemOf turns every error into an RFC 9457 problem, and an
// error that is not a [schema.Fault] into INTERNAL and a reference under which
// the log has the rest. Every address in an answer is made from Config.BaseURL;
// the Host of a request is never looked at.
//
//	s, err := web.New(web.Config{Service: svc, Verifier: v, Source: src, BaseURL: "https://badges.example.fi", Lang: "fi", …})
//	srv := web.HTTPServer(s.Public(), logger) // with the time limits that echo lacks
package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"merkki/internal/fetch"
	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/issuer"
	"merkki/verifier"
)

// Config is what the handlers work with.
type Config struct {
	// Service is nil for a verify-only installation.
	Service *issuer.Service
	// Verifier answers /verify. It is asked for anew on each request, so that
	// trust lists added meanwhile count.
	Verifier func(ctx context.Context) (*verifier.Verifier, error)
	// Source fetches what {"url":…} names.
	Source  fetch.Source
	BaseURL string // https origin; the request's Host is never used
	Lang    string // default language: fi, sv, en
	// Contact is where people reach the operator, a mail address or an https
	// address; ContactUntil the day until which somebody promised to read it, as
	// security.txt says (RFC 9116, section 2.5.5).
	Contact      string
	ContactUntil time.Time
	Proxies      []netip.Prefix // whose X-Forwarded-For is believed; none by default
	TLS          bool           // ours or a trusted proxy's: HSTS
	Log          *slog.Logger
	Now          func() time.Time
}

// A Server makes the two handlers.
type Server struct {
	c         Config
	pages     *pages
	public    http.Handler
	local     http.Handler
	domain    string // host of BaseURL
	gate      *gate
	desk      *desk    // lists that are checked
	seal      seal     // of receipts that pages carry
	verifying *buckets // allowance for /verify
	calling   *buckets // allowance for the API
	mailing   *buckets // allowance for asking for mail
	errands   *errands // what is done after an answer
	triesAt   *buckets // names tried at a closed credential
	triesBy   *buckets // and by a client
	guesses   *buckets // share links that led nowhere, by a client
	offers    *catalogue
	pictures  pictures // badges that were painted
	previews  painter[publish.Preview]
	leaving   atomic.Bool
}

// New checks the configuration and compiles the templates.
func New(c Config) (*Server, error) {
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" || u.Path != "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("web: the base URL must be an origin without a path, not %q", c.BaseURL)
	}
	if c.Verifier == nil {
		return nil, fmt.Errorf("web: a server without a verifier answers nothing")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if !i18n.Speaks(c.Lang) {
		c.Lang = "en"
	}
	p, err := newPages()
	if err != nil {
		return nil, err
	}
	s := &Server{c: c, pages: p, gate: newGate(), desk: newDesk(c.Now), seal: newSeal(), offers: newCatalogue(), domain: strings.ToLower(u.Host)}
	// Verifying costs a signature and may cost requests; the API costs a
	// transaction. Each address has an allowance of its own for both.
	s.verifying = newBuckets(5, 60, c.Now)
	s.calling = newBuckets(50, 200, c.Now)
	// A mail costs its reader attention: five at once, then one in twelve seconds.
	s.mailing = newBuckets(1.0/12, 5, c.Now)
	s.errands = newErrands()
	s.triesAt, s.triesBy = newBuckets(5.0/60, 5, c.Now), newBuckets(5.0/60, 5, c.Now)
	s.guesses = newBuckets(1.0/6, 20, c.Now)
	s.public = s.router(false)
	s.local = s.router(true)
	return s, nil
}

// Public is the handler for the world.
func (s *Server) Public() http.Handler { return s.public }

// Local is the handler for commands on the machine (socket or in process): the
// public routes, and administration that never leaves the machine (first token, backup, doctor).
// The actor comes from the context ([WithActor]) unless a bearer token is sent.
func (s *Server) Local() http.Handler { return s.local }

// Drain makes /readyz say that no more requests should be sent here, while those
// that come are still answered: the first step of a stop.
func (s *Server) Drain() { s.leaving.Store(true) }

type actorKey struct{}

// WithActor says who is asking, for Local.
func WithActor(ctx context.Context, a issuer.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// HTTPServer returns a server with the limits of the security model: what a
// slow or greedy client may cost.
func HTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
