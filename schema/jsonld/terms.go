package jsonld

import (
	"fmt"
	"strings"
)

// A term is a term definition in force.
type term struct {
	iri       string // absolute IRI or keyword; "" where the term was set to null
	typ       string // "", a keyword, or the IRI of a datatype
	container container
	scoped    *local
	protected bool
	prefix    bool
}

// same compares what two definitions mean; being protected is not part of it.
func (t *term) same(u *term) bool {
	a, b := *t, *u
	a.protected, b.protected = false, false
	scoped := a.scoped == b.scoped || a.scoped != nil && b.scoped != nil && a.scoped.same(b.scoped)
	a.scoped, b.scoped = nil, nil
	return scoped && a == b
}

// same compares two local contexts by what they say.
func (l *local) same(m *local) bool {
	if l.null != m.null || l.url != m.url || len(l.list) != len(m.list) || len(l.defs) != len(m.defs) ||
		l.protected != m.protected || (l.vocab == nil) != (m.vocab == nil) || l.vocab != nil && *l.vocab != *m.vocab {
		return false
	}
	for i := range l.list {
		if !l.list[i].same(m.list[i]) {
			return false
		}
	}
	for name, d := range l.defs {
		e, ok := m.defs[name]
		if !ok || !d.same(e) {
			return false
		}
	}
	return true
}

func (d *definition) same(e *definition) bool {
	a, b := *d, *e
	scoped := a.scoped == b.scoped || a.scoped != nil && b.scoped != nil && a.scoped.same(b.scoped)
	a.scoped, b.scoped = nil, nil
	return scoped && a == b
}

// An active is an active context (JSON-LD 1.1 API, section 4.1): the terms in
// force at one place of a document. It never changes once it is made; what a
// scoped context adds lies over what it is added to.
type active struct {
	own      map[string]*term
	parent   *active
	vocab    string
	previous *active // what to go back to when a type's scope ends
	depth    int     // number of layers below
}

// maxLayers bounds how many layers a look-up passes.
const maxLayers = 16

// lookup returns the definition of a term, nil where there is none.
func (c *active) lookup(name string) *term {
	for ; c != nil; c = c.parent {
		if t, ok := c.own[name]; ok {
			return t
		}
	}
	return nil
}

func (c *active) anyProtected() bool {
	for ; c != nil; c = c.parent {
		for _, t := range c.own {
			if t.protected {
				return true
			}
		}
	}
	return false
}

// expand is IRI expansion (JSON-LD 1.1 API, section 5.2) with no base: a
// result without a colon is relative or undefined, "" a term set to null.
func (c *active) expand(value string, vocab bool) string {
	if value == "" || keywordLike(value) {
		if keywords[value] {
			return value
		}
		return ""
	}
	if vocab {
		if t := c.lookup(value); t != nil {
			return t.iri
		}
	}
	if prefix, suffix, ok := strings.Cut(value, ":"); ok && prefix != "" {
		if prefix == "_" || strings.HasPrefix(suffix, "//") {
			return value
		}
		if t := c.lookup(prefix); t != nil && t.prefix && t.iri != "" {
			return t.iri + suffix
		}
		return value
	}
	if vocab && c.vocab != "" {
		return c.vocab + value
	}
	return value
}

// keywords are those of JSON-LD 1.1.
var keywords = map[string]bool{
	"@base": true, "@container": true, "@context": true, "@default": true, "@direction": true, "@explicit": true,
	"@graph": true, "@id": true, "@import": true, "@included": true, "@index": true, "@json": true, "@language": true,
	"@list": true, "@nest": true, "@none": true, "@omitDefault": true, "@prefix": true, "@preserve": true,
	"@propagate": true, "@protected": true, "@requireAll": true, "@reverse": true, "@set": true, "@type": true,
	"@value": true, "@version": true, "@vocab": true,
}

// keywordLike reports whether s has the form of a keyword: "@" and letters.
func keywordLike(s string) bool {
	if len(s) < 2 || s[0] != '@' {
		return false
	}
	for _, b := range []byte(s[1:]) {
		if b|0x20 < 'a' || b|0x20 > 'z' {
			return false
		}
	}
	return true
}

// A layer is a context while an object of definitions is being added to it
// (JSON-LD 1.1 API, section 4.2).
type layer struct {
	*active
	local    *local
	override bool            // protected terms may be redefined
	done     map[string]bool // false while a definition is being made
}

// define makes one term, and first those that its IRI is written with.
func (b *layer) define(name string) error {
	if done, seen := b.done[name]; seen {
		if !done {
			return fmt.Errorf("the definition of %q goes in a circle", name)
		}
		return nil
	}
	b.done[name] = false
	before, d := b.lookup(name), b.local.defs[name]
	t, err := b.term(name, d)
	if err != nil {
		return err
	}
	if before != nil && before.protected && !b.override {
		if !before.same(t) {
			return fmt.Errorf("%q is protected and defined otherwise", name)
		}
		t.protected = true
	}
	b.own[name] = t
	b.done[name] = true
	return nil
}

func (b *layer) term(name string, d *definition) (*term, error) {
	t := &term{container: d.container, scoped: d.scoped, protected: d.protected}
	if d.null {
		return t, nil
	}
	var err error
	if t.iri, err = b.iri(name, d); err != nil {
		return nil, err
	}
	t.prefix = d.prefix || d.simple && endsLikePrefix(t.iri) && !strings.ContainsAny(name, ":/")
	if d.typ != "" {
		if t.typ, err = b.resolve(d.typ); err != nil {
			return nil, err
		}
		switch {
		case t.typ == "@id", t.typ == "@vocab", t.typ == "@json", t.typ == "@none", hasScheme(t.typ):
		default:
			return nil, fmt.Errorf("the type of %q is no IRI: %q", name, d.typ)
		}
	}
	return t, nil
}

// iri returns what a definition maps its term to.
func (b *layer) iri(name string, d *definition) (string, error) {
	iri := ""
	var err error
	switch {
	case d.hasID && d.id != name:
		iri, err = b.resolve(d.id)
	case strings.Contains(name[1:], ":"):
		iri, err = b.resolvePrefixed(name)
	case b.vocab != "" && !strings.Contains(name, "/"):
		iri = b.vocab + name
	}
	if err == nil && !keywords[iri] && !hasScheme(iri) {
		err = fmt.Errorf("%q is mapped to no IRI", name)
	}
	return iri, err
}

// resolve is IRI expansion inside a context that is being read.
func (b *layer) resolve(value string) (string, error) {
	if b.local.defs[value] != nil {
		if err := b.define(value); err != nil {
			return "", err
		}
	}
	if t := b.lookup(value); t != nil {
		return t.iri, nil
	}
	return b.resolvePrefixed(value)
}

func (b *layer) resolvePrefixed(value string) (string, error) {
	if prefix, suffix, ok := strings.Cut(value, ":"); ok && !strings.HasPrefix(suffix, "//") && b.local.defs[prefix] != nil {
		if err := b.define(prefix); err != nil {
			return "", err
		}
	}
	return b.expand(value, true), nil
}
