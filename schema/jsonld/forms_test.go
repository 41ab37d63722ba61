package jsonld_test

import (
	"crypto"
	"fmt"
	"strings"
	"testing"

	"merkki/schema/jsonld"
)

// credentialWith is a small credential with members added to the achievement;
// members is the inside of a JSON object.
func credentialWith(members string) string {
	return fmt.Sprintf(`{
	"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
	"id": "https://merkki.example/c/1", "type": ["VerifiableCredential", "OpenBadgeCredential"],
	"issuer": {"id": "did:web:merkki.example", "type": ["Profile"], "name": "Merkki"},
	"validFrom": "2026-01-01T00:00:00Z", "name": "A",
	"credentialSubject": {"id": "urn:uuid:0b2f7f52-1f0e-4bd5-9e4e-111111111111", "type": ["AchievementSubject"],
	"achievement": {"id": "https://merkki.example/a/1", "type": ["Achievement"], %s}}}`, members)
}

const voc = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"

// A form is a way to write something: members of an achievement, or a whole
// document.
type form struct{ name, json, line string }

func (f form) document() string {
	if strings.HasPrefix(f.json, "{") {
		return f.json
	}
	return credentialWith(f.json)
}

// formsThatExpand are forms of values, each with a line that its canonical form
// must have. The subject of the line is left out.
var formsThatExpand = []form{
	{"integer under xsd:float", `"creditsAvailable": 5`, `<` + voc + `creditsAvailable> "5"^^<https://www.w3.org/2001/XMLSchema#float>`},
	{"decimal under xsd:float", `"creditsAvailable": 5.5`, `<` + voc + `creditsAvailable> "5.5E0"^^<https://www.w3.org/2001/XMLSchema#float>`},
	{"string under xsd:float", `"creditsAvailable": "5.50"`, `<` + voc + `creditsAvailable> "5.50"^^<https://www.w3.org/2001/XMLSchema#float>`},
	{"integer without type", `"version": 3`, `<` + voc + `version> "3"^^<http://www.w3.org/2001/XMLSchema#integer>`},
	{"zero", `"version": 0`, `<` + voc + `version> "0"^^<http://www.w3.org/2001/XMLSchema#integer>`},
	{"integer spelled as decimal", `"version": 3.0`, `<` + voc + `version> "3"^^<http://www.w3.org/2001/XMLSchema#integer>`},
	{"largest integer", `"version": 9007199254740991`, `<` + voc + `version> "9007199254740991"^^<http://www.w3.org/2001/XMLSchema#integer>`},
	{"negative decimal", `"version": -0.25`, `<` + voc + `version> "-2.5E-1"^^<http://www.w3.org/2001/XMLSchema#double>`},
	{"smallest decimal", `"version": 0.000001`, `<` + voc + `version> "1.0E-6"^^<http://www.w3.org/2001/XMLSchema#double>`},
	{"fifteen digits", `"version": 12345678901234.5`, `<` + voc + `version> "1.23456789012345E13"^^<http://www.w3.org/2001/XMLSchema#double>`},
	{"boolean", `"version": true`, `<` + voc + `version> "true"^^<http://www.w3.org/2001/XMLSchema#boolean>`},
	{"language", `"name": {"@value": "Märke", "@language": "sv-FI"}`, `<https://schema.org/name> "Märke"@sv-fi`},
	{"language and direction", `"name": {"@value": "HTML", "@language": "en", "@direction": "rtl"}`, `<https://schema.org/name> "HTML"^^<https://www.w3.org/ns/i18n#en_rtl>`},
	{"direction alone", `"name": {"@value": "HTML", "@direction": "rtl"}`, `<https://schema.org/name> "HTML"^^<https://www.w3.org/ns/i18n#_rtl>`},
	{"value object with a datatype", `"name": {"@value": "1", "type": "https://merkki.example/t"}`, `<https://schema.org/name> "1"^^<https://merkki.example/t>`},
	{"value object with a string's datatype", `"name": {"@value": "1", "type": "http://www.w3.org/2001/XMLSchema#string"}`, `<https://schema.org/name> "1" .`},
	{"several languages", `"name": [{"@value": "Merkki", "@language": "fi"}, {"@value": "Märke", "@language": "sv"}]`, `<https://schema.org/name> "Merkki"@fi`},
	{"escapes", `"name": "a\u0001\b\t\n\f\r\"\\\u007f"`, `<https://schema.org/name> "a\u0001\b\t\n\f\r\"\\\u007F"`},
	{"property as IRI", `"https://merkki.example/p": "x"`, `<https://merkki.example/p> "x"`},
	{"type as IRI", `"criteria": {"type": "https://merkki.example/T"}`, `<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://merkki.example/T>`},
	{"identifier as string", `"image": "https://merkki.example/i.png"`, `<` + voc + `image> <https://merkki.example/i.png>`},
	{"blank node label", `"image": {"id": "_:b0", "type": "Image"}`, `<` + voc + `image> _:c14n0`},
	{"array in an array", `"tag": ["a", ["b", "c"]]`, `<https://schema.org/keywords> "b"`},
	{"empty array", `"tag": []`, ``},
	{"empty object", `"criteria": {}`, `<` + voc + `Criteria> _:c14n0`},
	{"the same thing twice", `"tag": ["a", "a"]`, `<https://schema.org/keywords> "a"`},
	{"list", `"resultDescription": [{"id": "urn:uuid:0b2f7f52-1f0e-4bd5-9e4e-222222222222", "type": ["ResultDescription"],
		"allowedValue": ["B", "A", "B"]}]`, `<http://www.w3.org/1999/02/22-rdf-syntax-ns#first> "A"`},
	{"empty list", `"resultDescription": [{"id": "urn:uuid:0b2f7f52-1f0e-4bd5-9e4e-222222222222", "type": ["ResultDescription"],
		"allowedValue": []}]`, `<` + voc + `allowedValue> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>`},
	{"embedded endorsement", `"endorsement": [{"@context": ["https://www.w3.org/ns/credentials/v2",
		"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"], "id": "urn:uuid:0b2f7f52-1f0e-4bd5-9e4e-333333333333",
		"type": ["VerifiableCredential", "EndorsementCredential"], "issuer": "did:example:2", "validFrom": "2026-01-02T00:00:00Z",
		"credentialSubject": {"id": "https://merkki.example/a/1", "type": ["EndorsementSubject"], "endorsementComment": "Good"}}]`,
		`<` + voc + `endorsementComment> "Good"`},
	{"proof, which is a graph of its own", `{"@context": "https://www.w3.org/ns/credentials/v2", "type": "VerifiableCredential",
		"proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"}}`,
		`_:c14n1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/security#DataIntegrityProof> _:c14n0 .`},
	{"JSON literal", `{"@context": "https://www.w3.org/ns/credentials/v2", "type": "VerifiableCredential", "credentialSchema":
		{"id": "https://merkki.example/s", "type": "JsonSchema", "jsonSchema": {"b": [1.0, null, "\u000f\n\\"], "@a": {}, "": 0.000002}}}`,
		`"{\"\":0.000002,\"@a\":{},\"b\":[1,null,\"\\u000f\\n\\\\\"]}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>`},
}

func TestForms(t *testing.T) {
	r := jsonld.Embedded()
	for _, f := range formsThatExpand {
		got, err := canonical(t.Context(), r, parse(t, f.document()), crypto.SHA256)
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
		} else if !strings.Contains(got, f.line) {
			t.Errorf("%s: no line has %s in\n%s", f.name, f.line, got)
		}
	}
}
