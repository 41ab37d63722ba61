package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"time"

	"merkki/internal/fetch"
	"merkki/internal/web"
	"merkki/issuer"
	"merkki/issuer/store/bolt"
	"merkki/keys"
	"merkki/keys/did"
	"merkki/keys/softstore"
	"merkki/verifier"
)

// A service is an opened directory: everything wired together.
type service struct {
	config *config
	issuer *issuer.Service
	keys   *watchedStore
	web    *web.Server
}

// Close lets go of the directory.
func (s *service) Close() error { return s.issuer.Close() }

// openService opens the directory for this process alone. flags are settings
// from the command line.
func (p *program) openService(ctx context.Context, flags map[string][]string) (*service, error) {
	c, err := p.config(flags)
	if err != nil {
		return nil, err
	}
	dir := p.directory()
	if c.BaseURL == "" {
		return nil, exit(exitConfiguration, "%s names no base_url", filepath.Join(dir, "merkki.toml"))
	}
	if !exists(filepath.Join(dir, recordFile)) {
		return nil, exit(exitConfiguration, "%s is not there: without its records this would be a second, empty institution under the same name", filepath.Join(dir, recordFile))
	}
	unlock, err := p.unlock(c)
	if err != nil {
		return nil, err
	}
	ks, err := softstore.Open(filepath.Join(dir, keysFolder), unlock)
	if err != nil {
		return nil, exit(exitConfiguration, "%w", err)
	}
	return p.wire(ctx, dir, c, ks)
}

// The names of what lies in the directory.
const (
	recordFile = "merkki.db"
	keysFolder = "keys"
)

// config loads the configuration of the directory.
func (p *program) config(flags map[string][]string) (*config, error) {
	return loadConfig(p.directory(), p.withIdentity(flags), p.Getenv, p.Environ())
}

// withIdentity adds the flag that every command has.
func (p *program) withIdentity(flags map[string][]string) map[string][]string {
	out := map[string][]string{}
	for k, v := range flags {
		out[k] = v
	}
	if p.identity != "" {
		out["identity"] = []string{p.identity}
	}
	return out
}

// wire puts the rooms of the house together.
func (p *program) wire(ctx context.Context, dir string, c *config, ks keys.Store) (*service, error) {
	watched := &watchedStore{Store: ks}
	contexts, err := contextsOf(c)
	if err != nil {
		return nil, err
	}
	validity, err := c.statusValidity()
	if err != nil {
		return nil, err
	}
	store, err := bolt.Open(filepath.Join(dir, recordFile))
	if err != nil {
		return nil, exit(exitTryAgain, "%w", err)
	}
	svc, err := issuer.Open(ctx, issuer.Config{
		BaseURL: c.BaseURL, Store: store, Keys: watched, Contexts: contexts, Dir: dir, Now: time.Now,
		StatusValidity: validity, Mail: c.SMTPURL != "",
	})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if p.rules, err = c.rules(); err != nil {
		return nil, errors.Join(err, svc.Close())
	}
	w, err := p.webServer(c, svc, func(ctx context.Context) (*verifier.Verifier, error) { return p.serviceVerifier(ctx, svc) })
	if err != nil {
		return nil, errors.Join(err, svc.Close())
	}
	return &service{config: c, issuer: svc, keys: watched, web: w}, nil
}

// webServer makes the handlers, with a service or without one.
func (p *program) webServer(c *config, svc *issuer.Service, v func(context.Context) (*verifier.Verifier, error)) (*web.Server, error) {
	var proxies []netip.Prefix
	for _, n := range c.BehindProxy {
		prefix, err := netip.ParsePrefix(n)
		if err != nil {
			return nil, err
		}
		proxies = append(proxies, prefix)
	}
	log := p.log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	until, err := c.contactUntil()
	if err != nil {
		return nil, err
	}
	return web.New(web.Config{
		Contact: c.Contact, ContactUntil: until,
		Service: svc, Verifier: v, Source: p.network(),
		BaseURL: firstOf(c.BaseURL, "http://"+c.Listen), Lang: c.Lang, Proxies: proxies,
		TLS: c.TLSCert != "" || len(proxies) > 0,
		Log: log, Now: time.Now,
	})
}

// serviceVerifier is what /verify of a service asks: its own issuers and lists
// without the network, the trust lists as they stand now.
func (p *program) serviceVerifier(ctx context.Context, svc *issuer.Service) (*verifier.Verifier, error) {
	sources, err := svc.Trust(ctx)
	if err != nil {
		return nil, err
	}
	var trust []verifier.TrustList
	for _, t := range sources {
		l, err := t.List()
		if err != nil {
			return nil, fmt.Errorf("trust list %s: %w", t.ID, err)
		}
		trust = append(trust, l)
	}
	net := p.network()
	return svc.Verifier(did.New(did.FromSource(net)), verifier.FromSource(net), trust), nil
}

// network is the one client for the world outside.
func (p *program) network() fetch.Source {
	if p.net == nil {
		p.net = fetch.New(fetch.Config{Rules: p.rules})
	}
	return p.net
}

// unlock says how the keys are opened: an open identity, a passphrase from the
// environment, a file or a systemd credential, or a question on the terminal,
// which is asked only when a private key is needed.
func (p *program) unlock(c *config) (softstore.Unlock, error) {
	if c.Identity != "" {
		return softstore.IdentityFile(c.Identity), nil
	}
	return softstore.Passphrase(func() (string, error) { return p.passphrase(c, false) }), nil
}

func trimNewline(b []byte) string { return strings.TrimRight(string(b), "\r\n") }
