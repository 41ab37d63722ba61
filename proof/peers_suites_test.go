package proof_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/mr-tron/base58"

	"merkki/internal/judge"
	"merkki/keys"
	"merkki/keys/did"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/schematest"
)

// A peerKey is a key that both sides sign with.
type peerKey struct {
	signer keys.Signer
	did    string
	fields map[string]any // for issue.mjs
}

func edPeerKey(t *testing.T) peerKey {
	key, did := didKey(t, "issuer")
	return peerKey{key, did, map[string]any{"seed": hex.EncodeToString(key.Seed())}}
}

func ecPeerKey(t *testing.T, curve elliptic.Curve, prefix byte) peerKey {
	t.Helper()
	key, did := ecKey(t, curve, "issuer")
	secret, err := key.Signer.(*ecdsa.PrivateKey).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return peerKey{key, did, map[string]any{
		"secret": "z" + base58.Encode(append([]byte{prefix, 0x26}, secret...)), "public": did[len("did:key:"):],
	}}
}

// A peerSuite is a suite as both sides have it.
type peerSuite struct {
	name string
	key  func(*testing.T) peerKey
}

var peerSuites = []peerSuite{
	{"eddsa-rdfc-2022", edPeerKey},
	{"eddsa-jcs-2022", edPeerKey},
	{"ecdsa-rdfc-2019", func(t *testing.T) peerKey { return ecPeerKey(t, elliptic.P256(), 0x86) }},
	{"ecdsa-rdfc-2019", func(t *testing.T) peerKey { return ecPeerKey(t, elliptic.P384(), 0x87) }},
	{"ecdsa-jcs-2019", func(t *testing.T) peerKey { return ecPeerKey(t, elliptic.P256(), 0x86) }},
	{"ecdsa-jcs-2019", func(t *testing.T) peerKey { return ecPeerKey(t, elliptic.P384(), 0x87) }},
}

func (s peerSuite) title(k peerKey) string {
	return s.name + " " + string(keys.AlgorithmOf(k.signer.Public()))
}

// issuePeer is a task for issue.mjs.
func issuePeer(suite string, k peerKey, v schema.Value, more map[string]any) any {
	task := map[string]any{"credential": json.RawMessage(schema.Marshal(v)), "suite": suite, "created": schema.FormatTime(created)}
	for _, fields := range []map[string]any{k.fields, more} {
		for n, f := range fields {
			task[n] = f
		}
	}
	return task
}

// askCredentials runs a script whose answers are credentials.
func askCredentials(t *testing.T, script string, tasks []any) (docs []*schema.Document) {
	t.Helper()
	for _, b := range judge.Node(t, script, append([]any{contextsFor(t)}, tasks...)...) {
		var a struct {
			Credential json.RawMessage
			Error      string
		}
		if err := json.Unmarshal(b, &a); err != nil || a.Error != "" {
			t.Fatalf("%s: %v %s", script, err, a.Error)
		}
		docs = append(docs, parse(t, string(a.Credential)))
	}
	return docs
}

// bothAccept asks both sides about documents that hold and about alterations of
// them: of the first each side must accept all, of the second none.
func bothAccept(t *testing.T, docs []*schema.Document) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(7, 7))
	var tasks []any
	var what []string
	for i, d := range docs {
		o, err := proof.Open(t.Context(), d.Raw(), did.New(nothing{}))
		if err != nil {
			t.Errorf("document %d: ours: %v", i, err)
			continue
		}
		tasks, what = append(tasks, question(o.Claims, d.Raw())), append(what, "")
		var names []string
		altered := map[string]schema.Value{}
		for name, m := range schematest.Mutations(d.Root()) {
			names = append(names, name)
			altered[name] = m
		}
		for range many(6, 12) {
			name := names[rnd.IntN(len(names))]
			b := schema.Marshal(altered[name])
			if _, err := proof.Open(t.Context(), b, did.New(nothing{})); isFinding(err, "signature.mismatch") || isTerms(err) {
				tasks, what = append(tasks, question(o.Claims, b)), append(what, name)
			}
		}
	}
	accepted := 0
	for i, v := range askPeer(t, tasks) {
		if v.Verified != (what[i] == "") {
			t.Errorf("the peer says verified is %v: altered %q, %s", v.Verified, what[i], v.Error)
		}
		if v.Verified {
			accepted++
		}
	}
	if accepted != len(docs) || len(tasks) < 3*len(docs) {
		t.Errorf("%d documents, %d accepted, %d questions", len(docs), accepted, len(tasks))
	}
	t.Logf("%d accepted, %d altered and refused by both", accepted, len(tasks)-accepted)
}

