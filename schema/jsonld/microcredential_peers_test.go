package jsonld_test

import (
	"crypto"
	"encoding/json"
	"testing"

	"github.com/piprate/json-gold/ld"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/microcredential/examples"
)

// everyTerm is a credential in which every term of the profile stands.
const everyTerm = "../microcredential/testdata/every-term.json"

func awarded(t *testing.T, name string) schema.Value {
	t.Helper()
	if v, ok := examples.Awarded(name, "did:web:pohjoinen.example"); ok {
		return v
	}
	return parse(t, string(read(t, name)))
}

// TestMicroCredentialsAgreeWithJavaScript: jsonld.js in safe mode, json-gold and
// our own path make the same canonical bytes of a credential of every example,
// and lose nothing.
func TestMicroCredentialsAgreeWithJavaScript(t *testing.T) {
	r := jsonld.Embedded()
	opts := ld.NewJsonLdOptions("")
	opts.Algorithm, opts.Format, opts.DocumentLoader = ld.AlgorithmURDNA2015, "application/n-quads", served(byURL(r))
	lines := []any{judge.Documents(byURL(r))}
	names := append(examples.Names(), everyTerm)
	for _, name := range names {
		v := awarded(t, name)
		lines = append(lines, map[string]any{"document": json.RawMessage(schema.Marshal(v))})
	}
	answers := judge.Node(t, "canonize.mjs", lines...)
	if len(answers) != len(names) || len(names) < 12 {
		t.Fatalf("%d answers for %d examples", len(answers), len(names))
	}
	for i, a := range answers {
		var peer struct{ Canonical, Error string }
		if err := json.Unmarshal(a, &peer); err != nil {
			t.Fatal(err)
		}
		v := awarded(t, names[i])
		ours, err := canonical(t.Context(), r, v, crypto.SHA256)
		if err != nil || peer.Error != "" || ours != peer.Canonical {
			t.Errorf("%s: %v, peer: %s\nours\n%speer\n%s", names[i], err, peer.Error, ours, peer.Canonical)
		}
		var input any
		if err := json.Unmarshal(schema.Marshal(v), &input); err != nil {
			t.Fatal(err)
		}
		gold, err := ld.NewJsonLdProcessor().Normalize(input, opts)
		if err != nil || gold != ours {
			t.Errorf("%s: json-gold: %v\n%v\nours\n%s", names[i], err, gold, ours)
		}
	}
}
