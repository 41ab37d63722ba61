package proof_test

import (
	"context"
	"crypto"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"merkki/keys"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/schematest"
)

var created = time.Date(2026, 1, 2, 3, 4, 5, 999, time.UTC)

// unsigned is a generated credential of the issuer.
func unsigned(seed uint64, issuer string) schema.Value {
	v := schematest.Credential(rand.New(rand.NewPCG(seed, 0)))
	profile, _ := v.Get("issuer")
	return v.With("issuer", profile.With("id", schema.StringValue(issuer)))
}

func secure(t testing.TB, v schema.Value, s keys.Signer) *schema.Document {
	t.Helper()
	doc, err := proof.Secure(t.Context(), jsonld.Embedded(), v, s, proof.Options{Created: created})
	if err != nil {
		t.Fatalf("%v\n%s", err, schema.Marshal(v))
	}
	return doc
}

func read(t testing.TB, doc *schema.Document) *proof.Secured {
	t.Helper()
	s, err := proof.Read(doc)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A secured document is the document with an array of one proof, in which
// stands what was asked for; opening it gives back the document.
func TestSecureAndOpen(t *testing.T) {
	key, did := didKey(t, "issuer")
	for seed := range uint64(20) {
		v := unsigned(seed, did)
		doc := secure(t, v, key)
		p, _ := doc.Root().Get("proof")
		if p.Kind != schema.Array || len(p.Items) != 1 {
			t.Fatalf("proof is %s", schema.Marshal(p))
		}
		for member, want := range map[string]string{
			"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": "2026-01-02T03:04:05Z",
			"verificationMethod": key.method, "proofPurpose": "assertionMethod",
		} {
			if got := p.Items[0].GetString(member); got != want {
				t.Errorf("%s is %q, want %q", member, got, want)
			}
		}
		s := read(t, doc)
		o, err := s.Open(t.Context(), jsonld.Embedded(), s.Proofs[0], key.public())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := string(schema.Marshal(o.Claims)), string(schema.Marshal(v)); got != want {
			t.Errorf("opened\n%s\nwant\n%s", got, want)
		}
	}
}

// Another key, another proof, another document: nothing holds, and nothing is
// handed out but evidence.
func TestOpenMismatch(t *testing.T) {
	key, did := didKey(t, "issuer")
	stranger, _ := didKey(t, "stranger")
	doc := secure(t, unsigned(1, did), key)
	other := secure(t, unsigned(2, did), key)
	swapped, _ := other.Root().Get("proof")
	for _, c := range []struct {
		name string
		text []byte
		key  crypto.PublicKey
	}{
		{"foreign key", doc.Raw(), stranger.public()},
		{"swapped proof", schema.Marshal(doc.Root().With("proof", swapped)), key.public()},
		{"other created", []byte(strings.Replace(string(doc.Raw()), "2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z", 1)), key.public()},
		{"other purpose", []byte(strings.Replace(string(doc.Raw()), `"assertionMethod"`, `"authentication"`, 1)), key.public()},
		{"other method", []byte(strings.Replace(string(doc.Raw()), key.method, stranger.method, 1)), key.public()},
		{"nonce added", []byte(strings.Replace(string(doc.Raw()), `"proofPurpose"`, `"nonce":"n","proofPurpose"`, 1)), key.public()},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := read(t, parse(t, string(c.text)))
			o, err := s.Open(t.Context(), jsonld.Embedded(), s.Proofs[0], c.key)
			if !isFinding(err, "signature.mismatch") {
				t.Fatalf("opened: %v", err)
			}
			if o == nil || o.Claims.Kind != schema.Null || o.Evidence.CanonicalDocument() == "" {
				t.Errorf("evidence and no claims wanted, got %+v", o)
			}
		})
	}
}

// Each byte of a signature counts.
func TestEveryBitOfTheValue(t *testing.T) {
	key, did := didKey(t, "issuer")
	doc := secure(t, unsigned(3, did), key)
	value := doc.Root().GetList("proof")[0].GetString("proofValue")
	const digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	for i := range value {
		digit := digits[(strings.IndexByte(digits, value[i])+1)%len(digits)]
		changed := value[:i] + string([]byte{digit}) + value[i+1:]
		s := read(t, parse(t, strings.Replace(string(doc.Raw()), value, changed, 1)))
		p := s.Proofs[0]
		if p.Fault != nil {
			if p.Fault.Finding != "format.proof-value" {
				t.Errorf("digit %d: %v", i, p.Fault)
			}
			continue
		}
		if _, err := s.Open(t.Context(), jsonld.Embedded(), p, key.public()); !isFinding(err, "signature.mismatch") {
			t.Errorf("digit %d changed: %v", i, err)
		}
	}
}