// Every suite that Digital Bazaar has, both ways.
func TestPeerSuites(t *testing.T) {
	judge.Peers(t)
	for _, s := range peerSuites {
		k := s.key(t)
		var ours []*schema.Document
		var tasks []any
		for seed := range uint64(many(6, 40)) {
			v := unsigned(20_000+seed, k.did)
			doc, err := proof.Secure(t.Context(), jsonld.Embedded(), v, k.signer, proof.Options{Format: s.name, Created: created})
			if err != nil {
				t.Fatal(err)
			}
			ours = append(ours, doc)
			tasks = append(tasks, issuePeer(s.name, k, v, nil))
		}
		t.Run(s.title(k)+"/ours", func(t *testing.T) { bothAccept(t, ours) })
		t.Run(s.title(k)+"/theirs", func(t *testing.T) { bothAccept(t, askCredentials(t, "issue.mjs", tasks)) })
	}
}

// Selective disclosure: base proofs of either side, from which either side
// derives, are verified by both. Digital Bazaar's software signs and derives no
// document with an ordered list; what we make of one it verifies.
func TestPeerSelective(t *testing.T) {
	judge.Peers(t)
	k := ecPeerKey(t, elliptic.P256(), 0x86)
	var ours, listed []*schema.Document
	var issue []any
	for seed := range uint64(many(8, 40)) {
		v := plainly(t, unsigned(30_000+seed, k.did))
		mandatory := proof.MandatoryFor(v)
		doc, err := proof.Secure(t.Context(), jsonld.Embedded(), v, k.signer, proof.Options{
			Format: "ecdsa-sd-2023", Created: created, MandatoryPointers: mandatory,
		})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(doc.Raw()), `"allowedValue"`) {
			listed = append(listed, doc)
			continue
		}
		ours = append(ours, doc)
		issue = append(issue, issuePeer("ecdsa-sd-2023", k, v, map[string]any{"mandatoryPointers": mandatory}))
	}
	if len(ours) == 0 || len(listed) == 0 {
		t.Fatalf("%d documents without a list, %d with", len(ours), len(listed))
	}
	t.Run("lists", func(t *testing.T) { bothAccept(t, deriveAll(t, listed)) })
	for name, bases := range map[string][]*schema.Document{"our base": ours, "their base": askCredentials(t, "issue.mjs", issue)} {
		var derive []any
		for _, b := range bases {
			derive = append(derive, map[string]any{"credential": json.RawMessage(b.Raw()), "pointers": chosen(b.Root())})
		}
		mine, theirs := deriveAll(t, bases), askCredentials(t, "derive.mjs", derive)
		t.Run(name+", derived by us", func(t *testing.T) { bothAccept(t, mine) })
		t.Run(name+", derived by them", func(t *testing.T) { bothAccept(t, theirs) })
		t.Run(name+", the same part", func(t *testing.T) {
			for i := range mine {
				if a, b := withoutValue(t, mine[i]), withoutValue(t, theirs[i]); a != b {
					t.Errorf("we show\n%s\nthey show\n%s", a, b)
				}
			}
		})
	}
}

// plainly takes out of all text what Digital Bazaar's software mistakes for blank
// node labels: it relabels canonical lines by searching for "_:", also inside
// literals, and then signs and verifies "_:undefined".
func plainly(t *testing.T, v schema.Value) schema.Value {
	t.Helper()
	return parse(t, strings.ReplaceAll(string(schema.Marshal(v)), "_:", "__")).Root()
}

func deriveAll(t *testing.T, bases []*schema.Document) (out []*schema.Document) {
	t.Helper()
	for _, b := range bases {
		d, err := proof.Derive(t.Context(), jsonld.Embedded(), b, chosen(b.Root()))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

// chosen are a few pointers that both sides read alike: Digital Bazaar's software
// selects on a document that was expanded and compacted again, in which a list
// of one has become its element.
func chosen(v schema.Value) (pointers []string) {
	for _, p := range []string{"/name", "/credentialSubject/achievement/description", "/evidence", "/credentialSubject/result"} {
		if _, ok := schema.Resolve(v, p); ok {
			pointers = append(pointers, p)
		}
	}
	return pointers
}

// withoutValue is a document in one form without the value of its proof.
func withoutValue(t *testing.T, d *schema.Document) string {
	t.Helper()
	m := comparable(t, d.Raw())
	for _, p := range m["proof"].([]any) {
		delete(p.(map[string]any), "proofValue")
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What Digital Bazaar signs with the suite of 2020 holds here, and what is
// altered does not.
func TestPeerLegacy(t *testing.T) {
	judge.Peers(t)
	k := edPeerKey(t)
	var tasks []any
	for seed := range uint64(many(5, 40)) {
		v := unsigned(40_000+seed, k.did)
		contexts, _ := v.Get("@context")
		v = v.With("@context", schema.ArrayValue(append(contexts.Items[:len(contexts.Items):len(contexts.Items)], schema.StringValue("https://w3id.org/security/suites/ed25519-2020/v1"))...))
		tasks = append(tasks, issuePeer("Ed25519Signature2020", k, v, nil))
	}
	bothAccept(t, askCredentials(t, "issue.mjs", tasks))
}
