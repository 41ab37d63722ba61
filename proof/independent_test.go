package proof_test

import (
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/keys/did"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// Digital Bazaar's software and ours agree on every document of
// testdata/independent: canonical bytes, hashes, and whether the proofs hold.
func TestIndependent(t *testing.T) {
	docs := judge.Independent(t)
	var accepted, refused, compared int
	for _, d := range docs {
		o, err := proof.Open(t.Context(), d.Credential, did.New(nothing{}))
		if (err == nil) != d.Verified {
			t.Errorf("%s: opened: %v, the peer says %v %s", d.Name, err, d.Verified, d.Error)
			continue
		}
		if d.Verified {
			accepted++
			// Whose key it was is the peer's question too.
			issuer, _ := o.Claims.Get("issuer")
			if o.Method.Controller != issuer.GetString("id") {
				t.Errorf("%s: controller %s", d.Name, o.Method.Controller)
			}
		} else {
			refused++
		}
		compared += compareParts(t, d)
	}
	if len(docs) < 200 || accepted < 150 || refused < 50 || compared < 200 {
		t.Errorf("too little was judged: %d documents, %d accepted, %d refused, %d proofs compared", len(docs), accepted, refused, compared)
	}
	t.Logf("%d documents, %d accepted, %d refused, %d proofs compared", len(docs), accepted, refused, compared)
}

// compareParts returns the number of proofs whose canonical forms and hashes
// were compared: all that both sides could compute.
func compareParts(t *testing.T, d judge.IndependentDocument) (n int) {
	t.Helper()
	doc, err := schema.Parse(d.Credential, schema.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := proof.Read(doc)
	if err != nil {
		return 0
	}
	for i, p := range s.Proofs {
		if p.Fault != nil || len(d.Parts) == 0 {
			continue
		}
		o, err := s.Open(t.Context(), jsonld.Embedded(), p, anyKey(t, p.Method))
		if o == nil {
			t.Errorf("%s: the peer can canonicalise it, we say %v", d.Name, err)
			continue
		}
		n++
		want := d.Parts[i]
		for _, c := range []struct{ what, got, want string }{
			{"canonical document", o.Evidence.CanonicalDocument(), want.CanonicalDocument},
			{"document hash", o.Evidence.DocumentHash, want.DocumentHash},
			{"canonical proof", o.Evidence.CanonicalProof(), want.CanonicalProof},
			{"proof hash", o.Evidence.ProofHash, want.ProofHash},
		} {
			if c.got != c.want {
				t.Errorf("%s: %s is\n%s\nthe peer has\n%s", d.Name, c.what, c.got, c.want)
			}
		}
	}
	return n
}

// anyKey is the key in the name of a did:key method, or some key where an
// alteration left none: the canonical forms do not depend on it.
func anyKey(t *testing.T, method string) any {
	t.Helper()
	m, err := did.New(nothing{}).Resolve(t.Context(), method)
	if err != nil {
		stranger, _ := didKey(t, "stranger")
		return stranger.public()
	}
	return m.Key
}

// testdata/selfcontained.json is what a reader pastes into a verifier that is
// not ours: nothing has to be fetched for it but the contexts.
func TestSelfContained(t *testing.T) {
	b := readFile(t, judge.Root()+"/testdata/selfcontained.json")
	o, err := proof.Open(t.Context(), b, did.New(nothing{}))
	if err != nil {
		t.Fatal(err)
	}
	issuer, _ := o.Claims.Get("issuer")
	if id := issuer.GetString("id"); o.Method.Controller != id || !strings.HasPrefix(id, "did:key:") {
		t.Errorf("issuer %s, key of %s", id, o.Method.Controller)
	}
	for _, member := range []string{"credentialStatus", "credentialSchema", "refreshService"} {
		if _, ok := o.Claims.Get(member); ok {
			t.Errorf("%s makes a verifier ask somebody", member)
		}
	}
}
