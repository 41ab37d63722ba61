package jsonld_test

import (
	"errors"
	"strings"
	"testing"

	"merkki/schema"
	"merkki/schema/jsonld"
)

const achievement = "/credentialSubject/achievement"

// TestLosses holds one row for each way in which expansion drops or changes
// something: which finding, where, which term, and which context would help.
func TestLosses(t *testing.T) {
	const ob = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
	for _, c := range []struct{ name, json, finding, pointer, args string }{
		{"property", `"ects": 5`, "terms.undefined", achievement + "/ects", "term=ects"},
		{"property of another class", `"givenName": "Aino"`, "terms.undefined", achievement + "/givenName", "context=" + ob + " term=givenName types=Profile"},
		{"property of another context", `"publicKeyMultibase": "z6M"`, "terms.undefined", achievement + "/publicKeyMultibase",
			"context=https://w3id.org/security/multikey/v1 term=publicKeyMultibase types=Multikey"},
		{"property in an object without its type", `"alignment": [{"targetName": "A", "type": ["Alignment"]}, {"targetName": "B"}]`,
			"terms.undefined", achievement + "/alignment/1/targetName", "context=" + ob + " term=targetName types=Alignment"},
		{"property in the wrong case", `"Name": "x"`, "terms.undefined", achievement + "/Name", "term=Name"},
		{"name with a slash and a tilde", `"a/b~c": 1`, "terms.undefined", achievement + "/a~1b~0c", "term=a/b~c"},
		{"property that is a blank node", `"_:p": 1`, "terms.undefined", achievement + "/_:p", "term=_:p"},
		{"property that is no IRI", `"ex:a b": 1`, "terms.invalid-iri", achievement + "/ex:a b", "term=ex:a b"},
		{"type", `"criteria": {"type": ["https://merkki.example/T", "Foo"]}`, "terms.undefined", achievement + "/criteria/type/1", "term=Foo"},
		{"type of another context", `"criteria": {"type": "1EdTechJsonSchemaValidator2019"}`, "terms.undefined", achievement + "/criteria/type",
			"context=https://purl.imsglobal.org/spec/ob/v3p0/extensions.json term=1EdTechJsonSchemaValidator2019"},
		{"type that is no IRI", `"criteria": {"type": "ex:<T>"}`, "terms.invalid-iri", achievement + "/criteria/type", "found=ex:<T>"},
		{"relative identifier", `"criteria": {"id": "criteria.html"}`, "terms.relative-iri", achievement + "/criteria/id", "found=criteria.html"},
		{"relative identifier as string", `"criteria": "criteria.html"`, "terms.relative-iri", achievement + "/criteria", "found=criteria.html"},
		{"empty identifier", `"criteria": {"id": ""}`, "terms.relative-iri", achievement + "/criteria/id", "found="},
		{"fragment as identifier", `"criteria": {"id": "#c"}`, "terms.relative-iri", achievement + "/criteria/id", "found=#c"},
		{"identifier that is a term", `"criteria": {"id": "name"}`, "terms.relative-iri", achievement + "/criteria/id", "found=name"},
		{"identifier that is a keyword", `"criteria": {"id": "@type"}`, "terms.relative-iri", achievement + "/criteria/id", "found=@type"},
		{"identifier with a space", `"criteria": {"id": "https://merkki.example/a b"}`, "terms.invalid-iri", achievement + "/criteria/id", "found=https://merkki.example/a b"},
		{"identifier with a backtick", "\"criteria\": \"https://merkki.example/`\"", "terms.invalid-iri", achievement + "/criteria", "found=https://merkki.example/`"},
		{"language", `"name": {"@value": "x", "@language": "bad lang!"}`, "terms.language", achievement + "/name/@language", "found=bad lang!"},
		{"language that is too long", `"name": {"@value": "x", "@language": "en-abcdefghi"}`, "terms.language", achievement + "/name/@language", "found=en-abcdefghi"},
		{"direction", `"name": {"@value": "x", "@direction": "up"}`, "terms.language", achievement + "/name/@direction", "found=up"},
		{"null", `"version": null`, "terms.null", achievement + "/version", "term=version"},
		{"null in an array", `"tag": ["a", null]`, "terms.null", achievement + "/tag/1", "term=tag"},
		{"null type", `"criteria": {"type": [null]}`, "terms.null", achievement + "/criteria/type/0", ""},
		{"null value", `"name": {"@value": null}`, "terms.null", achievement + "/name/@value", "term=@value"},
		{"null under an undefined name", `"foo": null`, "terms.null", achievement + "/foo", "term=foo"},
		{"empty name", `"": 1`, "terms.empty-name", achievement + "/", ""},
		{"@index", `"@index": "x"`, "terms.keyword", achievement + "/@index", "term=@index"},
		{"@index in a value", `"name": {"@value": "x", "@index": "y"}`, "terms.keyword", achievement + "/name/@index", "term=@index"},
		{"@id", `"criteria": {"@id": "https://merkki.example/x"}`, "terms.keyword", achievement + "/criteria/@id", "term=@id"},
		{"@graph", `"@graph": []`, "terms.keyword", achievement + "/@graph", "term=@graph"},
		{"@list", `"tag": {"@list": ["a"]}`, "terms.keyword", achievement + "/tag/@list", "term=@list"},
		{"@reverse", `"@reverse": {}`, "terms.keyword", achievement + "/@reverse", "term=@reverse"},
		{"what looks like a keyword", `"@foo": 1`, "terms.keyword", achievement + "/@foo", "term=@foo"},
		{"an at sign alone", `"@": 1`, "terms.keyword", achievement + "/@", "term=@"},
		{"member beside @value", `"name": {"@value": "x", "name": "y"}`, "terms.undefined", achievement + "/name/name", "term=name"},
		{"datatype", `"name": {"@value": "x", "type": "Foo"}`, "terms.undefined", achievement + "/name/type", "term=Foo"},
		{"property that lost its scope", `"criteria": {"narrative": "x", "humanCode": "y"}`, "terms.undefined", achievement + "/criteria/humanCode",
			"context=" + ob + " term=humanCode types=Achievement"},
		{"in an embedded endorsement", `"endorsement": [{"@context": ["https://www.w3.org/ns/credentials/v2"],
			"type": ["VerifiableCredential"], "issuer": "x", "credentialSubject": {"id": "did:example:1"}}]`,
			"terms.relative-iri", achievement + "/endorsement/0/issuer", "found=x"},
		{"several, the primary first", `"foo": 1, "criteria": {"id": "x"}, "bar": null, "tag": [null]`, "terms.null", achievement + "/bar", "term=bar"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := jsonld.Embedded().Quads(t.Context(), parse(t, credentialWith(c.json)))
			f, ok := errors.AsType[*schema.Fault](err)
			if !ok {
				t.Fatalf("got %v, want a fault", err)
			}
			if f.Finding != c.finding || f.Pointer != c.pointer {
				t.Errorf("%s at %q, want %s at %q", f.Finding, f.Pointer, c.finding, c.pointer)
			}
			if got := f.Error(); !strings.HasSuffix(got, strings.TrimSpace(c.pointer+" "+c.args)) {
				t.Errorf("arguments of %q, want %q", got, c.args)
			}
		})
	}
}

