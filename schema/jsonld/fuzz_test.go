package jsonld_test

import (
	"crypto"
	"os"
	"path/filepath"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
)

// FuzzQuads: no document makes the package panic or work without bound, and one
// that is accepted says as much as it seems to: without any of its members it
// says something else or nothing.
func FuzzQuads(f *testing.F) {
	for _, form := range formsThatExpand {
		f.Add([]byte(form.document()))
	}
	for i := range 5 {
		f.Add(schema.Marshal(generated(i)))
	}
	if dir := filepath.Join(judge.Root(), "..", "shared", "data"); exists(dir) {
		for _, pattern := range []string{"attacks/*/*.json", "openbadges/*/*.json"} {
			files, _ := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
			for _, file := range files {
				f.Add(read(f, file))
			}
		}
	}
	r := jsonld.Embedded()
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := schema.Parse(b, schema.Limits{})
		if err != nil || len(r.CheckContexts(doc.Root())) > 0 {
			return
		}
		new(tally).sameBothWays(t, r, doc.Root(), "input")
		start := time.Now()
		quads, err := r.Quads(t.Context(), doc.Root())
		if err == nil && len(quads) <= 500 {
			var c *rdfcanon.Canonical
			if c, err = rdfcanon.Canonicalize(t.Context(), quads, crypto.SHA256); err == nil && len(c.Lines()) != len(quads) {
				return // it says something twice
			}
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("it took %v", took)
		}
		if err != nil {
			return
		}
		whole, _ := canonical(t.Context(), r, doc.Root(), crypto.SHA256)
		for _, m := range doc.Root().Members {
			if m.Name == "@context" || m.Value.Kind == schema.Array {
				continue // an empty array says nothing
			}
			part, err := canonical(t.Context(), r, doc.Root().Without(m.Name), crypto.SHA256)
			if err == nil && part == whole {
				t.Errorf("it says the same without %q", m.Name)
			}
		}
	})
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
