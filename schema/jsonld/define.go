package jsonld

import (
	"fmt"
	"strings"
)

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
