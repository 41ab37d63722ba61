package fetch

import (
	"context"
	"crypto/x509"
	"net"
	"sync"
	"time"
)

// Limits of one request (security model, section 5).
const (
	requestTime  = 5 * time.Second // from the name server to the last byte
	maxRedirects = 3
	maxHeaders   = 16 << 10
)

// Config is what a Client works with. The zero value is the strict one.
type Config struct {
	Rules   Rules
	Product string           // of the User-Agent, the same for every installation; default "Merkki"
	Now     func() time.Time // default time.Now
	Outside Outside          // the network; for tests
}

// A Client asks the network. It is safe for concurrent use, and there ought to
// be one in a process: what protects other hosts from us counts in it.
type Client struct {
	config   Config
	roots    *x509.CertPool // nil: the system's
	dial     func(ctx context.Context, host string) (net.Conn, error)
	timeout  time.Duration
	cache    *cache
	switches *switchboard

	mu      sync.Mutex
	flights map[cacheKey]*flight // guarded by mu
}

// A flight is a request on its way, and those who wait for it.
type flight struct {
	done   chan struct{}
	answer answer // set before done is closed
}

// New returns a client.
func New(c Config) *Client {
	if c.Product == "" {
		c.Product = "Merkki"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Client{
		config:   c,
		roots:    c.Outside.Roots,
		dial:     guardedDialer(c.Rules, c.Outside),
		timeout:  requestTime,
		cache:    newCache(),
		switches: newSwitchboard(),
		flights:  map[cacheKey]*flight{},
	}
}

// Get implements [Source]. Everybody who wants the same document at the same
// time gets it from one request, which goes on when one of them gives up.
func (c *Client) Get(ctx context.Context, p Purpose, url string) (Document, error) {
	if err := c.config.Rules.Check(url); err != nil {
		return Document{}, err
	}
	k := cacheKey{p, withoutFragment(url)}
	if IsAgain(ctx) && c.flying(k) {
		// Somebody else is asking: that answer is fresh.
	} else if a, ok := c.cache.get(k, c.config.Now(), IsAgain(ctx)); ok {
		a.doc.Cached = a.err == nil
		return a.doc, a.err
	}
	if err := spend(ctx, 1, k.url); err != nil {
		return Document{}, err
	}
	f := c.board(ctx, k)
	select {
	case <-f.done:
	case <-ctx.Done():
		return Document{}, &UnreachableError{URL: k.url, Host: hostOf(k.url), Reason: "timeout"}
	}
	if extra := f.answer.requests - 1; extra > 0 {
		// Paid afterwards: the next request of this verification is refused.
		_ = spend(ctx, extra, k.url)
	}
	return f.answer.doc, f.answer.err
}

// flying reports whether a document is being asked for.
func (c *Client) flying(k cacheKey) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.flights[k] != nil
}

// board joins the flight for k, or starts one.
func (c *Client) board(ctx context.Context, k cacheKey) *flight {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f, ok := c.flights[k]; ok {
		return f
	}
	f := &flight{done: make(chan struct{})}
	c.flights[k] = f
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.timeout)
		defer cancel()
		f.answer = c.ask(ctx, k)
		c.cache.put(k, f.answer, c.config.Now())
		c.mu.Lock()
		delete(c.flights, k)
		c.mu.Unlock()
		close(f.done)
	}()
	return f
}

// ask makes the request and follows its redirects under the switchboard.
func (c *Client) ask(ctx context.Context, k cacheKey) answer {
	host := hostOf(k.url)
	if reason := c.switches.enter(ctx, host, c.config.Now()); reason != "" {
		// Not remembered: it says something about us, not about the address.
		return answer{err: &UnreachableError{URL: k.url, Host: host, Reason: reason}, requests: 1}
	}
	a, alive := c.follow(ctx, k)
	c.switches.leave(host, alive, c.config.Now())
	return a
}

// follow makes the request and at most three more that the host asks for.
// alive says that the host spoke HTTP and had no fault of its own: an address
// that is missing says nothing about the rest of the host, so that nobody can
// shut out a host by asking it for nonsense.
func (c *Client) follow(ctx context.Context, k cacheKey) (a answer, alive bool) {
	url := k.url
	for hop := 0; ; hop++ {
		r, err := c.exchange(ctx, k.purpose, url)
		if err != nil {
			return answer{err: err, life: failureLife, requests: hop + 1}, r.alive
		}
		if r.location == "" {
			return answer{doc: r.doc, life: r.life, requests: hop + 1}, true
		}
		if hop == maxRedirects {
			err = &UnreachableError{URL: k.url, Host: hostOf(k.url), Reason: "redirects"}
		} else {
			url, err = c.redirected(url, r.location)
		}
		if err != nil {
			return answer{err: err, life: failureLife, requests: hop + 1}, true
		}
	}
}
