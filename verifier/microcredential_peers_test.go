package verifier_test

import (
	"encoding/json"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema/jsonld"
	mc "merkki/schema/microcredential"
	"merkki/schema/microcredential/examples"
	"merkki/verifier/virtual"
)

// TestDigitalBazaarVerifiesMicroCredentials: Digital Bazaar's verifier, given the
// context, accepts a signed credential of every example and refuses each with one
// code changed; without the context it can say nothing.
func TestDigitalBazaarVerifiesMicroCredentials(t *testing.T) {
	uni := virtual.New().Key("north")
	contexts := map[string][]byte{}
	for _, url := range []string{
		"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
		"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", mc.ContextURL,
	} {
		contexts[url], _ = jsonld.Embedded().Context(url)
	}
	var lines []any
	names := examples.Names()
	for _, name := range names {
		v, _ := examples.Awarded(name, uni.ID())
		signed := uni.Sign(v)
		altered := strings.Replace(string(signed), mc.ECTS, "http://data.europa.eu/snb/education-credit/0000000000", 1)
		for _, b := range []string{string(signed), altered} {
			lines = append(lines, map[string]any{"credential": json.RawMessage(b), "now": "2026-11-25T12:00:00Z"})
		}
	}
	ask := func(lines ...any) (verified []bool, said []string) {
		for _, b := range judge.Node(t, "verify.mjs", lines...) {
			var a struct {
				Verified bool
				Error    string
			}
			if err := json.Unmarshal(b, &a); err != nil {
				t.Fatal(err)
			}
			verified, said = append(verified, a.Verified), append(said, a.Error)
		}
		return verified, said
	}
	verified, said := ask(append([]any{judge.Documents(contexts)}, lines...)...)
	if len(verified) != 2*len(names) {
		t.Fatalf("%d answers to %d questions", len(verified), 2*len(names))
	}
	for i, ok := range verified {
		if want := i%2 == 0; ok != want || strings.Contains(said[i], "not among the given documents") {
			t.Errorf("%s, altered %v: verified %v %s", names[i/2], !want, ok, said[i])
		}
	}
	delete(contexts, mc.ContextURL)
	if verified, said := ask(judge.Documents(contexts), lines[0]); verified[0] || !strings.Contains(said[0], mc.ContextURL) {
		t.Errorf("without the context: %v %s", verified, said)
	}
}
