package jsonld

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// A state is an active context in the form in which the walker uses it: what
// every name means at one place of a document, settled once. It is made of an
// [active], which the reader uses too, and never changes but for what it
// remembers of the contexts that were applied to it.
type state struct {
	of       *active
	terms    map[string]*word
	types    []string // names that mean @type, besides the keyword
	previous *state   // what to go back to when a type's scope ends

	next atomic.Pointer[map[step]outcome] // replaced whole, under the table's mu
}

// A word is what a name means.
type word struct {
	*term
	means    meaning
	rank     int32  // place among the properties of its state, by IRI and then name
	link     bool   // strings are identifiers
	vocab    bool   // and expanded like types
	json     bool   // the value is a JSON literal
	datatype string // of scalars, "" where it follows from the value
}

// A meaning says what the walker does with a member.
type meaning uint8

const (
	isNothing meaning = iota // the term does not name a member: careful reading decides
	isProperty
	isIdentifier
	isClass
)

// A step names one application of a scoped context to a state.
type step struct {
	local               *local
	override, propagate bool
}

// An outcome is the state that a step leads to and what it costs ([maxDefinitions]).
type outcome struct {
	to   *state
	cost int
}

// A table holds the states that one list of contexts leads to. Tables are made
// as documents need them.
type table struct {
	top   *state
	owner *tables

	mu     sync.Mutex
	scoper scoper             // guarded by mu
	states map[*active]*state // guarded by mu
}

// apply returns the state after a local context has come into force, and false
// where that fails or is not covered: the careful reading says why.
func (t *table) apply(s *state, by step) (outcome, bool) {
	if known := s.next.Load(); known != nil {
		if o, ok := (*known)[by]; ok {
			return o, true
		}
	}
	return t.compute(s, by)
}

func (t *table) compute(s *state, by step) (outcome, bool) {
	if by.local.refers() {
		return outcome{}, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.scoper.spent = 0
	c, err := t.scoper.apply(s.of, by.local, by.override, by.propagate)
	if err != nil {
		return outcome{}, false
	}
	o := outcome{t.state(c), by.local.cost()}
	if o.to == nil {
		return outcome{}, false
	}
	steps := map[step]outcome{}
	if known := s.next.Load(); known != nil {
		maps.Copy(steps, *known)
	}
	steps[by] = o
	s.next.Store(&steps)
	return o, true
}

// cost is what putting l into force costs at least once.
func (l *local) cost() int {
	n := 100 + len(l.defs)
	for _, item := range l.list {
		n += item.cost()
	}
	return n
}

// state compiles an active context, nil where it is not covered. The caller
// holds t.mu.
func (t *table) state(c *active) *state {
	if s, ok := t.states[c]; ok {
		return s
	}
	flat := c.flatten()
	if flat.vocab != "" {
		return nil // no name would be undefined
	}
	s := &state{of: c, terms: make(map[string]*word, len(flat.own))}
	if c.previous != nil {
		if s.previous = t.state(c.previous); s.previous == nil {
			return nil
		}
	}
	var properties []string
	for name, term := range flat.own {
		e := compileWord(name, term)
		switch e.means {
		case isClass:
			s.types = append(s.types, name)
		case isProperty:
			properties = append(properties, name)
		}
		s.terms[name] = e
	}
	slices.Sort(s.types)
	slices.SortFunc(properties, func(a, b string) int {
		if n := strings.Compare(s.terms[a].iri, s.terms[b].iri); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	for i, name := range properties {
		s.terms[name].rank = int32(i)
	}
	t.states[c] = s
	t.owner.states.Add(1)
	return s
}

// compileWord says what a member of a name does.
func compileWord(name string, t *term) *word {
	e := &word{term: t}
	switch {
	case name == "" || name[0] == '@':
	case t.iri == "@id":
		e.means = isIdentifier
	case t.iri == "@type":
		e.means = isClass
	case keywords[t.iri] || !isAbsoluteIRI(t.iri) || !t.covered():
	default:
		e.means = isProperty
	}
	switch t.typ {
	case "@id", "@vocab":
		e.link, e.vocab = true, t.typ == "@vocab"
	case "@json":
		e.json = true
	default:
		if !keywords[t.typ] {
			e.datatype = t.typ
		}
	}
	return e
}

// covered reports whether the walker knows how the values of a property are held.
func (t *term) covered() bool {
	switch t.container &^ inSet {
	case 0:
		return true
	case inList, inGraph:
		return t.typ != "@json"
	case inLanguage:
		return t.typ == "" && t.scoped == nil
	}
	return false
}

// tables are the tables of a register by list of contexts.
type tables struct {
	states atomic.Int64 // in all tables
	cache  stateCache[*table]
}

// maxStates bounds the states of a register. Documents in earnest lead to some
// forty; a sender of ever new combinations of types makes the register begin
// again, which costs the next document of everybody else about a millisecond.
const maxStates = 1024

// table returns the table for a list of contexts, nil where it is not covered:
// inline contexts, very long lists, contexts that contradict each other.
func (r *Register) table(list []entry) *table {
	var few [256]byte
	if _, ok := keyOf(few[:0], list); !ok {
		return nil
	}
	ts := r.compiled.Load()
	if ts == nil || ts.states.Load() >= maxStates {
		fresh := &tables{}
		if !r.compiled.CompareAndSwap(ts, fresh) {
			fresh = r.compiled.Load()
		}
		ts = fresh
	}
	t, _ := ts.cache.get(list, func() (*table, error) {
		top, err := r.top(list)
		if err != nil {
			return nil, err
		}
		t := &table{owner: ts, scoper: scoper{register: r}, states: map[*active]*state{}}
		if t.top = t.state(top); t.top == nil {
			return nil, errNotCovered
		}
		return t, nil
	})
	return t
}

var errNotCovered = errors.New("jsonld: contexts that no table covers")