// TestAllLossesAreNamed: a document says at once what is wrong with it.
func TestAllLossesAreNamed(t *testing.T) {
	_, err := jsonld.Embedded().Quads(t.Context(), parse(t, credentialWith(
		`"foo": 1, "criteria": {"id": "x", "bar": {"baz": 1}}, "tag": [null]`)))
	faults, ok := errors.AsType[jsonld.Faults](err)
	if !ok {
		t.Fatalf("got %v, want several faults", err)
	}
	var got []string
	for _, f := range faults {
		got = append(got, f.Finding+" "+strings.TrimPrefix(f.Pointer, achievement))
	}
	want := "terms.null /tag/0, terms.relative-iri /criteria/id, terms.undefined /foo, terms.undefined /criteria/bar"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got %s, want %s", s, want)
	}
}

// TestRefusals: documents that do not lose a member and still cannot be signed.
func TestRefusals(t *testing.T) {
	for name, text := range map[string]string{
		"nothing is said":             `{"@context": "https://www.w3.org/ns/credentials/v2"}`,
		"only an identifier":          `{"@context": "https://www.w3.org/ns/credentials/v2", "id": "urn:x:1"}`,
		"a proof that is only a name": `{"@context": "https://www.w3.org/ns/credentials/v2", "type": "VerifiableCredential", "proof": "urn:x:1"}`,
		"identifier that is a list":   credentialWith(`"criteria": {"id": ["https://merkki.example/x"]}`),
		"type that is a number":       credentialWith(`"criteria": {"type": 5}`),
		"value that is an object":     credentialWith(`"name": {"@value": {}}`),
		"number with a language":      credentialWith(`"name": {"@value": 5, "@language": "fi"}`),
		"context that is an object":   credentialWith(`"criteria": {"@context": {"name": null}}`),
		"context that is null":        credentialWith(`"criteria": {"@context": null, "narrative": "x"}`),
		"context not registered":      credentialWith(`"criteria": {"@context": "https://x.example/", "narrative": "x"}`),
		"type and language":           credentialWith(`"name": {"@value": "x", "@language": "fi", "type": "https://merkki.example/t"}`),
	} {
		if q, err := jsonld.Embedded().Quads(t.Context(), parse(t, text)); err == nil {
			t.Errorf("%s: accepted as %v", name, q)
		}
	}
}
