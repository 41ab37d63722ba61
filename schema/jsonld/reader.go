package jsonld

import (
	"context"
	"slices"
	"strings"

	"merkki/schema"
	"merkki/schema/rdfcanon"
)

// A reader walks a document as it came, with the terms in force at each place.
// It counts what a lossless expansion has to contain, and names what expansion
// would drop or change.
type reader struct {
	scoper
	ctx    context.Context
	base   string // URL of the first context, for explanations
	census census
	losses faultList
	naming *naming // nil unless nodes are to be named
}

// read walks a whole document. A returned error is about the transformation
// or a limit; losses are in r.faults.
func (r *reader) read(top *active, root schema.Value) error {
	return r.object(top, nil, root.Without("@context"), nil)
}

func (r *reader) lose(finding string, at *location, args map[string]any) {
	r.losses.add(finding, at, args)
}

// bounded stops at a document that would become too much text: a long name
// stands in every statement that it is part of.
func (r *reader) bounded() error {
	if r.census.bytes > rdfcanon.MaxBytes {
		return schema.Found("signature.work-limit", "", map[string]any{"limit": "rdf.bytes", "max": rdfcanon.MaxBytes})
	}
	return r.ctx.Err()
}

// object reads an object that is the value of a property (via, nil at the top)
// and decides in which context its members are read (JSON-LD 1.1 API, section
// 5.1.2 steps 6 to 11).
func (r *reader) object(c *active, via *term, v schema.Value, at *location) error {
	_, isValue := v.Get("@value")
	if c.previous != nil && !isValue && !c.isReference(v) {
		c = c.previous
	}
	list, err := r.register.entries(v)
	if err != nil {
		return err
	}
	if via != nil && via.scoped != nil {
		if c, err = r.apply(c, via.scoped, true, true); err != nil {
			return err
		}
	}
	for _, e := range list {
		if c, err = r.apply(c, e.local, false, true); err != nil {
			return err
		}
	}
	if isValue {
		r.value(c, v, at)
		return nil
	}
	typed := c
	for _, name := range c.types(v) {
		if t := typed.lookup(name); t != nil && t.scoped != nil {
			if c, err = r.apply(c, t.scoped, false, false); err != nil {
				return err
			}
		}
	}
	if r.naming != nil {
		r.naming.node(c, v, at)
	}
	for i := range v.Members {
		if err := r.member(c, typed, &v.Members[i], at); err != nil {
			return err
		}
	}
	return nil
}

// isReference reports whether an object only names a node.
func (c *active) isReference(v schema.Value) bool {
	return len(v.Members) == 1 && c.expand(v.Members[0].Name, true) == "@id"
}

// types returns the types of an object in the order in which their scoped
// contexts come into force.
func (c *active) types(v schema.Value) []string {
	var out []string
	for _, m := range v.Members {
		if c.expand(m.Name, true) != "@type" {
			continue
		}
		for _, t := range m.Value.List() {
			if t.Kind == schema.String {
				out = append(out, t.Text)
			}
		}
	}
	slices.Sort(out)
	return out
}

// member reads one member of a node object.
func (r *reader) member(c, typed *active, m *schema.Member, in *location) error {
	if m.Name == "@context" {
		return nil
	}
	at := &location{in: in, name: m.Name}
	switch {
	case m.Name == "":
		r.lose("terms.empty-name", at, nil)
		return nil
	case m.Name[0] == '@':
		r.lose("terms.keyword", at, map[string]any{"term": m.Name})
		return nil
	case m.Value.Kind == schema.Null:
		r.lose("terms.null", at, map[string]any{"term": m.Name})
		return nil
	}
	switch iri := c.expand(m.Name, true); {
	case iri == "@id":
		if m.Value.Kind == schema.String {
			r.identifier(c.expand(m.Value.Text, false), m.Value.Text, at)
		}
	case iri == "@type":
		r.classes(typed, m.Value, at)
	case keywords[iri]:
		r.lose("terms.keyword", at, map[string]any{"term": m.Name})
	case !hasScheme(iri):
		r.lose("terms.undefined", at, r.explain(m.Name))
	case !cleanIRI(iri):
		r.lose("terms.invalid-iri", at, map[string]any{"term": m.Name})
	default:
		return r.property(c, m.Name, iri, m.Value, at)
	}
	return nil
}

// identifier checks and counts what names a node.
func (r *reader) identifier(iri, text string, at *location) {
	switch {
	case !cleanIRI(text):
		r.lose("terms.invalid-iri", at, map[string]any{"found": text})
	case isBlank(iri):
		r.census.add(factID, iri)
		if r.naming != nil {
			r.naming.label(at)
		}
	case !hasScheme(iri):
		r.lose("terms.relative-iri", at, map[string]any{"found": text})
	default:
		r.census.add(factID, iri)
	}
}

