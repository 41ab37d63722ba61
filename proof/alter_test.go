package proof_test

import (
	"errors"
	"strings"
	"testing"

	"merkki/keys/did"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/schematest"
)

// Every changed leaf, removed member and added member of a signed credential,
// proof included: nothing opens, and the reason is a finding.
func TestEveryAlterationIsRefused(t *testing.T) {
	key, issuer := didKey(t, "issuer")
	reasons := map[string]int{}
	for seed := range uint64(many(2, 40)) {
		doc := secure(t, unsigned(9000+seed, issuer), key)
		for what, altered := range schematest.Mutations(doc.Root()) {
			_, err := proof.Open(t.Context(), schema.Marshal(altered), did.New(nothing{}))
			f, ok := errors.AsType[*schema.Fault](err)
			if fs, many := errors.AsType[jsonld.Faults](err); many {
				f, ok = fs[0], true
			}
			if !ok {
				t.Errorf("%s: %v", what, err)
				continue
			}
			reasons[f.Finding]++
		}
	}
	for _, must := range []string{"signature.mismatch", "terms.undefined", "format.member-missing", "format.proof-terms", "format.algorithm-unknown"} {
		if reasons[must] == 0 {
			t.Errorf("no alteration was refused with %s: %v", must, reasons)
		}
	}
	t.Logf("%v", reasons)
}

// What a signature over RDF cannot see, because it says the same: exactly this
// list. Whoever decides by such a difference decides by something unsigned.
func TestInvisibleAlterations(t *testing.T) {
	key, issuer := didKey(t, "issuer")
	v := unsigned(9100, issuer).
		With("type", schema.ArrayValue(schema.StringValue("VerifiableCredential"), schema.StringValue("OpenBadgeCredential"))).
		Without("evidence")
	doc := secure(t, v, key)
	text := string(doc.Raw())
	claims, _ := doc.Root().Get("credentialSubject")
	achievement, _ := claims.Get("achievement")
	brief := schema.ObjectValue(
		schema.Member{Name: "id", Value: schema.StringValue(achievement.GetString("id"))},
		schema.Member{Name: "type", Value: schema.ArrayValue(schema.StringValue("Achievement"))},
	)
	contexts, _ := doc.Root().Get("@context")
	for _, c := range []struct{ name, text string }{
		{"the other name of the credential type", strings.Replace(text, `"OpenBadgeCredential"`, `"AchievementCredential"`, 1)},
		{"an appended registered context that redefines nothing in use", string(schema.Marshal(doc.Root().With("@context",
			schema.ArrayValue(append(contexts.Items[:len(contexts.Items):len(contexts.Items)], schema.StringValue("https://w3id.org/security/data-integrity/v2"))...))))},
		{"an empty array", string(schema.Marshal(doc.Root().With("evidence", schema.ArrayValue())))},
		{"a statement said twice about one id", string(schema.Marshal(doc.Root().With("credentialSubject",
			claims.With("achievement", schema.ArrayValue(achievement, brief)))))},
		{"the order of members", string(schema.Marshal(doc.Root().Without("name").With("name", mustGet(doc.Root(), "name"))))},
		{"a single value instead of a list of one", strings.Replace(text, `"type":["AchievementSubject"]`, `"type":"AchievementSubject"`, 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.text == text {
				t.Fatal("the row changes nothing")
			}
			if _, err := proof.Open(t.Context(), []byte(c.text), did.New(nothing{})); err != nil {
				t.Errorf("opened: %v", err)
			}
		})
	}
}

func mustGet(v schema.Value, name string) schema.Value {
	m, ok := v.Get(name)
	if !ok {
		panic(name)
	}
	return m
}
