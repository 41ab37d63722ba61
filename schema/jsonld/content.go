package jsonld

import (
	"fmt"
	"maps"
	"slices"
)

// schemes are names that a term must not have: it could be read as the
// beginning of every identifier that begins so.
var schemes = []string{"data", "did", "http", "https", "mailto", "tag", "urn"}

// checkContent applies the rules on an operator's context (security model,
// section 7.2, rule 2) to every object of definitions in it.
func (r *Register) checkContent(l *local) error {
	switch {
	case l.null:
		return fmt.Errorf("null would clear the terms of other contexts")
	case l.url != "":
		return fmt.Errorf("it refers to another context: %s", l.url)
	case l.vocab != nil:
		return fmt.Errorf("it sets @vocab, with which no term is undefined")
	}
	for _, item := range l.list {
		if err := r.checkContent(item); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.defs)) {
		d := l.defs[name]
		known := r.defines(name)
		same := slices.ContainsFunc(known, d.means)
		switch {
		case len(known) > 0 && !same:
			return fmt.Errorf("it redefines %q, a term of a registered context", name)
		case d.null:
			return fmt.Errorf("it sets %q to null", name)
		case !same && keywords[d.id]:
			return fmt.Errorf("%q is another name for a keyword", name)
		case !same && d.hasID && !hasScheme(d.id):
			return fmt.Errorf("%q is mapped to no absolute IRI", name)
		case slices.Contains(schemes, name):
			return fmt.Errorf("%q is a URI scheme", name)
		}
		if d.scoped != nil {
			if err := r.checkContent(d.scoped); err != nil {
				return fmt.Errorf("in the scope of %q: %w", name, err)
			}
		}
	}
	return nil
}

// means compares two definitions by what they make of a document: whether the
// term is protected is no part of that, nor is how the definition is written.
func (d *definition) means(e *definition) bool {
	a, b := *d, *e
	a.protected = b.protected
	a.simple = a.simple && endsLikePrefix(a.id)
	b.simple = b.simple && endsLikePrefix(b.id)
	return a.same(&b)
}

// defines returns the definitions of a term anywhere in the register.
func (r *Register) defines(name string) []*definition {
	var found []*definition
	var look func(l *local)
	look = func(l *local) {
		for _, item := range l.list {
			look(item)
		}
		if d := l.defs[name]; d != nil {
			found = append(found, d)
		}
		for _, d := range l.defs {
			if d.scoped != nil {
				look(d.scoped)
			}
		}
	}
	for _, s := range r.contexts {
		look(s.local)
	}
	return found
}