// A set: a second proof is added beside the first, each is over the document
// without any proof, and both hold.
func TestProofSet(t *testing.T) {
	key, did := didKey(t, "issuer")
	notary, _ := didKey(t, "notary")
	doc := secure(t, secure(t, unsigned(4, did), key).Root(), notary)
	s := read(t, doc)
	if len(s.Proofs) != 2 {
		t.Fatalf("%d proofs", len(s.Proofs))
	}
	for i, k := range []signer{key, notary} {
		if _, err := s.Open(t.Context(), jsonld.Embedded(), s.Proofs[i], k.public()); err != nil {
			t.Errorf("proof %d: %v", i, err)
		}
	}
	if _, err := s.Open(t.Context(), jsonld.Embedded(), s.Proofs[0], notary.public()); !isFinding(err, "signature.mismatch") {
		t.Errorf("the notary's key opened the issuer's proof: %v", err)
	}
}

// What would not be covered is refused before anything is signed.
func TestSecureRefuses(t *testing.T) {
	key, did := didKey(t, "issuer")
	v := unsigned(5, did)
	undefined := v.With("ects", schema.NumberValue("5"))
	for _, c := range []struct {
		name    string
		root    schema.Value
		options proof.Options
		finding string
	}{
		{"undefined term", undefined, proof.Options{}, "terms.undefined"},
		{"null", v.With("name", schema.Value{}), proof.Options{}, "terms.null"},
		{"no context", v.Without("@context"), proof.Options{}, "contexts.missing"},
		{"inline context", v.With("@context", schema.ArrayValue(schema.StringValue("https://www.w3.org/ns/credentials/v2"), schema.ObjectValue())), proof.Options{}, "contexts.inline"},
		{"unknown format", v, proof.Options{Format: "eddsa-2022"}, "format.algorithm-unknown"},
		{"undefined purpose", v, proof.Options{Purpose: "decoration"}, "purpose.differs"},
		{"something else in the place of the proof", v.With("proof", schema.StringValue("z")), proof.Options{}, "format.proof-shape"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := proof.Secure(t.Context(), jsonld.Embedded(), c.root, key, c.options)
			if doc != nil || !isFinding(err, c.finding) {
				t.Errorf("Secure = %v, %v, want %s", doc, err, c.finding)
			}
		})
	}
}

// A failing signer is the service's own trouble and says so by its code.
func TestSecureSignerFails(t *testing.T) {
	key, did := didKey(t, "issuer")
	_, err := proof.Secure(t.Context(), jsonld.Embedded(), unsigned(6, did), deadSigner{key}, proof.Options{})
	f, ok := errors.AsType[*schema.Fault](err)
	if !ok || f.Code != schema.CodeProofGenerationError || !errors.Is(err, errDead) {
		t.Errorf("error is %v", err)
	}
}

var errDead = errors.New("token removed")

// A deadSigner knows its public half and signs no more.
type deadSigner struct{ signer }

func (deadSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, errDead }

// A purpose that no context defines is another purpose, not damage.
func TestUndefinedPurpose(t *testing.T) {
	key, did := didKey(t, "issuer")
	doc := secure(t, unsigned(7, did), key)
	s := read(t, parse(t, strings.Replace(string(doc.Raw()), `"assertionMethod"`, `"decoration"`, 1)))
	if _, err := s.Open(t.Context(), jsonld.Embedded(), s.Proofs[0], key.public()); !isFinding(err, "purpose.differs") {
		t.Errorf("opened: %v", err)
	}
}

// Whoever gives up gets his own error back and no verdict.
func TestOpenCancelled(t *testing.T) {
	key, did := didKey(t, "issuer")
	s := read(t, secure(t, unsigned(8, did), key))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Open(ctx, jsonld.Embedded(), s.Proofs[0], key.public())
	if _, fault := errors.AsType[*schema.Fault](err); fault || !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

// The statements are those of the register, are made once, and survive being
// canonicalised.
func TestStatementsOnce(t *testing.T) {
	key, did := didKey(t, "issuer")
	s := read(t, secure(t, unsigned(9, did), key))
	want, err := jsonld.Embedded().Dataset(t.Context(), s.Claims)
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.Statements(t.Context(), jsonld.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(t.Context(), jsonld.Embedded(), s.Proofs[0], key.public()); err != nil {
		t.Fatal(err)
	}
	again, err := s.Statements(t.Context(), jsonld.Embedded())
	if err != nil || first != again || again.String() != want.String() {
		t.Errorf("statements were made anew or changed: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	fresh := read(t, s.Document)
	if _, err := fresh.Statements(cancelled, jsonld.Embedded()); err == nil {
		t.Fatal("expanded although nobody waits any more")
	}
	if _, err := fresh.Statements(t.Context(), jsonld.Embedded()); err != nil {
		t.Errorf("remembered that somebody had given up: %v", err)
	}
}
