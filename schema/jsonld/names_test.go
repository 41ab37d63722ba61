package jsonld_test

import (
	"context"
	"crypto"
	"fmt"
	"strings"
	"testing"

	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
)

func ExampleRegister_NameNodes() {
	doc, err := schema.Parse([]byte(`{"@context":"https://www.w3.org/ns/credentials/v2","type":"VerifiableCredential",
		"issuer":"https://uni.example","credentialSubject":[{"name":"a"},{"id":"urn:b","name":"b"},{"id":"_:c","name":"c"}]}`), schema.Limits{})
	if err != nil {
		panic(err)
	}
	named, err := jsonld.Embedded().NameNodes(context.Background(), doc.Root(), "urn:name:")
	if err != nil {
		panic(err)
	}
	subjects, _ := named.Get("credentialSubject")
	fmt.Println(string(schema.Marshal(subjects)))
	fmt.Println(named.GetString("id"))
	// Output:
	// [{"name":"a","id":"urn:name:n0"},{"id":"urn:b","name":"b"},{"id":"urn:name:lc","name":"c"}]
	// urn:name:n1
}

// Naming says nothing: with the names taken for blank nodes again the canonical
// form is that of the document, and no node is left that could have had a name.
func TestNamingSaysNothing(t *testing.T) {
	const prefix = "urn:name:"
	unnamed := 0
	for i := range 60 {
		root := generated(i)
		named, err := jsonld.Embedded().NameNodes(t.Context(), root, prefix)
		if err != nil {
			t.Fatal(err)
		}
		before, after := statementsOf(t, root), statementsOf(t, named)
		for i := range after {
			if after[i].Subject.Kind == rdfcanon.Blank && after[i].Predicate.Value != "http://www.w3.org/1999/02/22-rdf-syntax-ns#first" &&
				after[i].Predicate.Value != "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest" {
				t.Errorf("document %d: no name in %s", i, after[i])
			}
			for _, term := range []*rdfcanon.Term{&after[i].Subject, &after[i].Object} {
				if name, ok := strings.CutPrefix(term.Value, prefix); ok && term.Kind == rdfcanon.IRI {
					*term = rdfcanon.Term{Kind: rdfcanon.Blank, Value: "_:named" + name}
					unnamed++
				}
			}
		}
		if a, b := formOf(t, before), formOf(t, after); a != b {
			t.Errorf("document %d says something else:\n%s\nand with names\n%s", i, a, b)
		}
	}
	if unnamed == 0 {
		t.Error("no document had a node without a name")
	}
}

func statementsOf(t *testing.T, v schema.Value) []rdfcanon.Quad {
	t.Helper()
	q, err := jsonld.Embedded().Quads(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func formOf(t *testing.T, q []rdfcanon.Quad) string {
	t.Helper()
	c, err := rdfcanon.Canonicalize(t.Context(), q, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return string(c.Bytes())
}
