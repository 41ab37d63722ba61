package jsonld_test

import (
	"crypto"
	"errors"
	"strings"
	"testing"

	"merkki/schema"
	"merkki/schema/jsonld"
)

const goldenMicroCredential = "../microcredential/testdata/medsafe-openbadge"

// TestMicroCredential: the vocabulary of micro-credentials loses nothing, and
// gives the bytes that jsonld.js in safe mode gave.
func TestMicroCredential(t *testing.T) {
	for name, r := range map[string]*jsonld.Register{"": jsonld.Embedded(), "with the earlier context of Open Badges 3.0.3": jsonld.Embedded().VariantA()} {
		v := parse(t, string(read(t, goldenMicroCredential+".json"))).Without("proof")
		got, err := canonical(t.Context(), r, v, crypto.SHA256)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := string(read(t, goldenMicroCredential+".canonical.nq")); got != want {
			t.Errorf("%s: canonical form\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestMicroCredentialContext: what would let a term mean something else in
// another company must never get into the context.
func TestMicroCredentialContext(t *testing.T) {
	v := parse(t, string(read(t, "contexts/mc-v1.jsonld")))
	context, _ := v.Get("@context")
	classes := 0
	for _, term := range context.Members {
		switch term.Name {
		case "@version", "@protected":
			continue
		}
		classes++
		if !strings.HasPrefix(term.Name, "Mc") || !strings.HasPrefix(term.Value.GetString("@id"), "https://w3id.org/merkki/mc#Mc") {
			t.Errorf("%s stands at the top and is no class of ours", term.Name)
		}
		scoped, _ := term.Value.Get("@context")
		for _, p := range scoped.Members {
			if p.Name == "@protected" {
				continue
			}
			if strings.HasPrefix(p.Name, "@") || strings.HasPrefix(p.Value.Text, "@") {
				t.Errorf("%s: %s is a keyword, or another name for one", term.Name, p.Name)
			}
			id := p.Value.GetString("@id")
			if !strings.HasPrefix(id, "https://") && !strings.HasPrefix(id, "http://") {
				t.Errorf("%s: %s is %q, which is no absolute address", term.Name, p.Name, id)
			}
			if _, has := p.Value.Get("@prefix"); has {
				t.Errorf("%s: %s is a prefix", term.Name, p.Name)
			}
		}
		if p, _ := scoped.Get("@protected"); len(scoped.Members) > 0 && !p.True {
			t.Errorf("%s: its terms are not protected", term.Name)
		}
	}
	if classes != 15 {
		t.Errorf("%d classes, want 15", classes)
	}
}

// TestLanguageMaps: what a language map may hold. json-gold says the same by
// leaving out, which is why it has to be said here.
func TestLanguageMaps(t *testing.T) {
	const document = `{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json","https://w3id.org/merkki/mc/v1"],
		"type":["VerifiableCredential"],"credentialSubject":{"type":["McPart"],"id":"urn:x:1","partByLanguage":%s}}`
	for value, want := range map[string]string{
		`{"fi":"Osa","sv":"Del"}`:       "",
		`{"fi":["Osa","Toinen"]}`:       "",
		`{"sr-Latn-RS":"Deo"}`:          "",
		`"Osa"`:                         "",
		`{"fi":"Osa","not a tag":"x"}`:  "terms.language /credentialSubject/partByLanguage/not a tag",
		`{"fi":"Osa","@none":"x"}`:      "terms.language /credentialSubject/partByLanguage/@none",
		`{"fi":"Osa","sv":null}`:        "terms.null /credentialSubject/partByLanguage/sv",
		`{"fi":"Osa","sv":["Del",5]}`:   "terms.language /credentialSubject/partByLanguage/sv/1",
		`{"fi":"Osa","sv":{"x":"Del"}}`: "terms.language /credentialSubject/partByLanguage/sv",
	} {
		v := parse(t, strings.Replace(document, "%s", value, 1))
		_, err := jsonld.Embedded().Quads(t.Context(), v)
		got := ""
		if f, ok := errors.AsType[*schema.Fault](err); ok {
			got = f.Finding + " " + f.Pointer
		} else if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
}
