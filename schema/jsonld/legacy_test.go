package jsonld_test

import (
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"merkki/internal/judge"
	"merkki/schema/jsonld"
)

// The contexts that stand together in credentials of earlier versions.
var earlier = []struct {
	name, contexts, types string
}{
	{"Open Badges 3.0.0", `"https://www.w3.org/2018/credentials/v1", "https://purl.imsglobal.org/spec/ob/v3p0/context.json"`, `"OpenBadgeCredential"`},
	{"Open Badges 3.0.0 by its other address", `"https://www.w3.org/2018/credentials/v1", "https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld"`, `"OpenBadgeCredential"`},
	{"Open Badges 3.0.1", `"https://www.w3.org/2018/credentials/v1", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"`, `"OpenBadgeCredential"`},
	{"Open Badges 3.0.2 with its suite", `"https://www.w3.org/2018/credentials/v1", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json", "https://w3id.org/security/suites/ed25519-2020/v1"`, `"OpenBadgeCredential"`},
	{"Open Badges 3.0.3 on 1.1", `"https://www.w3.org/2018/credentials/v1", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "https://w3id.org/security/data-integrity/v1"`, `"OpenBadgeCredential"`},
	{"with an older status list", `"https://www.w3.org/2018/credentials/v1", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json", "https://w3id.org/vc/status-list/2021/v1"`, `"OpenBadgeCredential"`},
	{"Open Badges 3.0.2 on 2.0", `"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"`, `"OpenBadgeCredential"`},
	{"2.0 with an older suite", `"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "https://w3id.org/security/suites/ed25519-2020/v1"`, `"OpenBadgeCredential"`},
	{"CLR 2.0.0", `"https://www.w3.org/2018/credentials/v1", "https://purl.imsglobal.org/spec/clr/v2p0/context.json", "https://purl.imsglobal.org/spec/ob/v3p0/context.json"`, `"ClrCredential"`},
	{"CLR 2.0.1", `"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"`, `"ClrCredential"`},
}

// Under each of them a document says to us what it says to jsonld.js.
func TestEarlierVersionsAgreeWithJavaScript(t *testing.T) {
	r := jsonld.Embedded()
	lines := []any{judge.Documents(byURL(r))}
	for _, e := range earlier {
		lines = append(lines, map[string]any{"document": json.RawMessage(earlierDocument(e.contexts, e.types))})
	}
	for i, a := range judge.Node(t, "canonize.mjs", lines...) {
		var peer struct{ Canonical, Error string }
		if err := json.Unmarshal(a, &peer); err != nil {
			t.Fatal(err)
		}
		v := parse(t, earlierDocument(earlier[i].contexts, earlier[i].types))
		if faults := r.CheckContexts(v); len(faults) > 0 {
			t.Errorf("%s: %v", earlier[i].name, faults[0])
		}
		ours, err := canonical(t.Context(), r, v, crypto.SHA256)
		if err != nil || peer.Error != "" || ours != peer.Canonical {
			t.Errorf("%s: %v, peer: %s\nours\n%speer\n%s", earlier[i].name, err, peer.Error, ours, peer.Canonical)
		}
	}
}

func earlierDocument(contexts, types string) string {
	return fmt.Sprintf(`{"@context": [%s], "id": "https://uni.example/c/1", "type": ["VerifiableCredential", %s],
		"issuer": {"id": "https://uni.example/issuer", "type": ["Profile"], "name": "U"},
		"credentialSubject": {"id": "did:example:s", "type": ["AchievementSubject"],
			"achievement": {"id": "https://uni.example/a/1", "type": ["Achievement"], "name": "A", "description": "D",
				"criteria": {"narrative": "N"}, "achievementType": "Badge"}}}`, contexts, types)
}

// A badge and a CLR of the implementation guide, to the byte.
func TestImplementationGuide(t *testing.T) {
	dir := judge.Data(t, "openbadges", "impl-guide")
	for _, name := range []string{"obv3p0", "clrv2p0"} {
		v := parse(t, string(read(t, dir, name+"-signed.json"))).Without("proof")
		got, err := canonical(t.Context(), jsonld.Embedded(), v, crypto.SHA256)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := string(read(t, dir, name+"-document-canon.nq")); got != want {
			t.Errorf("%s: canonical form\n%s\nwant\n%s", name, got, want)
		}
	}
}

// An undefined word is explained by contexts that could be added, and the other
// base context never can.
func TestExplanationKeepsToTheBase(t *testing.T) {
	doc := parse(t, credentialWith(`"name": "N", "refreshService": "x", "issuanceDate": "2026-01-01T00:00:00Z"`))
	_, err := jsonld.Embedded().Quads(t.Context(), doc)
	faults, ok := errors.AsType[jsonld.Faults](err)
	if !ok {
		t.Fatal(err)
	}
	for _, f := range faults {
		if f.Args["context"] == jsonld.BaseV1 {
			t.Errorf("%v is explained by %v", f.Args["term"], f.Args["context"])
		}
	}
}
