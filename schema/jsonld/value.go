package jsonld

import (
	"strings"

	"merkki/schema"
)

// value reads a value object (JSON-LD 1.1, section 9.5).
func (r *reader) value(c *active, v schema.Value, in *location) {
	var scalar schema.Value
	var datatype, language, direction string
	for _, m := range v.Members {
		at := &location{in: in, name: m.Name}
		switch {
		case m.Value.Kind == schema.Null:
			r.lose("terms.null", at, map[string]any{"term": m.Name})
		case m.Name == "@value":
			scalar = m.Value
		case m.Name == "@language":
			language = strings.ToLower(m.Value.Text)
			if m.Value.Kind != schema.String || !isLanguage(language) {
				r.lose("terms.language", at, map[string]any{"found": m.Value.Text})
			}
		case m.Name == "@direction":
			direction = m.Value.Text
			if direction != "ltr" && direction != "rtl" {
				r.lose("terms.language", at, map[string]any{"found": direction})
			}
		case m.Name == "":
			r.lose("terms.empty-name", at, nil)
		case m.Name[0] == '@':
			r.lose("terms.keyword", at, map[string]any{"term": m.Name})
		case c.expand(m.Name, true) == "@type":
			datatype = r.datatype(c, m.Value, at)
		default:
			r.lose("terms.undefined", at, map[string]any{"term": m.Name})
		}
	}
	r.literal(scalar, datatype, language, direction)
}

// datatype checks the type of a value object.
func (r *reader) datatype(c *active, v schema.Value, at *location) string {
	iri := c.expand(v.Text, true)
	switch {
	case !hasScheme(iri):
		r.lose("terms.undefined", at, r.explain(v.Text))
	case !cleanIRI(iri):
		r.lose("terms.invalid-iri", at, map[string]any{"found": v.Text})
	}
	return iri
}