// classes checks and counts the types of a node.
func (r *reader) classes(c *active, v schema.Value, at *location) {
	for i, item := range v.List() {
		here := at
		if v.Kind == schema.Array {
			here = &location{in: at, index: i, item: true}
		}
		if item.Kind == schema.Null {
			r.lose("terms.null", here, nil)
			continue
		}
		switch iri := c.expand(item.Text, true); {
		case item.Kind != schema.String: // json-gold refuses it, and so does the schema
		case !hasScheme(iri) && !isBlank(iri):
			r.lose("terms.undefined", here, r.explain(item.Text))
		case !cleanIRI(iri):
			r.lose("terms.invalid-iri", here, map[string]any{"found": item.Text})
		default:
			r.census.add(factType, iri)
		}
	}
}

// property reads the value of a property that has an IRI.
func (r *reader) property(c *active, name, iri string, v schema.Value, at *location) error {
	t := c.lookup(name)
	if t == nil {
		t = &term{iri: iri}
	}
	switch {
	case t.typ == "@json":
		r.census.add(factProperty, iri)
		r.census.add(factLiteral, "json", canonicalJSON(v))
		return nil
	case t.container&inList != 0:
		r.census.add(factProperty, iri)
		r.census.add(factList)
		return r.values(c, name, "", t, v, at)
	case t.container&inLanguage != 0 && v.Kind == schema.Object:
		r.languages(iri, v, at)
		return r.bounded()
	}
	return r.values(c, name, iri, t, v, at)
}

// values reads a value or each of a list; iri is the property, or "" for the
// elements of a list, which counts as one value.
func (r *reader) values(c *active, name, iri string, t *term, v schema.Value, at *location) error {
	if err := r.bounded(); err != nil {
		return err
	}
	switch v.Kind {
	case schema.Array:
		for i, item := range v.Items {
			if err := r.values(c, name, iri, t, item, &location{in: at, index: i, item: true}); err != nil {
				return err
			}
		}
		return nil
	case schema.Null:
		r.lose("terms.null", at, map[string]any{"term": name})
		return nil
	}
	if iri != "" {
		r.census.add(factProperty, iri)
	}
	if t.container&inGraph != 0 {
		r.census.add(factGraph)
	}
	if v.Kind == schema.Object {
		return r.object(c, t, v, at)
	}
	if t.scoped != nil {
		var err error
		if c, err = r.apply(c, t.scoped, true, true); err != nil {
			return err
		}
		if t = c.lookup(name); t == nil {
			t = &term{}
		}
	}
	r.scalar(c, t, v, at)
	return nil
}

// languages reads a language map: under each tag a text or a list of texts
// (JSON-LD 1.1 API, section 5.1.2, step 13.7).
func (r *reader) languages(iri string, v schema.Value, at *location) {
	for _, m := range v.Members {
		here := &location{in: at, name: m.Name}
		language := strings.ToLower(m.Name)
		if !isLanguage(language) {
			r.lose("terms.language", here, map[string]any{"found": m.Name})
			continue
		}
		for i, text := range m.Value.List() {
			if m.Value.Kind == schema.Array {
				here = &location{in: &location{in: at, name: m.Name}, index: i, item: true}
			}
			switch text.Kind {
			case schema.String:
				r.census.add(factProperty, iri)
				r.literal(text, "", language, "")
			case schema.Null:
				r.lose("terms.null", here, map[string]any{"term": m.Name})
			default:
				r.lose("terms.language", here, map[string]any{"found": m.Name})
			}
		}
	}
}

// scalar is value expansion (JSON-LD 1.1 API, section 5.3).
func (r *reader) scalar(c *active, t *term, v schema.Value, at *location) {
	if v.Kind == schema.String && (t.typ == "@id" || t.typ == "@vocab") {
		r.identifier(c.expand(v.Text, t.typ == "@vocab"), v.Text, at)
		return
	}
	datatype := t.typ
	if strings.HasPrefix(datatype, "@") {
		datatype = ""
	}
	r.literal(v, datatype, "", "")
}

// literal counts a scalar.
func (r *reader) literal(v schema.Value, datatype, language, direction string) {
	kind, text := "string", v.Text
	switch v.Kind {
	case schema.Number:
		kind, text = "number", canonicalJSON(v)
	case schema.Bool:
		kind, text = "boolean", canonicalJSON(v)
	}
	r.census.add(factLiteral, kind, text, datatype, language, direction)
}
