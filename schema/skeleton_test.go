package schema_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"merkki/schema"
	"merkki/schema/schematest"
)

// TestShape: what differs between learners is no part of a shape, everything
// else is.
func TestShape(t *testing.T) {
	const text = `{"@context": ["https://a.example/1"], "id": "https://a.example/c/1", "type": ["T"], "name": "Aino", "n": 5, "b": true,
		"list": ["x", "y"], "ref": "https://a.example/a", "again": "https://a.example/a", "inner": {"id": "urn:x:1", "z": null}}`
	of := func(text string) string {
		doc, err := schema.Parse([]byte(text), schema.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		return schema.Shape(doc.Root())
	}
	replaced := func(old, new string) string {
		s := string(schema.Marshal(parsed(text)))
		out := strings.Replace(s, old, new, 1)
		if out == s {
			t.Fatalf("%s is not there", old)
		}
		return out
	}
	for _, c := range []struct {
		what, old, new string
		same           bool
	}{
		{"a name", `"Aino"`, `"Eino \" {"`, true},
		{"an identifier", `c/1`, `c/2`, true},
		{"both of two that are the same", `"ref":"https://a.example/a","again":"https://a.example/a"`, `"ref":"https://a.example/b","again":"https://a.example/b"`, true},
		{"one of two that are the same", `"again":"https://a.example/a"`, `"again":"https://a.example/b"`, false},
		{"the scheme", `urn:x:1`, `did:x:1`, false},
		{"an IRI that is none", `"urn:x:1"`, `"x"`, false},
		{"a number", `5`, `5.0`, false},
		{"a boolean", `true`, `false`, false},
		{"null", `null`, `"null"`, false},
		{"a context", `/1"]`, `/2"]`, false},
		{"a type", `["T"]`, `["U"]`, false},
		{"a type as text", `["T"]`, `"T"`, false},
		{"a name of a member", `"name"`, `"Name"`, false},
		{"the length of a list", `["x","y"]`, `["x"]`, false},
		{"a list in a list", `["x","y"]`, `[["x"],"y"]`, false},
		{"the order", `"n":5,"b":true`, `"b":true,"n":5`, false},
		{"a member more", `"n":5`, `"n":5,"m":5`, false},
		{"the nesting", `"z":null}}`, `"z":null},"y":{}}`, false},
	} {
		if got := of(replaced(c.old, c.new)) == of(text); got != c.same {
			t.Errorf("%s: same shape is %v", c.what, got)
		}
	}
}

// TestShapesOfMutations: no member can be added or removed, and no leaf become
// another kind, without another shape.
func TestShapesOfMutations(t *testing.T) {
	for seed := range uint64(5) {
		v := schematest.Credential(rand.New(rand.NewPCG(seed, 9)))
		shape := schema.Shape(v)
		for what, changed := range schematest.Mutations(v) {
			if what[:7] != "changed" && schema.Shape(changed) == shape {
				t.Errorf("%s: the same shape", what)
			}
		}
	}
}
