package jsonld_test

import (
	"crypto"
	"encoding/json"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
)

const presentation = `{
	"@context": ["https://www.w3.org/ns/credentials/v2"],
	"type": ["VerifiablePresentation"], "holder": "did:example:holder",
	"verifiableCredential": [{
		"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
		"id": "urn:x:credential", "type": ["VerifiableCredential", "OpenBadgeCredential"],
		"issuer": {"id": "did:example:issuer", "type": ["Profile"], "name": "N"}
	}, {"@context": "https://www.w3.org/ns/credentials/v2", "id": "data:application/vc+jwt,eyJh.eyJh.AAAA", "type": "EnvelopedVerifiableCredential"}]
}`

func TestPresentationAgreesWithJavaScript(t *testing.T) {
	r := jsonld.Embedded()
	answers := judge.Node(t, "canonize.mjs", judge.Documents(byURL(r)), map[string]any{"document": json.RawMessage(presentation)})
	var peer struct{ Canonical, Error string }
	if err := json.Unmarshal(answers[0], &peer); err != nil {
		t.Fatal(err)
	}
	ours, err := canonical(t.Context(), r, parse(t, presentation), crypto.SHA256)
	if err != nil || peer.Error != "" || ours != peer.Canonical {
		t.Errorf("%v %s\nours\n%speer\n%s", err, peer.Error, ours, peer.Canonical)
	}
}

// TestPresentedCredentialsAreGraphs: each credential of a presentation is a
// graph of its own, nothing of it a statement of the presentation.
func TestPresentedCredentialsAreGraphs(t *testing.T) {
	quads, err := jsonld.Embedded().Quads(t.Context(), parse(t, presentation))
	if err != nil {
		t.Fatal(err)
	}
	graphs := map[string]bool{}
	for _, q := range quads {
		in := q.Graph != (rdfcanon.Term{})
		if about := q.Subject.Value == "urn:x:credential" || strings.HasPrefix(q.Subject.Value, "d") && q.Subject.Kind == rdfcanon.IRI; about != in {
			t.Errorf("%s", q)
		}
		if in {
			graphs[q.Graph.Value] = true
		}
	}
	if len(graphs) != 2 {
		t.Errorf("%d graphs", len(graphs))
	}
}
