package jsonld

import (
	"errors"
	"fmt"

	"merkki/schema"
)

// maxDefinitions bounds the work that contexts cause in one document: each time
// a context comes into force it costs a hundred and one for each definition.
// The largest of the reference documents costs a thirtieth of this.
const maxDefinitions = 100_000

// A scoper puts contexts into force for one document, each combination once,
// and counts what that costs.
type scoper struct {
	register *Register
	seen     map[scopeKey]*active
	spent    int
}

// A scopeKey names one application of a local context.
type scopeKey struct {
	to                  *active
	local               *local
	override, propagate bool
}

// apply is context processing (JSON-LD 1.1 API, section 4.1). With override
// protected terms may be redefined, which property-scoped contexts may do;
// without propagate the result ends at the next object, as type-scoped ones do.
func (s *scoper) apply(to *active, l *local, override, propagate bool) (*active, error) {
	s.spent += 100 + len(l.defs)
	if s.spent > maxDefinitions {
		return nil, schema.Found("signature.work-limit", "", map[string]any{"limit": "jsonld.definitions", "max": maxDefinitions})
	}
	key := scopeKey{to, l, override, propagate}
	if c, ok := s.seen[key]; ok {
		return c, nil
	}
	base := to
	if !propagate && to.previous == nil {
		base = &active{parent: to, vocab: to.vocab, previous: to, depth: to.depth + 1}
	}
	c, err := s.process(base, l, override, propagate)
	if err != nil {
		return nil, err
	}
	if s.seen == nil {
		s.seen = map[scopeKey]*active{}
	}
	s.seen[key] = c
	return c, nil
}

func (s *scoper) process(to *active, l *local, override, propagate bool) (*active, error) {
	switch {
	case l.null:
		if !override && to.anyProtected() {
			return nil, errors.New("jsonld: null cannot clear a context with protected terms")
		}
		c := &active{}
		if !propagate {
			c.previous = to
		}
		return c, nil
	case l.url != "":
		src, ok := s.register.contexts[l.url]
		if !ok {
			return nil, fmt.Errorf("jsonld: %q is not registered", l.url)
		}
		if src.local.refers() {
			return nil, fmt.Errorf("jsonld: %q refers to other contexts", l.url)
		}
		return s.apply(to, src.local, override, true)
	case l.list != nil:
		for _, item := range l.list {
			var err error
			if to, err = s.apply(to, item, override, true); err != nil {
				return nil, err
			}
		}
		return to, nil
	}
	if to.depth >= maxLayers {
		to = to.flatten()
	}
	c := &active{own: make(map[string]*term, len(l.defs)), parent: to, vocab: to.vocab, previous: to.previous, depth: to.depth + 1}
	if l.vocab != nil {
		c.vocab = *l.vocab
	}
	b := &layer{active: c, local: l, override: override, done: map[string]bool{}}
	for name := range l.defs {
		if err := b.define(name); err != nil {
			return nil, fmt.Errorf("jsonld: %w", err)
		}
	}
	return c, nil
}

// refers reports whether a context file names others, which could go in a
// circle. None in use does.
func (l *local) refers() bool {
	if l.url != "" {
		return true
	}
	for _, item := range l.list {
		if item.refers() {
			return true
		}
	}
	for _, d := range l.defs {
		if d.scoped != nil && d.scoped.refers() {
			return true
		}
	}
	return false
}

// top returns the context that a list of contexts puts into force at the top of a
// document, flattened into one table.
func (r *Register) top(list []entry) (*active, error) {
	compute := func() (*active, error) {
		s := &scoper{register: r}
		c := &active{}
		for _, e := range list {
			var err error
			if c, err = s.apply(c, e.local, false, true); err != nil {
				return nil, err
			}
		}
		return c.flatten(), nil
	}
	return r.own.get(list, compute)
}

// flatten puts the layers of a context into one.
func (c *active) flatten() *active {
	flat := &active{own: map[string]*term{}, vocab: c.vocab, previous: c.previous}
	for l := c; l != nil; l = l.parent {
		for name, t := range l.own {
			if _, later := flat.own[name]; !later {
				flat.own[name] = t
			}
		}
	}
	return flat
}
