package jsonld_test

import (
	"crypto"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/piprate/json-gold/ld"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/schematest"
)

// count is how many generated documents a judge sees; with MERKKI_LONG=1 many.
func count(short, long int) int {
	if os.Getenv("MERKKI_LONG") == "1" {
		return long
	}
	return short
}

func generated(i int) schema.Value {
	return schematest.Credential(rand.New(rand.NewPCG(9, uint64(i))))
}

// TestAgreesWithJavaScript compares canonical forms of generated credentials,
// with both hashes, with those of jsonld.js and rdf-canonize.
func TestAgreesWithJavaScript(t *testing.T) {
	r := jsonld.Embedded()
	n := count(100, 4_000)
	lines := []any{judge.Documents(byURL(r))}
	hashes := []crypto.Hash{crypto.SHA256, crypto.SHA384}
	names := []string{"sha256", "sha384"}
	for i := range n {
		lines = append(lines, map[string]any{
			"document": json.RawMessage(schema.Marshal(generated(i))), "hash": names[i%2],
		})
	}
	answers := judge.Node(t, "canonize.mjs", lines...)
	if len(answers) != n {
		t.Fatalf("%d answers for %d documents", len(answers), n)
	}
	for i, a := range answers {
		var peer struct{ Canonical, Error string }
		if err := json.Unmarshal(a, &peer); err != nil {
			t.Fatal(err)
		}
		ours, err := canonical(t.Context(), r, generated(i), hashes[i%2])
		if err != nil || peer.Error != "" || ours != peer.Canonical {
			t.Fatalf("document %d: %v, peer: %s\n%s\nours\n%speer\n%s", i, err, peer.Error, schema.Marshal(generated(i)), ours, peer.Canonical)
		}
	}
}

// TestAgreesWithJavaScriptOnForms does the same with one document for each form
// that the generator does not make.
func TestAgreesWithJavaScriptOnForms(t *testing.T) {
	r := jsonld.Embedded()
	forms := formsThatExpand
	lines := []any{judge.Documents(byURL(r))}
	for _, f := range forms {
		lines = append(lines, map[string]any{"document": json.RawMessage(f.document())})
	}
	for i, a := range judge.Node(t, "canonize.mjs", lines...) {
		f := forms[i]
		var peer struct{ Canonical, Error string }
		if err := json.Unmarshal(a, &peer); err != nil {
			t.Fatal(err)
		}
		ours, err := canonical(t.Context(), r, parse(t, f.document()), crypto.SHA256)
		if err != nil || peer.Error != "" || ours != peer.Canonical {
			t.Errorf("%s: %v, peer: %s\nours\n%speer\n%s", f.name, err, peer.Error, ours, peer.Canonical)
		}
	}
}

// TestAgreesWithJSONGold compares with json-gold's own way to canonical quads
// where it has one: no control characters, SHA-256.
func TestAgreesWithJSONGold(t *testing.T) {
	r := jsonld.Embedded()
	opts := ld.NewJsonLdOptions("")
	opts.Algorithm = ld.AlgorithmURDNA2015
	opts.Format = "application/n-quads"
	opts.DocumentLoader = served(byURL(r))
	compared := 0
	for i := range count(100, 2_000) {
		v := generated(i)
		text := string(schema.Marshal(v))
		if strings.Contains(text, `\u00`) || strings.ContainsAny(text, "\x7f\uffff") {
			continue
		}
		var input any
		if err := json.Unmarshal([]byte(text), &input); err != nil {
			t.Fatal(err)
		}
		want, err := ld.NewJsonLdProcessor().Normalize(input, opts)
		if err != nil {
			t.Fatal(err)
		}
		got, err := canonical(t.Context(), r, v, crypto.SHA256)
		if err != nil || got != want {
			t.Fatalf("document %d: %v\n%s\nours\n%sjson-gold\n%s", i, err, text, got, want)
		}
		compared++
	}
	if compared < 50 {
		t.Errorf("only %d documents could be compared", compared)
	}
}

// served is a json-gold loader over given bytes.
type served map[string][]byte

func (s served) LoadDocument(url string) (*ld.RemoteDocument, error) {
	var doc any
	err := json.Unmarshal(s[url], &doc)
	return &ld.RemoteDocument{DocumentURL: url, Document: doc}, err
}
