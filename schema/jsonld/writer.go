package jsonld

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"merkki/schema/rdfcanon"
)

const (
	rdf     = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	rdfType = rdf + "type"
	rdfJSON = rdf + "JSON"
	i18n    = "https://www.w3.org/ns/i18n#"
)

// A writer turns expanded JSON-LD into quads (JSON-LD 1.1 API, section 8).
// Nothing is skipped: what it does not know is an error.
type writer struct {
	out    *rdfcanon.Builder
	labels map[string]string // label in the document → ours
	blanks int
	census census
}

var errForm = errors.New("jsonld: expansion gave a form that is not expected here")

func (w *writer) document(expanded any) error {
	if list, ok := expanded.([]any); ok && len(list) == 1 {
		expanded = list[0]
	}
	m, ok := expanded.(map[string]any)
	if !ok {
		return errors.New("jsonld: the document says nothing")
	}
	return w.speaking(m, rdfcanon.Term{})
}

// speaking writes a node that stands for itself, not as the value of a property.
// If nothing is said about it, its identifier would be in no quad.
func (w *writer) speaking(m map[string]any, graph rdfcanon.Term) error {
	before := w.out.Len()
	if _, err := w.node(m, graph); err != nil {
		return err
	}
	if _, named := m["@id"]; named && w.out.Len() == before {
		return errors.New("jsonld: a node is named of which nothing is said")
	}
	return nil
}

// node writes what is said about a node and returns its name.
func (w *writer) node(m map[string]any, graph rdfcanon.Term) (rdfcanon.Term, error) {
	s, err := w.name(m)
	if err != nil {
		return s, err
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		list, ok := m[key].([]any)
		switch {
		case key == "@id":
			continue
		case !ok || key != "@type" && strings.HasPrefix(key, "@"):
			return s, errForm
		}
		p := rdfcanon.Term{Kind: rdfcanon.IRI, Value: key}
		for _, item := range list {
			var o rdfcanon.Term
			if key == "@type" {
				p.Value = rdfType
				o, err = w.class(item)
			} else {
				w.census.add(factProperty, key)
				o, err = w.object(item, graph)
			}
			if err != nil {
				return s, err
			}
			w.out.Add(&s, &p, &o, &graph)
		}
	}
	return s, nil
}

func (w *writer) name(m map[string]any) (rdfcanon.Term, error) {
	id, ok := m["@id"]
	if !ok {
		return w.fresh(), nil
	}
	iri, ok := id.(string)
	if !ok {
		return rdfcanon.Term{}, errForm
	}
	w.census.add(factID, iri)
	return w.resource(iri), nil
}

func (w *writer) class(item any) (rdfcanon.Term, error) {
	iri, ok := item.(string)
	if !ok {
		return rdfcanon.Term{}, errForm
	}
	w.census.add(factType, iri)
	return w.resource(iri), nil
}

// resource makes the term for an IRI or a label; labels of the document become
// labels of ours, so that the two kinds cannot meet.
func (w *writer) resource(iri string) rdfcanon.Term {
	if !isBlank(iri) {
		return rdfcanon.Term{Kind: rdfcanon.IRI, Value: iri}
	}
	l, ok := w.labels[iri]
	if !ok {
		l = w.fresh().Value
		w.labels[iri] = l
	}
	return rdfcanon.Term{Kind: rdfcanon.Blank, Value: l}
}

func (w *writer) fresh() rdfcanon.Term {
	w.blanks++
	return rdfcanon.Term{Kind: rdfcanon.Blank, Value: "_:b" + strconv.Itoa(w.blanks-1)}
}

// object writes a value of a property and returns it as a term.
func (w *writer) object(item any, graph rdfcanon.Term) (rdfcanon.Term, error) {
	m, ok := item.(map[string]any)
	if !ok {
		return rdfcanon.Term{}, errForm
	}
	if v, ok := m["@value"]; ok {
		return w.literal(m, v)
	}
	if l, ok := m["@list"].([]any); ok && len(m) == 1 {
		w.census.add(factList)
		return w.list(l, graph)
	}
	if g, ok := m["@graph"].([]any); ok && len(m) == 1 {
		w.census.add(factGraph)
		name := w.fresh()
		for _, n := range g {
			node, ok := n.(map[string]any)
			if !ok {
				return name, errForm
			}
			if err := w.speaking(node, name); err != nil {
				return name, err
			}
		}
		return name, nil
	}
	return w.node(m, graph)
}

// list writes a list as rdf:first and rdf:rest.
func (w *writer) list(items []any, graph rdfcanon.Term) (rdfcanon.Term, error) {
	if len(items) == 0 {
		return rdfcanon.Term{Kind: rdfcanon.IRI, Value: rdf + "nil"}, nil
	}
	cell := w.fresh()
	first, err := w.object(items[0], graph)
	if err != nil {
		return cell, err
	}
	rest, err := w.list(items[1:], graph)
	for _, part := range []struct {
		name string
		o    rdfcanon.Term
	}{{"first", first}, {"rest", rest}} {
		p := rdfcanon.Term{Kind: rdfcanon.IRI, Value: rdf + part.name}
		w.out.Add(&cell, &p, &part.o, &graph)
	}
	return cell, err
}

// literal makes the term for a value object.
func (w *writer) literal(m map[string]any, v any) (rdfcanon.Term, error) {
	t := rdfcanon.Term{Kind: rdfcanon.Literal}
	var fields [3]string
	known := 1
	for i, key := range []string{"@type", "@language", "@direction"} {
		if x, ok := m[key]; ok {
			if fields[i], ok = x.(string); !ok {
				return t, errForm
			}
			known++
		}
	}
	if len(m) != known {
		return t, errForm
	}
	datatype, language, direction := fields[0], fields[1], fields[2]
	if datatype == "@json" {
		t.Value, t.Datatype = canonicalJSON(fromGold(v)), rdfJSON
		w.census.add(factLiteral, "json", t.Value)
		return t, nil
	}
	kind, text := "string", ""
	switch v := v.(type) {
	case string:
		text, t.Value, t.Datatype = v, v, datatype
	case bool:
		kind, text = "boolean", strconv.FormatBool(v)
		t.Value, t.Datatype = text, or(datatype, xsdBoolean)
	case float64:
		kind, text = "number", canonicalNumber(v)
		t.Value, t.Datatype = numberLiteral(v, datatype)
	default:
		return t, fmt.Errorf("%w: a value of type %T", errForm, v)
	}
	w.census.add(factLiteral, kind, text, datatype, language, direction)
	switch {
	case direction != "":
		t.Datatype = i18n + language + "_" + direction
	case language != "":
		t.Language = language
	case t.Datatype == xsdString:
		t.Datatype = ""
	}
	return t, nil
}
