package jsonld_test

import (
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/schematest"
)

// A tally counts how documents fared on both ways.
type tally struct{ covered, careful, refused int }

// sameBothWays gives a document to the compiled tables and to the careful way.
// What the tables cover the careful way accepts too, with the same statements in
// the same order under the same labels.
func (n *tally) sameBothWays(t *testing.T, r *jsonld.Register, v schema.Value, what string) {
	t.Helper()
	if len(r.CheckContexts(v)) > 0 {
		return
	}
	fast, covered := r.Walk(t.Context(), v)
	slow, err := r.ReadTwice(t.Context(), v)
	switch {
	case err != nil:
		n.refused++
		if covered {
			t.Errorf("%s: the tables cover what is refused: %v", what, err)
		}
	case !covered:
		n.careful++
	default:
		n.covered++
		if fast.String() != slow.String() || fast.Len() != slow.Len() {
			t.Errorf("%s: the statements differ:\n%s\ncareful\n%s\n%s", what, fast, slow, schema.Marshal(v))
		}
	}
}

// TestTablesOnGenerated: credentials of the shape that Merkki issues are all
// covered, and so is every small alteration that is not refused.
func TestTablesOnGenerated(t *testing.T) {
	r := jsonld.Embedded()
	var n tally
	for i := range count(20, 2_000) {
		v := generated(i)
		n.sameBothWays(t, r, v, "generated")
		if n.careful+n.refused > 0 {
			t.Fatalf("document %d is not covered: %s", i, schema.Marshal(v))
		}
	}
	v := generated(1)
	for what, changed := range schematest.Mutations(v) {
		n.sameBothWays(t, r, changed, what)
	}
	if n.careful > 0 || n.covered < 100 || n.refused < 50 {
		t.Errorf("%+v", n)
	}
	t.Logf("%+v", n)
}

// TestTablesOnForms: forms that the generator does not make.
func TestTablesOnForms(t *testing.T) {
	r := jsonld.Embedded()
	var n tally
	for _, f := range formsThatExpand {
		n.sameBothWays(t, r, parse(t, f.document()), f.name)
	}
	n.sameBothWays(t, r, parse(t, presentation), "presentation")
	// A property that is an IRI, a label of a blank node, an array in an array.
	if n.careful > 3 || n.refused > 0 {
		t.Errorf("%+v", n)
	}
}

// TestTablesOnFiles: every attack, vector and example file of the reference
// data, with every context that the vectors need.
func TestTablesOnFiles(t *testing.T) {
	for name, r := range map[string]*jsonld.Register{
		"product": jsonld.Embedded(), "reference": referenceRegister(t), "inline": jsonld.Embedded().WithInline(), "unsafe": referenceRegister(t).WithInlineUnsafe(),
	} {
		var n tally
		for _, dir := range []string{"attacks", "vectors", "openbadges"} {
			for _, file := range jsonFiles(t, judge.Data(t, dir)) {
				doc, err := schema.Parse(read(t, file), schema.Limits{})
				if err != nil {
					continue
				}
				n.sameBothWays(t, r, doc.Root(), file)
				n.sameBothWays(t, r, doc.Root().Without("proof"), file+" without proof")
			}
		}
		if n.covered < 100 || n.refused < 20 {
			t.Errorf("%s: %+v", name, n)
		}
		t.Logf("%s: %+v", name, n)
	}
}
