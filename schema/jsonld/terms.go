package jsonld

import "strings"

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
