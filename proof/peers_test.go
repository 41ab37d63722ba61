package proof_test

import (
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/keys/did"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/schematest"
)

// many is the short or the long form of a count.
func many(short, long int) int {
	if os.Getenv("MERKKI_LONG") == "1" {
		return long
	}
	return short
}

// contextsFor gives the peers the contexts of what Merkki issues.
func contextsFor(t *testing.T) any {
	t.Helper()
	byURL := map[string][]byte{}
	for _, u := range []string{
		"https://www.w3.org/ns/credentials/v2",
		"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
		"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
		"https://w3id.org/security/suites/ed25519-2020/v1",
	} {
		b, ok := jsonld.Embedded().Context(u)
		if !ok {
			t.Fatalf("no context %s", u)
		}
		byURL[u] = b
	}
	return judge.Documents(byURL)
}

// A verdict is the answer of verify.mjs.
type verdict struct {
	Verified bool
	Error    string
}

func askPeer(t *testing.T, tasks []any) []verdict {
	t.Helper()
	answers := judge.Node(t, "verify.mjs", append([]any{contextsFor(t)}, tasks...)...)
	if len(answers) != len(tasks) {
		t.Fatalf("%d answers to %d questions", len(answers), len(tasks))
	}
	vs := make([]verdict, len(answers))
	for i, b := range answers {
		if err := json.Unmarshal(b, &vs[i]); err != nil {
			t.Fatal(err)
		}
		// A refusal for want of a context would be a refusal of nothing.
		if strings.Contains(vs[i].Error, "not among the given documents: https://www.w3.org") ||
			strings.Contains(vs[i].Error, "not among the given documents: https://purl") {
			t.Fatalf("the peer lacks a document: %s", vs[i].Error)
		}
	}
	return vs
}

// question asks at a moment inside the period of validity.
func question(v schema.Value, b []byte) any {
	return map[string]any{"credential": json.RawMessage(b), "now": v.GetString("validFrom")}
}

// Digital Bazaar accepts what we sign, and refuses every
// alteration that our signature or lossless check refuses.
func TestPeerJudgesOurs(t *testing.T) {
	judge.Peers(t)
	key, issuer := didKey(t, "issuer")
	rnd := rand.New(rand.NewPCG(1, 1))
	var good, bad []any
	var what []string
	for seed := range uint64(many(25, 400)) {
		v := unsigned(1000+seed, issuer)
		doc := secure(t, v, key)
		good = append(good, question(v, doc.Raw()))
		var changes []string
		altered := map[string]schema.Value{}
		for name, m := range schematest.Mutations(doc.Root()) {
			changes = append(changes, name)
			altered[name] = m
		}
		for range many(12, 60) {
			name := changes[rnd.IntN(len(changes))]
			b := schema.Marshal(altered[name])
			_, err := proof.Open(t.Context(), b, did.New(nothing{}))
			if isFinding(err, "signature.mismatch") || isTerms(err) {
				bad = append(bad, question(v, b))
				what = append(what, name)
			}
		}
	}
	for i, v := range askPeer(t, good) {
		if !v.Verified {
			t.Errorf("credential %d is refused: %s", i, v.Error)
		}
	}
	if len(bad) < len(good) {
		t.Fatalf("only %d altered documents", len(bad))
	}
	for i, v := range askPeer(t, bad) {
		if v.Verified {
			t.Errorf("accepted although %s", what[i])
		}
	}
	t.Logf("%d accepted, %d altered and refused", len(good), len(bad))
}

// isTerms reports a fault of document.terms.
func isTerms(err error) bool {
	fs, ok := err.(jsonld.Faults)
	return ok && strings.HasPrefix(fs[0].Finding, "terms.")
}

// We accept what Digital Bazaar signs, find the same bytes, and would have
// made the same signature.
func TestOursJudgesPeer(t *testing.T) {
	judge.Peers(t)
	key, issuer := didKey(t, "issuer")
	lines := []any{contextsFor(t)}
	var docs []schema.Value
	for seed := range uint64(many(25, 400)) {
		v := unsigned(5000+seed, issuer)
		docs = append(docs, v)
		lines = append(lines, map[string]any{
			"credential": json.RawMessage(schema.Marshal(v)), "seed": hex.EncodeToString(key.Seed()), "created": schema.FormatTime(created),
		})
	}
	for i, b := range judge.Node(t, "issue.mjs", lines...) {
		var theirs struct {
			Credential json.RawMessage
			judge.IndependentParts
			Error string
		}
		if err := json.Unmarshal(b, &theirs); err != nil || theirs.Error != "" {
			t.Fatalf("%v %s", err, theirs.Error)
		}
		o, err := proof.Open(t.Context(), theirs.Credential, did.New(nothing{}))
		if err != nil {
			t.Errorf("credential %d: %v", i, err)
			continue
		}
		if o.Evidence.CanonicalDocument() != theirs.CanonicalDocument || o.Evidence.CanonicalProof() != theirs.CanonicalProof {
			t.Errorf("credential %d: other canonical forms", i)
		}
		ours := secure(t, docs[i], key).Root().GetList("proof")[0].GetString("proofValue")
		doc := parse(t, string(theirs.Credential))
		if value := doc.Root().GetList("proof")[0].GetString("proofValue"); value != ours {
			t.Errorf("credential %d: proofValue %s, ours %s", i, value, ours)
		}
	}
}

// What the README invites readers to paste elsewhere is accepted elsewhere,
// and valid under the official schema, under either variant of its context.
func TestPeerJudgesSelfContained(t *testing.T) {
	judge.Peers(t)
	b := readFile(t, judge.Root()+"/testdata/selfcontained.json")
	v := parse(t, string(b)).Root()
	if got := askPeer(t, []any{question(v, b)})[0]; !got.Verified {
		t.Error(got.Error)
	}
	answers := judge.Node(t, "ajv.mjs",
		map[string]any{"schema": json.RawMessage(readFile(t, judge.Data(t, "schemas", "ob_v3p0_achievementcredential_schema.vcdm2.json.c73e966.json")))},
		map[string]any{"instance": json.RawMessage(b)})
	var result struct {
		Valid  bool
		Errors json.RawMessage
	}
	if err := json.Unmarshal(answers[1], &result); err != nil || !result.Valid {
		t.Errorf("ajv: %v %s", err, result.Errors)
	}
	for _, variant := range []string{"spec-repo-2025-04", "validator-1.11.0"} {
		documents := judge.Documents(map[string][]byte{
			"https://www.w3.org/ns/credentials/v2":                       readFile(t, judge.Data(t, "contexts", "credentials-v2.w3c-repo.jsonld")),
			"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": readFile(t, judge.Data(t, "contexts", "ob-v3p0-context-3.0.3."+variant+".json")),
		})
		var got verdict
		if err := json.Unmarshal(judge.Node(t, "verify.mjs", documents, question(v, b))[0], &got); err != nil || !got.Verified {
			t.Errorf("context %s: %v %s", variant, err, got.Error)
		}
	}
}
