package proof_test

import (
	"testing"

	"merkki/proof"
	"merkki/schema"
)

// Envelopes (VC Data Model 2.0, section 4.13).
func TestUnwrap(t *testing.T) {
	const head = `{"@context": "https://www.w3.org/ns/credentials/v2", `
	for _, c := range []struct{ document, token, finding string }{
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a.b.c"}`, "a.b.c", ""},
		{head + `"type": ["EnvelopedVerifiablePresentation"], "id": "data:application/vp+jwt,a.b.c"}`, "a.b.c", ""},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a%2Eb.c"}`, "a%2Eb.c", ""}, // never decoded
		{head + `"type": "VerifiableCredential", "id": "data:application/vc+jwt,a.b.c"}`, "", "none"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+sd-jwt,a~b"}`, "", "format.algorithm-unknown"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+cose;base64,AA"}`, "", "format.algorithm-unknown"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vp+jwt,a.b.c"}`, "", "container.envelope-malformed"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt;base64,YQ"}`, "", "container.envelope-malformed"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt"}`, "", "container.envelope-malformed"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:text/plain,a.b.c"}`, "", "container.envelope-malformed"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "https://uni.example/c"}`, "", "container.envelope-malformed"},
		{head + `"type": "EnvelopedVerifiableCredential"}`, "", "container.envelope-malformed"},
		{head + `"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"], "id": "data:application/vc+jwt,a.b.c"}`, "", "container.envelope-malformed"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a.b.c", "name": "unsigned"}`, "", "container.envelope-malformed"},
		{`{"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a.b.c"}`, "", "container.envelope-malformed"},
		{`{"@context": [], "type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a.b.c"}`, "", "container.envelope-malformed"},
		{`{"@context": "https://evil.example/v2", "type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a.b.c"}`, "", "container.envelope-malformed"},
	} {
		doc, err := schema.Parse([]byte(c.document), schema.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		token, is, err := proof.Unwrap(doc.Root())
		switch {
		case c.finding == "none":
			if is || err != nil {
				t.Errorf("%s is no envelope: %v", c.document, err)
			}
		case c.finding != "":
			if !is || !isFinding(err, c.finding) {
				t.Errorf("%s: %v, want %s", c.document, err, c.finding)
			}
		case err != nil || string(token) != c.token:
			t.Errorf("%s: %q, %v", c.document, token, err)
		}
	}
}
