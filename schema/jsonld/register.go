package jsonld

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"merkki/schema"
)

// A Register holds the JSON-LD contexts that exist for a program, each pinned
// by the SHA-256 of its bytes. It is immutable and safe for concurrent use.
// Nothing is ever retrieved.
type Register struct {
	contexts map[string]*source
	order    []string // URLs in the order of registration
	inline   inlinePolicy

	own      stateCache[*active]    // terms by list of context URLs
	gold     stateCache[any]        // json-gold's counterpart
	compiled atomic.Pointer[tables] // for the walker; made anew when it is full

	index func() map[string][]definer
	terms func() map[string]bool
}

// A source is a registered context in the forms in which it is used.
type source struct {
	bytes []byte
	local *local // for the reader
	ref   *local // the context that is its URL
	gold  any    // for json-gold: numbers are float64, since it takes no other "@version"
}

// Context returns the bytes for a URL. They must not be changed.
func (r *Register) Context(url string) ([]byte, bool) {
	s, ok := r.contexts[url]
	if !ok {
		return nil, false
	}
	return s.bytes, true
}

// URLs returns the registered URLs in the order of registration.
func (r *Register) URLs() []string { return slices.Clone(r.order) }

// With returns a register that also holds an operator's context. It refuses
// bytes with another hash (64 hex digits), and a context that defines @vocab,
// @base or @import, redefines a term of a registered context or aliases a
// keyword (security model, section 7.2). The aliases "id" and "type", which
// every registered context has, may be repeated, and so may any definition that
// says the same.
func (r *Register) With(url string, b []byte, sha256hex string) (*Register, error) {
	if sum := sha256.Sum256(b); !strings.EqualFold(hex.EncodeToString(sum[:]), sha256hex) {
		return nil, fmt.Errorf("jsonld: the bytes for %s have another SHA-256 than configured: %x", url, sum)
	}
	if _, taken := r.contexts[url]; taken {
		return nil, fmt.Errorf("jsonld: %s is registered already", url)
	}
	s, err := readSource(url, b)
	if err != nil {
		return nil, err
	}
	if err := r.checkContent(s.local); err != nil {
		return nil, fmt.Errorf("jsonld: %s: %w", url, err)
	}
	n := r.add(url, s)
	if _, err := n.top([]entry{{url: BaseV2, local: &local{url: BaseV2}}, {url: url, local: &local{url: url}}}); err != nil {
		return nil, fmt.Errorf("%w (%s after the base context)", err, url)
	}
	return n, nil
}

// WithUnsafe is With without the rules on content, and may replace a context.
// It is for conformance vectors, some of which need @vocab.
func (r *Register) WithUnsafe(url string, b []byte) (*Register, error) {
	s, err := readSource(url, b)
	if err != nil {
		return nil, err
	}
	return r.add(url, s), nil
}

func (r *Register) add(url string, s *source) *Register {
	n := r.clone()
	if _, replaced := n.contexts[url]; !replaced {
		n.order = append(n.order, url)
	}
	n.contexts[url] = s
	return n
}

// clone returns a copy with nothing computed.
func (r *Register) clone() *Register {
	n := &Register{contexts: maps.Clone(r.contexts), order: slices.Clone(r.order), inline: r.inline}
	n.index = sync.OnceValue(n.buildIndex)
	n.terms = sync.OnceValue(n.buildTerms)
	return n
}

func readSource(url string, b []byte) (*source, error) {
	if !isAbsoluteIRI(url) {
		return nil, fmt.Errorf("jsonld: a context needs an absolute URL, not %q", url)
	}
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil {
		return nil, fmt.Errorf("jsonld: %s: %w", url, err)
	}
	v, ok := doc.Root().Get("@context")
	if !ok {
		return nil, fmt.Errorf("jsonld: %s holds no @context", url)
	}
	l, err := compile(v)
	if err != nil {
		return nil, fmt.Errorf("jsonld: %s: %w", url, err)
	}
	g, err := toGold(schema.ObjectValue(schema.Member{Name: "@context", Value: restateScoped(v)}))
	if err != nil {
		return nil, fmt.Errorf("jsonld: %s: %w", url, err)
	}
	return &source{bytes: slices.Clone(b), local: l, ref: &local{url: url}, gold: g}, nil
}

// A stateCache keeps what was computed for a list of contexts. It takes short
// lists without repetition, and no more once it is full: lists that occur in
// earnest are few, and a sender of ever new ones must not make it grow.
type stateCache[T any] struct {
	mu sync.RWMutex
	m  map[string]T // guarded by mu
}

const (
	maxCachedStates = 512
	maxCachedList   = 5
)

func (c *stateCache[T]) get(list []entry, compute func() (T, error)) (T, error) {
	var few [256]byte
	key, ok := keyOf(few[:0], list)
	if !ok {
		return compute()
	}
	c.mu.RLock()
	v, ok := c.m[string(key)]
	c.mu.RUnlock()
	if ok {
		return v, nil
	}
	v, err := compute()
	if err != nil {
		return v, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil {
		c.m = map[string]T{}
	}
	if len(c.m) < maxCachedStates {
		c.m[string(key)] = v
	}
	return v, nil
}

// keyOf writes a list that is kept, which is short and has URLs alone, none of
// them twice.
func keyOf(b []byte, list []entry) (key []byte, ok bool) {
	if len(list) > maxCachedList {
		return nil, false
	}
	for i, e := range list {
		if e.url == "" || slices.ContainsFunc(list[:i], func(f entry) bool { return f.url == e.url }) {
			return nil, false
		}
		b = append(append(b, e.url...), ' ')
	}
	return b, true
}
