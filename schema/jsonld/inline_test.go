package jsonld_test

import (
	"crypto"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// withContext is a credential with one more context, and members added to its
// achievement.
func withContext(context, members string) string {
	return strings.Replace(credentialWith(members), `context-3.0.3.json"]`, `context-3.0.3.json", `+context+`]`, 1)
}

// What may stand in @context where an operator admits new terms, and what
// stays refused: everything that could change what a registered context says,
// or what a name begins with.
func TestInlineAddsAndNothingElse(t *testing.T) {
	r := jsonld.Embedded().WithInline()
	for _, c := range []struct{ name, context, want string }{
		{"a term", `{"ects": "https://koulu.example/v#ects"}`, ""},
		{"a term with type", `{"ects": {"@id": "https://koulu.example/v#ects", "@type": "http://www.w3.org/2001/XMLSchema#decimal"}}`, ""},
		{"a term for identifiers", `{"course": {"@id": "https://koulu.example/v#course", "@type": "@id", "@container": "@set"}}`, ""},
		{"a list", `{"steps": {"@id": "urn:koulu:steps", "@container": "@list"}}`, ""},
		{"nothing", `{}`, ""},
		{"two objects", `{"a1": "urn:x:a"}, {"a2": "urn:x:b"}`, ""},
		{"the same term twice", `{"a1": "urn:x:a"}, {"a1": "urn:x:a"}`, "contexts.inline /@context/3/a1 taken"},
		{"a registered term", `{"name": "https://koulu.example/v#name"}`, "contexts.inline /@context/2/name taken"},
		{"a registered term, said alike", `{"name": "https://schema.org/name"}`, "contexts.inline /@context/2/name taken"},
		{"a term of a class", `{"achievementType": "urn:x:y"}`, "contexts.inline /@context/2/achievementType taken"},
		{"a term of an older context", `{"issuanceDate": "urn:x:y"}`, "contexts.inline /@context/2/issuanceDate taken"},
		{"null for a registered term", `{"name": null}`, "contexts.inline /@context/2/name taken"},
		{"null", `{"ects": null}`, "contexts.inline /@context/2/ects definition"},
		{"null for @id", `{"ects": {"@id": null}}`, "contexts.inline /@context/2/ects iri"},
		{"no @id", `{"ects": {"@type": "@id"}}`, "contexts.inline /@context/2/ects definition"},
		{"alias", `{"kind": "@type"}`, "contexts.inline /@context/2/kind iri"},
		{"alias by another alias", `{"kind": "type"}`, "contexts.inline /@context/2/kind iri"},
		{"relative IRI", `{"ects": "v#ects"}`, "contexts.inline /@context/2/ects iri"},
		{"blank", `{"ects": "_:ects"}`, "contexts.inline /@context/2/ects iri"},
		{"compact IRI", `{"ects": "xsd:ects"}`, "contexts.inline /@context/2/ects iri"},
		{"compact type", `{"ects": {"@id": "urn:x:e", "@type": "xsd:decimal"}}`, "contexts.inline /@context/2/ects iri"},
		{"prefix", `{"koulu": "https://koulu.example/v#"}`, "contexts.inline /@context/2/koulu iri"},
		{"prefix said so", `{"koulu": {"@id": "https://koulu.example/v", "@prefix": true}}`, "contexts.inline /@context/2/koulu definition"},
		{"scheme", `{"https": "https://koulu.example/v#x"}`, "contexts.inline /@context/2/https name"},
		{"scheme in capitals", `{"DID": "https://koulu.example/v#x"}`, "contexts.inline /@context/2/DID name"},
		{"colon", `{"a:b": "https://koulu.example/v#x"}`, "contexts.inline /@context/2/a:b name"},
		{"slash", `{"a/b": "https://koulu.example/v#x"}`, "contexts.inline /@context/2/a~1b name"},
		{"empty name", `{"": "https://koulu.example/v#x"}`, "contexts.inline /@context/2/ name"},
		{"@vocab", `{"@vocab": "https://koulu.example/v#"}`, "contexts.inline /@context/2/@vocab name"},
		{"@base", `{"@base": "https://koulu.example/"}`, "contexts.inline /@context/2/@base name"},
		{"@protected", `{"@protected": true}`, "contexts.inline /@context/2/@protected name"},
		{"scoped", `{"Module": {"@id": "urn:x:m", "@context": {}}}`, "contexts.inline /@context/2/Module definition"},
		{"graph", `{"ects": {"@id": "urn:x:e", "@container": "@graph"}}`, "contexts.inline /@context/2/ects definition"},
		{"language map", `{"ects": {"@id": "urn:x:e", "@container": "@language"}}`, "contexts.inline /@context/2/ects definition"},
		{"reverse", `{"ects": {"@id": "urn:x:e", "@reverse": "urn:x:e"}}`, "contexts.inline /@context/2/ects definition"},
		{"JSON", `{"ects": {"@id": "urn:x:e", "@type": "@json"}}`, "contexts.inline /@context/2/ects iri"},
		{"wrapped", `{"@context": {"ects": "urn:x:e"}}`, "contexts.inline /@context/2/@context name"},
		{"a number", `7`, "contexts.inline /@context/2 <nil>"},
		{"null alone", `null`, "contexts.inline /@context/2 <nil>"},
		{"a list inside", `[{"ects": "urn:x:e"}]`, "contexts.inline /@context/2 <nil>"},
	} {
		got := ""
		if faults := r.CheckContexts(parse(t, withContext(c.context, `"name": "N"`))); len(faults) > 0 {
			got = fmt.Sprint(faults[0].Finding, " ", faults[0].Pointer, " ", faults[0].Args["reason"])
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if f := jsonld.Embedded().CheckContexts(parse(t, withContext(c.context, `"name": "N"`))); len(f) == 0 {
			t.Errorf("%s: the product's register takes it", c.name)
		}
	}
	// Neither first, nor below, and the base context stays where it was.
	for _, doc := range []string{
		`{"@context": {"ects": "urn:x:e"}}`,
		`{"@context": [{"ects": "urn:x:e"}, "https://www.w3.org/ns/credentials/v2"]}`,
		`{"@context": ["https://www.w3.org/ns/credentials/v2"], "evidence": {"@context": {"ects": "urn:x:e"}}}`,
	} {
		if f := r.CheckContexts(parse(t, doc)); len(f) == 0 {
			t.Errorf("accepted: %s", doc)
		}
	}
}

// A word that the document defines is a statement like others.
func TestInlineTermsAreSigned(t *testing.T) {
	r := jsonld.Embedded().WithInline()
	doc := withContext(`{"ects": {"@id": "https://koulu.example/v#ects"}}`, `"name": "N", "ects": "5"`)
	got, err := canonical(t.Context(), r, parse(t, doc), crypto.SHA256)
	if err != nil || !strings.Contains(got, `<https://koulu.example/v#ects> "5" .`) {
		t.Errorf("%v\n%s", err, got)
	}
	if _, err := r.Quads(t.Context(), parse(t, withContext(`{}`, `"name": "N", "ects": "5"`))); err == nil {
		t.Error("a word that nobody defines is accepted")
	}
}

var suiteContexts = []struct{ name, context, members, peer string }{
	{"terms", `{"ects": "https://koulu.example/v#ects"}`, `"name": "N", "ects": "5"`, "same"},
	{"scoped and protected", `{"@protected": true, "Module": {"@id": "https://koulu.example/v#Module", "@context": {"@protected": true, "id": "@id", "type": "@type", "workload": "https://koulu.example/v#workload"}}}`, `"name": "N", "related": [{"id": "urn:r", "type": ["Related", "Module"], "workload": "5"}]`, "same"},
	{"vocabulary cleared", `{"@vocab": null}`, `"name": "N"`, "same"},
	{"wrapped", `{"@context": {"ects": "https://koulu.example/v#ects"}}`, `"name": "N", "ects": "5"`, "same"},
	{"protected redefined", `{"name": "https://koulu.example/v#name"}`, `"name": "N"`, "refused"},
	{"protected nulled", `{"name": null}`, `"name": "N"`, "refused"},
}

// What conformance suites need reads as jsonld.js reads it; protected terms
// stay protected, the null that json-gold lets through included.
func TestInlineForSuites(t *testing.T) {
	r := jsonld.Embedded().WithInlineUnsafe()
	lines := []any{judge.Documents(byURL(r))}
	for _, c := range suiteContexts {
		lines = append(lines, map[string]any{"document": json.RawMessage(withContext(c.context, c.members))})
	}
	for i, a := range judge.Node(t, "canonize.mjs", lines...) {
		c := suiteContexts[i]
		var peer struct{ Canonical, Error string }
		if err := json.Unmarshal(a, &peer); err != nil {
			t.Fatal(err)
		}
		v := parse(t, withContext(c.context, c.members))
		faults := r.CheckContexts(v)
		if c.peer == "refused" {
			if peer.Error == "" || len(faults) == 0 || faults[0].Finding != "contexts.contradict" {
				t.Errorf("%s: %v, peer %q", c.name, faults, peer.Error)
			}
			continue
		}
		ours, err := canonical(t.Context(), r, v, crypto.SHA256)
		if len(faults) > 0 || err != nil || peer.Error != "" || ours != peer.Canonical {
			t.Errorf("%s: %v %v, peer: %s\nours\n%speer\n%s", c.name, faults, err, peer.Error, ours, peer.Canonical)
		}
	}
	for _, context := range []string{`{"@vocab": "urn:x#"}`, `{"M": {"@id": "urn:m", "@context": {"@vocab": "urn:x#"}}}`,
		`{"M": {"@id": "urn:m", "@context": "https://www.w3.org/ns/credentials/v2"}}`, `{"@import": "https://www.w3.org/ns/credentials/v2"}`, `{"@base": "urn:x"}`} {
		if f := r.CheckContexts(parse(t, withContext(context, `"name": "N"`))); len(f) == 0 {
			t.Errorf("accepted: %s", context)
		}
	}
	// An unmapped type is a loss, with the vocabulary cleared too.
	v := parse(t, strings.Replace(withContext(`{"@vocab": null}`, `"name": "N"`), `"Achievement"`, `"Achievement", "Unmapped"`, 1))
	if _, err := r.Quads(t.Context(), v); err == nil {
		t.Error("an unmapped type passed")
	}
}

// FuzzInline: an inline context that is admitted changes nothing about a
// document that does not use its terms, and no context makes the package panic
// or disagree with itself.
func FuzzInline(f *testing.F) {
	for _, c := range suiteContexts {
		f.Add(c.context)
	}
	for _, s := range []string{
		`{"ects": {"@id": "https://koulu.example/v#ects", "@type": "@id", "@container": "@list"}}`,
		`{"name": null}`, `{"@vocab": ""}`, `{"a": "b:c", "b": "urn:x:"}`, `{"https": "urn:x"}`,
		`{"a": {"@id": "urn:a", "@context": {"name": {"@id": "urn:n", "@protected": false}}}}`,
	} {
		f.Add(s)
	}
	adding, any := jsonld.Embedded().WithInline(), jsonld.Embedded().WithInlineUnsafe()
	plain := parse(f, credentialWith(`"name": "N", "tag": ["a", "b"], "creator": {"id": "https://uni.example/i", "type": ["Profile"]}`))
	want, err := jsonld.Embedded().Quads(f.Context(), plain)
	if err != nil {
		f.Fatal(err)
	}
	contexts, _ := plain.Get("@context")
	f.Fuzz(func(t *testing.T, context string) {
		start := time.Now()
		defer func() {
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("it took %v", took)
			}
		}()
		c, err := schema.Parse([]byte(context), schema.Limits{})
		if err != nil {
			return
		}
		v := plain.With("@context", schema.ArrayValue(append(slices.Clone(contexts.Items), c.Root())...))
		if len(adding.CheckContexts(v)) == 0 {
			got, err := adding.Quads(t.Context(), v)
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("it is no mere addition: %v", err)
			}
		}
		if len(any.CheckContexts(v)) == 0 {
			if _, err := any.Quads(t.Context(), v); err != nil && strings.Contains(err.Error(), "two readings") {
				t.Fatal(err)
			}
		}
	})
}
