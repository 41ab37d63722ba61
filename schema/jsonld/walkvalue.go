package jsonld

import (
	"slices"
	"strconv"
	"strings"

	"merkki/schema"
	"merkki/schema/rdfcanon"
)

// count and item go through a value and through an array of them alike.
func count(v *schema.Value) int {
	if v.Kind == schema.Array {
		return len(v.Items)
	}
	return 1
}

func item(v *schema.Value, i int) *schema.Value {
	if v.Kind == schema.Array {
		return &v.Items[i]
	}
	return v
}

func compareText(a, b *schema.Value) int { return strings.Compare(a.Text, b.Text) }

// property writes the values of a member that is a property.
func (w *walker) property(in *state, e *word, m *schema.Member, s, p, graph *rdfcanon.Term) bool {
	switch {
	case e.json:
		if m.Value.Kind == schema.Null {
			return false
		}
		text := canonicalJSON(m.Value)
		w.bytes += len(e.iri) + len(text)
		w.out.Add(s, p, &rdfcanon.Term{Kind: rdfcanon.Literal, Value: text, Datatype: rdfJSON}, graph)
		return true
	case e.container&inList != 0:
		w.bytes += len(e.iri)
		o, ok := w.list(in, e, m, graph)
		w.out.Add(s, p, &o, graph)
		return ok
	case e.container&inLanguage != 0:
		return w.languages(e, &m.Value, s, p, graph)
	}
	return w.values(in, e, m.Name, &m.Value, s, p, graph)
}

// values writes a value or, however deep, those of an array.
func (w *walker) values(in *state, e *word, name string, v *schema.Value, s, p, graph *rdfcanon.Term) bool {
	if v.Kind == schema.Array {
		for i := range v.Items {
			if !w.values(in, e, name, &v.Items[i], s, p, graph) {
				return false
			}
		}
		return true
	}
	if w.bytes += len(e.iri); w.bytes > rdfcanon.MaxBytes {
		return false
	}
	o, ok := w.one(in, e, name, v, graph)
	w.out.Add(s, p, &o, graph)
	return ok
}

// one writes a single value and returns the term that stands for it.
func (w *walker) one(in *state, e *word, name string, v *schema.Value, graph *rdfcanon.Term) (o rdfcanon.Term, ok bool) {
	switch v.Kind {
	case schema.Null, schema.Array:
		return o, false
	case schema.Object:
		return w.object(in, e, v, graph)
	}
	if e.container&inGraph != 0 {
		return o, false
	}
	if e.scoped != nil {
		if in = w.apply(in, e.scoped, true, true); in == nil {
			return o, false
		}
		if e = in.terms[name]; e == nil || e.json {
			return o, false
		}
	}
	if v.Kind == schema.String && e.link {
		return w.identifier(in, v.Text, e.vocab)
	}
	return w.literal(v, e.datatype, "", ""), true
}

// list writes a list as rdf:first and rdf:rest: first what its elements say,
// then its cells from the last to the first.
func (w *walker) list(in *state, e *word, m *schema.Member, graph *rdfcanon.Term) (head rdfcanon.Term, ok bool) {
	null := rdfcanon.Term{Kind: rdfcanon.IRI, Value: rdf + "nil"}
	from := len(w.cells)
	for i := range count(&m.Value) {
		cell := w.fresh()
		first, ok := w.one(in, e, m.Name, item(&m.Value, i), graph)
		if !ok {
			return null, false
		}
		w.cells = append(w.cells, cell, first)
	}
	rest := null
	for i := len(w.cells) - 2; i >= from; i -= 2 {
		w.out.Add(&w.cells[i], &rdfFirst, &w.cells[i+1], graph)
		w.out.Add(&w.cells[i], &rdfRest, &rest, graph)
		rest = w.cells[i]
	}
	w.cells = w.cells[:from]
	return rest, true
}

// languages writes a language map, tag by tag in their order.
func (w *walker) languages(e *word, v *schema.Value, s, p, graph *rdfcanon.Term) bool {
	if v.Kind != schema.Object {
		return false
	}
	sorted := slices.SortedFunc(slices.Values(v.Members), func(a, b schema.Member) int { return strings.Compare(a.Name, b.Name) })
	for i := range sorted {
		language, texts := strings.ToLower(sorted[i].Name), &sorted[i].Value
		if !isLanguage(language) {
			return false
		}
		for k := range count(texts) {
			text := item(texts, k)
			if text.Kind != schema.String {
				return false
			}
			w.bytes += len(e.iri)
			o := w.literal(text, "", language, "")
			w.out.Add(s, p, &o, graph)
		}
	}
	return true
}

