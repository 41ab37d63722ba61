package jsonld

import (
	"errors"
	"fmt"
	"strings"

	"merkki/schema"
)

// A local is a local context as it stands in a file, checked and with its
// definitions at hand (JSON-LD 1.1, section 3.1). Exactly one of null, url,
// list and defs says which form it has.
type local struct {
	null bool
	url  string
	list []*local

	defs      map[string]*definition
	protected bool
	vocab     *string // nil: absent; "" clears it
}

// A definition is a term definition before its IRIs are expanded.
type definition struct {
	null      bool
	simple    bool // a bare string: usable as a prefix where its IRI ends like one
	id        string
	hasID     bool
	typ       string
	container container
	scoped    *local
	protected bool
	prefix    bool
}

// A container is a set of container mappings.
type container uint8

const (
	inSet container = 1 << iota
	inList
	inGraph
	inLanguage
)

// compile reads a local context. It refuses what the reader does not know: a
// construct that it would have to guess at must not decide what a document
// means. No context in use by Open Badges or the W3C's credentials has any.
func compile(v schema.Value) (*local, error) {
	switch v.Kind {
	case schema.Null:
		return &local{null: true}, nil
	case schema.String:
		return &local{url: v.Text}, nil
	case schema.Array:
		l := &local{list: []*local{}}
		for _, item := range v.Items {
			c, err := compile(item)
			if err != nil {
				return nil, err
			}
			l.list = append(l.list, c)
		}
		return l, nil
	case schema.Object:
		return compileObject(v)
	}
	return nil, errors.New("a context is a URL, an object, null or a list of those")
}

func compileObject(v schema.Value) (*local, error) {
	l := &local{defs: map[string]*definition{}}
	if p, ok := v.Get("@protected"); ok {
		l.protected = p.True
	}
	for _, m := range v.Members {
		switch m.Name {
		case "@protected":
			if m.Value.Kind != schema.Bool {
				return nil, errors.New("@protected is no boolean")
			}
		case "@version":
			if m.Value.Text != "1.1" {
				return nil, errors.New("@version is not 1.1")
			}
		case "@vocab":
			if m.Value.Kind != schema.String && m.Value.Kind != schema.Null {
				return nil, errors.New("@vocab is no string")
			}
			l.vocab = &m.Value.Text
		default:
			if m.Name == "" || m.Name[0] == '@' {
				return nil, fmt.Errorf("%q in a context is not supported", m.Name)
			}
			d, err := compileDefinition(m.Value, l.protected)
			if err != nil {
				return nil, fmt.Errorf("term %q: %w", m.Name, err)
			}
			l.defs[m.Name] = d
		}
	}
	return l, nil
}

func compileDefinition(v schema.Value, protected bool) (*definition, error) {
	d := &definition{protected: protected}
	switch v.Kind {
	case schema.Null:
		d.null = true
		return d, nil
	case schema.String:
		d.simple, d.hasID, d.id = true, true, v.Text
		return d, nil
	case schema.Object:
	default:
		return nil, errors.New("a definition is a string, an object or null")
	}
	for _, m := range v.Members {
		var err error
		switch m.Name {
		case "@id":
			d.hasID, d.id = true, m.Value.Text
			d.null = m.Value.Kind == schema.Null
		case "@type":
			d.typ = m.Value.Text
		case "@container":
			d.container, err = compileContainer(m.Value)
		case "@context":
			d.scoped, err = compile(m.Value)
		case "@protected":
			d.protected = m.Value.True
		case "@prefix":
			d.prefix = m.Value.True
		default:
			err = fmt.Errorf("%q is not supported", m.Name)
		}
		if err != nil {
			return nil, err
		}
	}
	return d, nil
}

func compileContainer(v schema.Value) (container, error) {
	var c container
	for _, item := range v.List() {
		k, ok := map[string]container{"@set": inSet, "@list": inList, "@graph": inGraph, "@language": inLanguage}[item.Text]
		if !ok {
			return 0, fmt.Errorf("container %q is not supported", item.Text)
		}
		c |= k
	}
	return c, nil
}

// endsLikePrefix reports whether an IRI ends in a character that makes a simple term a
// prefix (JSON-LD 1.1, section 4.1.5).
func endsLikePrefix(iri string) bool {
	return iri != "" && strings.IndexByte(":/?#[]@", iri[len(iri)-1]) >= 0
}
