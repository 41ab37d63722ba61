package schematest_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"merkki/schema"
	"merkki/schema/schematest"
)

func TestCredentialIsReproducibleAndReads(t *testing.T) {
	for seed := range uint64(200) {
		one := schematest.Credential(rand.New(rand.NewPCG(seed, 1)))
		two := schematest.Credential(rand.New(rand.NewPCG(seed, 1)))
		if !bytes.Equal(schema.Marshal(one), schema.Marshal(two)) {
			t.Fatalf("seed %d gives two documents", seed)
		}
		if _, err := schema.Build(one); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// Every member of every object of many credentials is at least removed once,
// every leaf changed once, and no mutation leaves the document as it was.
func TestMutationsAreAllThereAndDiffer(t *testing.T) {
	for seed := range uint64(20) {
		v := schematest.Credential(rand.New(rand.NewPCG(seed, 2)))
		before := schema.Marshal(v)
		seen := map[string]bool{}
		for what, changed := range schematest.Mutations(v) {
			if seen[what] {
				t.Errorf("%s twice", what)
			}
			seen[what] = true
			if bytes.Equal(schema.Marshal(changed), before) {
				t.Errorf("%s changes nothing", what)
			}
			if _, err := schema.Build(changed); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		forEach(v, "", func(pointer string, v schema.Value) {
			if pointer != "" && !seen["removed "+pointer] {
				t.Errorf("removed %s is missing", pointer)
			}
			if v.Kind < schema.Array && !seen["changed "+pointer] {
				t.Errorf("changed %s is missing", pointer)
			}
			if v.Kind == schema.Object && !seen["added "+pointer+"/unforeseen"] {
				t.Errorf("added %s/unforeseen is missing", pointer)
			}
		})
		if !bytes.Equal(schema.Marshal(v), before) {
			t.Fatal("mutating changed the original")
		}
	}
}

func TestMutationsStopWhenAsked(t *testing.T) {
	n := 0
	for range schematest.Mutations(schematest.Credential(rand.New(rand.NewPCG(1, 1)))) {
		if n++; n == 7 {
			break
		}
	}
	if n != 7 {
		t.Errorf("%d mutations after stopping at the seventh", n)
	}
}

func forEach(v schema.Value, pointer string, visit func(string, schema.Value)) {
	visit(pointer, v)
	for i, item := range v.Items {
		forEach(item, pointer+"/"+string(rune('0'+i)), visit)
	}
	for _, m := range v.Members {
		forEach(m.Value, pointer+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(m.Name), visit)
	}
}