// Predicates that are in no table.
var (
	rdfFirst = rdfcanon.Term{Kind: rdfcanon.IRI, Value: rdf + "first"}
	rdfRest  = rdfcanon.Term{Kind: rdfcanon.IRI, Value: rdf + "rest"}
	isA      = rdfcanon.Term{Kind: rdfcanon.IRI, Value: rdfType}
)

// value writes a value object (JSON-LD 1.1, section 9.5).
func (w *walker) value(s *state, v *schema.Value) (o rdfcanon.Term, ok bool) {
	var scalar *schema.Value
	var datatype, language, direction string
	for i := range v.Members {
		m := &v.Members[i]
		text := m.Value.Text
		switch {
		case m.Name == "@value":
			scalar = &m.Value
			continue
		case m.Value.Kind != schema.String:
			return o, false
		case m.Name == "@language":
			language = strings.ToLower(text)
			ok = isLanguage(language)
		case m.Name == "@direction":
			direction = text
			ok = text == "ltr" || text == "rtl"
		default:
			e := s.terms[m.Name]
			ok = e != nil && e.means == isClass && datatype == ""
			datatype = s.expand(text, true)
			ok = ok && isAbsoluteIRI(datatype)
		}
		if !ok {
			return o, false
		}
	}
	tagged := language != "" || direction != ""
	switch {
	case scalar.Kind == schema.Null || scalar.Kind >= schema.Array:
		return o, false
	case tagged && (scalar.Kind != schema.String || datatype != ""):
		return o, false
	}
	return w.literal(scalar, datatype, language, direction), true
}

// literal makes the term for a scalar.
func (w *walker) literal(v *schema.Value, datatype, language, direction string) rdfcanon.Term {
	t := rdfcanon.Term{Kind: rdfcanon.Literal, Value: v.Text, Datatype: datatype}
	switch v.Kind {
	case schema.Bool:
		t.Value, t.Datatype = strconv.FormatBool(v.True), or(datatype, xsdBoolean)
	case schema.Number:
		// The strict parser let no number pass that is beyond a double.
		f, _ := strconv.ParseFloat(v.Text, 64)
		t.Value, t.Datatype = numberLiteral(f, datatype)
	}
	w.bytes += len("boolean") + max(len(v.Text), len(t.Value)) + len(datatype) + len(language) + len(direction)
	switch {
	case direction != "":
		t.Datatype = i18n + language + "_" + direction
	case language != "":
		t.Language = language
	case t.Datatype == xsdString:
		t.Datatype = ""
	}
	return t
}

// identifier makes the term for what names a node, text as it stands. Labels of
// blank nodes are not covered.
func (w *walker) identifier(s *state, text string, vocab bool) (rdfcanon.Term, bool) {
	if !cleanIRI(text) {
		return rdfcanon.Term{}, false
	}
	iri := s.expand(text, vocab)
	w.bytes += len(iri)
	// What does not come from the text comes from a table.
	return rdfcanon.Term{Kind: rdfcanon.IRI, Value: iri}, hasScheme(iri) && (iri == text || cleanIRI(iri))
}

// class makes the term for the name of a class.
func (w *walker) class(s *state, text string) (rdfcanon.Term, bool) {
	iri := s.expand(text, true)
	w.bytes += len(iri)
	return rdfcanon.Term{Kind: rdfcanon.IRI, Value: iri}, isAbsoluteIRI(iri)
}

// expand is IRI expansion (JSON-LD 1.1 API, section 5.2) with no base and no
// @vocab: a result without a scheme is relative or undefined.
func (s *state) expand(text string, vocab bool) string {
	if text == "" || text[0] == '@' {
		return ""
	}
	if vocab {
		if e := s.terms[text]; e != nil {
			return e.iri
		}
	}
	prefix, suffix, ok := strings.Cut(text, ":")
	if !ok || prefix == "" || prefix == "_" {
		return ""
	}
	if strings.HasPrefix(suffix, "//") {
		return text
	}
	if e := s.terms[prefix]; e != nil && e.prefix && e.iri != "" {
		return e.iri + suffix
	}
	return text
}
