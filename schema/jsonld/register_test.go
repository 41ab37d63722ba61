package jsonld_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jsonld"
)

const url303 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"

// TestEmbeddedContextsAreTheOfficialOnes compares what is embedded with the
// files that standards bodies publish: the same JSON, whatever the bytes.
func TestEmbeddedContextsAreTheOfficialOnes(t *testing.T) {
	r := jsonld.Embedded()
	for _, c := range []struct {
		from *jsonld.Register
		url  string
		file string
	}{
		{r, jsonld.BaseV2, "credentials-v2.w3c-repo.jsonld"},
		{r, url303, "ob-v3p0-context-3.0.3.validator-1.11.0.json"},
		{r.VariantA(), url303, "ob-v3p0-context-3.0.3.spec-repo-2025-04.json"},
		{r, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", "ob-v3p0-extensions.json"},
		{r, "https://w3id.org/security/data-integrity/v2", "data-integrity-v2.w3c-repo.jsonld"},
		{r, "https://w3id.org/security/multikey/v1", "multikey-v1.w3c-repo.jsonld"},
		{r, "https://www.w3.org/ns/credentials/status/v1", "vc-bitstring-status-list-v1.w3c-repo.jsonld"},
		{r, jsonld.BaseV1, "credentials-v1.jsonld"},
		{r, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json", "ob-v3p0-context-3.0.2.json"},
		{r, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json", "ob-v3p0-context-3.0.1.json"},
		{r, "https://purl.imsglobal.org/spec/ob/v3p0/context.json", "ob-v3p0-context-3.0.0.json"},
		{r, "https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld", "ob-v3p0-context-3.0.0.json"},
		{r, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", "clr-v2p0-context-2.0.1.json"},
		{r, "https://purl.imsglobal.org/spec/clr/v2p0/context.json", "clr-v2p0-context-2.0.0.json"},
		{r, "https://w3id.org/security/data-integrity/v1", "data-integrity-v1.jsonld"},
		{r, "https://w3id.org/security/suites/ed25519-2020/v1", "ed25519-2020-v1.jsonld"},
		{r, "https://w3id.org/vc/status-list/2021/v1", "vc-status-list-2021-v1.jsonld"},
		{r, "https://www.w3.org/ns/did/v1", "did-v1.jsonld"},
		{r, "https://w3id.org/merkki/mc/v1", "../elm/golden/mc-v1.context.jsonld"},
	} {
		b, ok := c.from.Context(c.url)
		if !ok {
			t.Fatalf("%s is not embedded", c.url)
		}
		var ours, official any
		if err := json.Unmarshal(b, &ours); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(read(t, judge.Data(t, "contexts"), c.file), &official); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(ours, official) {
			t.Errorf("%s is not the same JSON as %s", c.url, c.file)
		}
	}
	if n := len(r.URLs()); n != 18 {
		t.Errorf("%d contexts are embedded, and 18 compared", n)
	}
}

// TestVariantsDifferInTwoTerms: the two forms of context 3.0.3 give the same
// quads unless one of the added terms is used.
func TestVariantsDifferInTwoTerms(t *testing.T) {
	later, earlier := jsonld.Embedded(), jsonld.Embedded().VariantA()
	both := parse(t, credentialWith(`"tag": ["a"]`))
	a, errA := later.Quads(t.Context(), both)
	b, errB := earlier.Quads(t.Context(), both)
	if errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("without the added terms the forms differ: %v, %v", errA, errB)
	}
	added := parse(t, credentialWith(`"endorsementJwt": ["e30.e30.AA"]`))
	if _, err := later.Quads(t.Context(), added); err != nil {
		t.Error(err)
	}
	_, err := earlier.Quads(t.Context(), added)
	if f, ok := errors.AsType[*schema.Fault](err); !ok || f.Finding != "terms.undefined" {
		t.Errorf("got %v, want terms.undefined", err)
	}
}

func TestOperatorContexts(t *testing.T) {
	const url = "https://koulu.example/contexts/v1"
	for _, c := range []struct{ name, context, refused string }{
		{"terms of its own", `{"@protected": true, "id": "@id", "type": "@type", "ects": "https://koulu.example/v#ects",
			"Module": {"@id": "https://koulu.example/v#Module", "@context": {"@protected": true, "workload": {"@id": "https://koulu.example/v#workload", "@container": "@set"}}}}`, ""},
		{"a term said again", `{"name": "https://schema.org/name"}`, ""},
		{"a list", `[{"ects": "https://koulu.example/v#ects"}, {"room": "https://koulu.example/v#room"}]`, ""},
		{"@vocab", `{"@vocab": "https://koulu.example/v#"}`, "@vocab"},
		{"@vocab in a scope", `{"Module": {"@id": "https://koulu.example/v#Module", "@context": {"@vocab": "https://koulu.example/v#"}}}`, "@vocab"},
		{"@base", `{"@base": "https://koulu.example/"}`, "@base"},
		{"@import", `{"@import": "https://www.w3.org/ns/credentials/v2"}`, "@import"},
		{"@propagate", `{"@propagate": false}`, "@propagate"},
		{"another meaning", `{"name": "https://koulu.example/v#name"}`, "redefines"},
		{"another meaning in a scope", `{"Module": {"@id": "https://koulu.example/v#Module", "@context": {"name": "https://koulu.example/v#name"}}}`, "redefines"},
		{"null for a term", `{"name": null}`, "redefines"},
		{"null for a new term", `{"ects": null}`, "null"},
		{"null for all terms", `{"Module": {"@id": "https://koulu.example/v#Module", "@context": null}}`, "null"},
		{"alias of @id", `{"identity": "@id"}`, "keyword"},
		{"alias by way of an alias", `{"id": "@id", "identity": "id"}`, "no absolute IRI"},
		{"alias of @graph", `{"items": {"@id": "@graph"}}`, "keyword"},
		{"@nest", `{"ects": {"@id": "https://koulu.example/v#ects", "@nest": "@nest"}}`, "@nest"},
		{"@reverse", `{"ects": {"@reverse": "https://koulu.example/v#ects"}}`, "@reverse"},
		{"index map", `{"ects": {"@id": "https://koulu.example/v#ects", "@container": "@index"}}`, "@index"},
		{"a URI scheme", `{"urn": "https://koulu.example/v#"}`, "scheme"},
		{"another context", `["https://www.w3.org/ns/credentials/v2"]`, "refers"},
		{"relative IRI", `{"ects": "v#ects"}`, "no absolute IRI"},
		{"no IRI", `{"ects": {"@container": "@set"}}`, "no IRI"},
		{"type that is no IRI", `{"ects": {"@id": "https://koulu.example/v#ects", "@type": "number"}}`, "no IRI"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := fmt.Appendf(nil, `{"@context": %s}`, c.context)
			r, err := jsonld.Embedded().With(url, b, fmt.Sprintf("%x", sha256.Sum256(b)))
			if c.refused == "" {
				if err != nil {
					t.Fatal(err)
				}
				if got, ok := r.Context(url); !ok || string(got) != string(b) {
					t.Error("the context is not in the new register")
				}
				if _, ok := jsonld.Embedded().Context(url); ok {
					t.Error("the context is in the old register")
				}
			} else if err == nil || !strings.Contains(err.Error(), c.refused) {
				t.Errorf("got %v, want a refusal that says %q", err, c.refused)
			}
		})
	}
	b := []byte(`{"@context": {"ects": "https://koulu.example/v#ects"}}`)
	if _, err := jsonld.Embedded().With(url, b, strings.Repeat("0", 64)); err == nil {
		t.Error("bytes with another hash are accepted")
	}
	if _, err := jsonld.Embedded().With(jsonld.BaseV2, b, fmt.Sprintf("%x", sha256.Sum256(b))); err == nil {
		t.Error("a registered context is replaced")
	}
}

// TestOperatorTermsAreRead: what an operator registered is in force where a
// document names it, and is what an explanation offers where it does not.
func TestOperatorTermsAreRead(t *testing.T) {
	const url = "https://koulu.example/contexts/v1"
	b := []byte(`{"@context": {"ects": "https://koulu.example/v#ects"}}`)
	r, err := jsonld.Embedded().With(url, b, fmt.Sprintf("%X", sha256.Sum256(b)))
	if err != nil {
		t.Fatal(err)
	}
	text := credentialWith(`"ects": "5"`)
	_, err = r.Quads(t.Context(), parse(t, text))
	if f, ok := errors.AsType[*schema.Fault](err); !ok || f.Args["context"] != url {
		t.Errorf("got %v, want a loss that names %s", err, url)
	}
	text = strings.Replace(text, `3.0.3.json"]`, `3.0.3.json", "`+url+`"]`, 1)
	if _, err := r.Quads(t.Context(), parse(t, text)); err != nil {
		t.Error(err)
	}
}

// TestColdCache lets many goroutines meet a new register at once; it is for the
// race detector.
func TestColdCache(t *testing.T) {
	r := jsonld.Embedded().VariantA()
	root := parse(t, credentialWith(`"tag": ["a"], "foo": 1`))
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			v := root
			if i%2 == 0 {
				v = parse(t, credentialWith(`"tag": ["a"]`))
			}
			if _, err := r.Quads(t.Context(), v); (err == nil) != (i%2 == 0) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestOnlyExpansionIsUsed reads the sources: json-gold enters through gold.go,
// which mentions none of its loaders and no algorithm but expansion.
func TestOnlyExpansionIsUsed(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") || f.Name() == "gold.go" {
			continue
		}
		ast, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range ast.Imports {
			if strings.Contains(i.Path.Value, "json-gold") {
				t.Errorf("%s imports json-gold beside its door", f.Name())
			}
		}
	}
	door := string(read(t, "gold.go"))
	for _, word := range []string{"NewDefaultDocumentLoader", "CachingDocumentLoader", "RFC7324", "NewJsonLdOptions", "Normalize", "ToRDF", "NewJsonLdProcessor"} {
		if strings.Contains(door, word) {
			t.Errorf("gold.go mentions %s", word)
		}
	}
}
