package jsonld_test

import (
	"crypto"
	"path"
	"strings"
	"testing"

	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/schematest"
)

// TestEveryChangeShows: no change of a leaf, no removal and no addition leaves
// the canonical form as it was, but where the document said it twice about one
// identifier.
func TestEveryChangeShows(t *testing.T) {
	r := jsonld.Embedded()
	for i := range count(3, 100) {
		v := generated(i)
		before, err := canonical(t.Context(), r, v, crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		for what, changed := range schematest.Mutations(v) {
			if len(r.CheckContexts(changed)) > 0 {
				continue
			}
			after, err := canonical(t.Context(), r, changed, crypto.SHA256)
			if err == nil && after == before && !saidTwice(v, what) {
				t.Errorf("document %d: %s changes nothing", i, what)
			}
		}
	}
}

// saidTwice reports whether what is the removal of a member of a node that the
// document describes in two places.
func saidTwice(v schema.Value, what string) bool {
	pointer, removed := strings.CutPrefix(what, "removed ")
	node, ok := schema.Resolve(v, path.Dir(pointer))
	if !removed || !ok {
		return false
	}
	id := node.GetString("id")
	return id != "" && strings.Count(string(schema.Marshal(v)), `"id":"`+id+`"`) > 1
}
