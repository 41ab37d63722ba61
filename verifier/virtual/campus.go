// Package virtual is a campus in memory: institutions with keys, the hosts
// that serve their key documents and status lists, a clock, and mistakes on
// request. Tests of every room above package verifier run on it.
//
//	campus := virtual.New()
//	uni := campus.Web("uni.example")
//	list := uni.List("revocation")
//	badge := uni.Sign(virtual.WithStatus(uni.Badge(), list, 7))
//
//	report, err := campus.Verifier(uni).Verify(ctx, verifier.Request{Input: badge}) // valid
//
//	list.Set(7)              // now it is revoked
//	campus.Down(list.URL())  // now nobody can tell
//
// Everything is real but the network: the program's own signing, its own
// resolver and its own address rules work on the campus as they do outside. Keys follow
// from names, so that every run makes the same bytes.
package virtual

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"merkki/internal/fetch"
	"merkki/keys/did"
	"merkki/schema/jsonld"
	"merkki/verifier"
)

// Start is what the clock of a new campus shows.
var Start = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// A Campus is a small world. It is safe for concurrent use.
type Campus struct {
	// Contexts are those that exist on the campus; set before use.
	Contexts *jsonld.Register

	mu    sync.Mutex
	now   time.Time                // guarded by mu
	web   map[string]func() []byte // guarded by mu
	down  map[string]bool          // guarded by mu
	asked []string                 // guarded by mu
}

// New opens a campus with the program's own contexts, at [Start], with nobody
// on it.
func New() *Campus {
	return &Campus{Contexts: jsonld.Embedded(), now: Start, web: map[string]func() []byte{}, down: map[string]bool{}}
}

// Now is the clock.
func (c *Campus) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Wait moves the clock, back with a negative duration.
func (c *Campus) Wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Serve puts a document at an https address, or another in its place.
func (c *Campus) Serve(url string, b []byte) { c.serve(url, func() []byte { return b }) }

func (c *Campus) serve(url string, f func() []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.web[url] = f
}

// Gone takes a document from an address.
func (c *Campus) Gone(url string) { c.serve(url, nil) }

// Down makes an address stop answering; Up ends it.
func (c *Campus) Down(url string) { c.setDown(url, true) }

// Up makes an address answer again.
func (c *Campus) Up(url string) { c.setDown(url, false) }

func (c *Campus) setDown(url string, down bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down[url] = down
}

// Freeze makes every address answer from now on with what it answers now, as
// a published file does: lists are not signed anew each time.
func (c *Campus) Freeze() {
	for _, url := range c.Addresses() {
		c.mu.Lock()
		f := c.web[url]
		c.mu.Unlock()
		if f != nil {
			c.Serve(url, f())
		}
	}
}

// Asked returns the addresses that were asked for since the last call, in
// order. Addresses that the rules refuse are never asked for.
func (c *Campus) Asked() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	asked := c.asked
	c.asked = nil
	return asked
}

// Addresses returns what is served, in alphabetical order: what a bundle of
// the campus would hold.
func (c *Campus) Addresses() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.web))
}

// Source is the web as seen from the campus, under the program's own address
// rules.
func (c *Campus) Source() fetch.Source { return fetch.NewStack(fetch.Rules{}, network{c}) }

// network answers for every address: with what is served, or as a host does
// that does not answer.
type network struct{ c *Campus }

func (n network) Get(_ context.Context, _ fetch.Purpose, url string) (fetch.Document, error) {
	n.c.mu.Lock()
	n.c.asked = append(n.c.asked, url)
	f, down := n.c.web[url], n.c.down[url]
	n.c.mu.Unlock()
	switch {
	case down:
		return fetch.Document{}, &fetch.UnreachableError{URL: url, Reason: "timeout"}
	case f == nil:
		return fetch.Document{}, &fetch.UnreachableError{URL: url, Reason: "http-404"}
	}
	return fetch.Document{Bytes: f(), MediaType: "application/json"}, nil
}

// Verifier is that of a reader on the campus who trusts the given issuers and
// nobody else.
func (c *Campus) Verifier(trusted ...*Issuer) *verifier.Verifier {
	list := verifier.TrustList{Name: "campus", Source: "campus", Version: "1"}
	for _, i := range trusted {
		list.Entries = append(list.Entries, verifier.TrustEntry{Issuer: i.ID(), Name: i.Name})
	}
	return &verifier.Verifier{
		Contexts: c.Contexts,
		Resolver: did.New(did.FromSource(c.Source())),
		Lists:    verifier.FromSource(c.Source()),
		Trust:    []verifier.TrustList{list},
		Now:      c.Now,
	}
}
