package fetch

import (
	"context"
	"errors"
	"sync"
)

// A Stack asks several sources one after the other under one set of rules.
type Stack struct {
	rules   Rules
	sources []Source
}

// NewStack returns a source that refuses what the rules refuse, then asks the
// sources in turn. An address that none of them holds is unreachable for the
// reason "offline": a stack without a [Client] never touches the network, and
// an empty one has nothing at all.
func NewStack(r Rules, sources ...Source) *Stack { return &Stack{r, sources} }

// Get implements [Source].
func (s *Stack) Get(ctx context.Context, p Purpose, url string) (Document, error) {
	if err := s.rules.Check(url); err != nil {
		return Document{}, err
	}
	url = withoutFragment(url)
	for _, src := range s.sources {
		doc, err := src.Get(ctx, p, url)
		if !errors.Is(err, ErrAbsent) {
			return doc, err
		}
	}
	return Document{}, &UnreachableError{URL: url, Host: hostOf(url), Reason: "offline"}
}

// Prefer returns a source that asks own first and without any rules, then
// rest: a service knows its own documents, wherever it is published.
func Prefer(own, rest Source) Source { return preferred{own, rest} }

type preferred struct{ own, rest Source }

func (s preferred) Get(ctx context.Context, p Purpose, url string) (Document, error) {
	doc, err := s.own.Get(ctx, p, withoutFragment(url))
	if errors.Is(err, ErrAbsent) {
		return s.rest.Get(ctx, p, url)
	}
	return doc, err
}

// A Map is a source of documents by address.
type Map map[string]Document

// Get implements [Source]; an address that is not in the map is absent.
func (m Map) Get(_ context.Context, _ Purpose, url string) (Document, error) {
	if doc, ok := m[withoutFragment(url)]; ok {
		return doc, nil
	}
	return Document{}, ErrAbsent
}

// A Recorder passes requests on and remembers them, so that a test can say
// what was asked for and what was not.
type Recorder struct {
	source Source
	mu     sync.Mutex
	asked  []string // guarded by mu
}

// NewRecorder records what is asked of a source.
func NewRecorder(s Source) *Recorder { return &Recorder{source: s} }

// Get implements [Source].
func (r *Recorder) Get(ctx context.Context, p Purpose, url string) (Document, error) {
	r.mu.Lock()
	r.asked = append(r.asked, withoutFragment(url))
	r.mu.Unlock()
	return r.source.Get(ctx, p, url)
}

// Asked returns the addresses in the order in which they were asked for.
func (r *Recorder) Asked() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.asked...)
}
