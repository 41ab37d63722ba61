package proof_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/internal/judge/vectorcontexts"
	"merkki/keys"
	"merkki/keys/did"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// ecKey makes the signer of a did:key on a curve from a word, and the DID.
func ecKey(t testing.TB, curve elliptic.Curve, word string) (anySigner, string) {
	t.Helper()
	seed := sha256.Sum256([]byte(word))
	private, err := ecdsa.ParseRawPrivateKey(curve, append(make([]byte, (curve.Params().BitSize+7)/8-len(seed)), seed[:]...))
	if err != nil {
		t.Fatal(err)
	}
	multikey, err := keys.Multikey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	did := "did:key:" + multikey
	return anySigner{private, did + "#" + multikey}, did
}

// basic makes a base proof of a generated credential.
func basic(t testing.TB, seed uint64, mandatory []string) (*schema.Document, anySigner) {
	t.Helper()
	key, issuer := ecKey(t, elliptic.P256(), "issuer")
	doc, err := proof.Secure(t.Context(), jsonld.Embedded(), unsigned(seed, issuer), key, proof.Options{
		Format: "ecdsa-sd-2023", Created: created, MandatoryPointers: mandatory,
	})
	if err != nil {
		t.Fatal(err)
	}
	return doc, key
}

// pointersInto returns a pointer to every value of a document but its contexts
// and the proof.
func pointersInto(v schema.Value, at string) (all []string) {
	switch v.Kind {
	case schema.Object:
		for _, m := range v.Members {
			if m.Name != "@context" && m.Name != "proof" {
				p := schema.PointerTo(at, m.Name)
				all = append(append(all, p), pointersInto(m.Value, p)...)
			}
		}
	case schema.Array:
		for i, item := range v.Items {
			p := at + "/" + string(rune('0'+i))
			if i < 10 {
				all = append(append(all, p), pointersInto(item, p)...)
			}
		}
	}
	return all
}

// Whatever a holder selects, the result opens, shows what was asked for and what
// is mandatory, and shows nothing that is not in the credential.
func TestDeriveAnything(t *testing.T) {
	derived, lists := 0, 0
	for seed := range uint64(many(6, 60)) {
		plain, _ := basic(t, 200+seed, nil)
		mandatory := proof.MandatoryFor(plain.Root())
		doc, _ := basic(t, 200+seed, mandatory)
		for i, pointer := range pointersInto(doc.Root(), "") {
			if i%many(9, 1) != 0 {
				continue
			}
			part, err := proof.Derive(t.Context(), jsonld.Embedded(), doc, []string{pointer})
			if err != nil {
				// Half of an ordered list is another list.
				if strings.Contains(pointer, "/allowedValue/") && isGeneration(err, pointer) {
					lists++
					continue
				}
				t.Fatalf("%s: %v", pointer, err)
			}
			derived++
			o, err := proof.Open(t.Context(), part.Raw(), did.New(nothing{}))
			if err != nil {
				t.Fatalf("%s: %v\n%s", pointer, err, part.Raw())
			}
			for _, p := range mandatory {
				want, _ := schema.Resolve(doc.Root(), p)
				got, ok := schema.Resolve(o.Claims, p)
				if !ok || string(schema.Marshal(got)) != string(schema.Marshal(want)) {
					t.Errorf("%s: %s is missing", pointer, p)
				}
			}
			if !within(o.Claims, doc.Root()) {
				t.Errorf("%s: shown is more than there was\n%s", pointer, part.Raw())
			}
		}
	}
	t.Logf("%d derived, %d parts of lists refused", derived, lists)
}

// within reports whether a is b with members and elements left out.
func within(a, b schema.Value) bool {
	switch {
	case a.Kind != b.Kind:
		return false
	case a.Kind == schema.Array:
		rest := b.Items
		for _, item := range a.Items {
			i := slices.IndexFunc(rest, func(o schema.Value) bool { return within(item, o) })
			if i < 0 {
				return false
			}
			rest = rest[i+1:]
		}
		return true
	case a.Kind == schema.Object:
		for _, m := range a.Members {
			o, ok := b.Get(m.Name)
			if !ok || !within(m.Value, o) {
				return false
			}
		}
		return true
	}
	return string(schema.Marshal(a)) == string(schema.Marshal(b))
}

// isGeneration reports a PROOF_GENERATION_ERROR at a pointer.
func isGeneration(err error, pointer string) bool {
	f, ok := errors.AsType[*schema.Fault](err)
	return ok && f.Code == schema.CodeProofGenerationError && f.Pointer == pointer
}

// Nobody accepts a base proof, and it says why.
func TestBaseProofIsRefused(t *testing.T) {
	doc, key := basic(t, 1, []string{"/issuer"})
	s := read(t, doc)
	f := s.Proofs[0].Fault
	if f == nil || f.Finding != "format.proof-value" || f.Args["reason"] != "base-proof" {
		t.Fatalf("fault is %v", f)
	}
	if _, err := s.Open(t.Context(), jsonld.Embedded(), s.Proofs[0], key.Public()); !isFinding(err, "format.proof-value") {
		t.Errorf("opened: %v", err)
	}
}

// A derived proof is as strict as any: each change of what is shown, of the proof
// or of its value is found.
func TestDerivedAlterations(t *testing.T) {
	doc, key := basic(t, 3, []string{"/issuer", "/validFrom"})
	part, err := proof.Derive(t.Context(), jsonld.Embedded(), doc, []string{"/credentialSubject/achievement/name", "/name"})
	if err != nil {
		t.Fatal(err)
	}
	other, _ := basic(t, 4, []string{"/issuer", "/validFrom"})
	otherPart, err := proof.Derive(t.Context(), jsonld.Embedded(), other, []string{"/credentialSubject/achievement/name", "/name"})
	if err != nil {
		t.Fatal(err)
	}
	root := part.Root()
	value := func(d *schema.Document) schema.Value { p, _ := d.Root().Get("proof"); return p }
	subject, _ := root.Get("credentialSubject")
	fullSubject, _ := doc.Root().Get("credentialSubject")
	achievement, _ := subject.Get("achievement")
	for _, c := range []struct {
		name string
		v    schema.Value
	}{
		{"a name changed", root.With("name", schema.StringValue("another"))},
		{"a shown member hidden", root.Without("name")},
		{"a mandatory member hidden", root.Without("validFrom")},
		{"a hidden member shown", root.With("credentialSubject", fullSubject)},
		{"the proof of another derivation", root.With("proof", value(otherPart))},
		{"created changed", root.With("proof", schema.ArrayValue(value(part).Items[0].With("created", schema.StringValue("2026-01-02T03:04:06Z"))))},
		{"a member moved", root.With("credentialSubject", subject.With("name", mustGet(achievement, "name")))},
	} {
		s := read(t, parse(t, string(schema.Marshal(c.v))))
		if o, err := s.Open(t.Context(), jsonld.Embedded(), s.Proofs[0], key.Public()); !isFinding(err, "signature.mismatch") || o != nil && o.Claims.Kind != schema.Null {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	stranger, _ := ecKey(t, elliptic.P256(), "stranger")
	s := read(t, part)
	if _, err := s.Open(t.Context(), jsonld.Embedded(), s.Proofs[0], stranger.Public()); !isFinding(err, "signature.mismatch") {
		t.Errorf("by another key: %v", err)
	}
}

// What cannot be derived, and why.
func TestDeriveRefuses(t *testing.T) {
	bare, _ := basic(t, 1, nil)
	doc, _ := basic(t, 1, []string{"/issuer"})
	ed, issuer := didKey(t, "issuer")
	whole := secure(t, unsigned(1, issuer), ed)
	derived, err := proof.Derive(t.Context(), jsonld.Embedded(), doc, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := doc.Root().GetList("proof")[0]
	for _, c := range []struct {
		name     string
		doc      schema.Value
		pointers []string
		is       func(error) bool
	}{
		{"a pointer to nothing", doc.Root(), []string{"/credentialSubject/grade"}, func(err error) bool { return isGeneration(err, "/credentialSubject/grade") }},
		{"no pointer", doc.Root(), []string{"name"}, func(err error) bool { return isGeneration(err, "name") }},
		{"nothing selected", bare.Root(), nil, func(err error) bool { return isGeneration(err, "") }},
		{"no proof", doc.Root().Without("proof"), nil, func(err error) bool { return isFinding(err, "format.unsecured") }},
		{"a proof of another suite", whole.Root(), []string{"/name"}, func(err error) bool { return isFinding(err, "format.proof-value") }},
		{"a derived proof", derived.Root(), []string{"/issuer"}, func(err error) bool { return isFinding(err, "format.proof-value") }},
		{"another document", doc.Root().With("name", schema.StringValue("another")), []string{"/name"}, func(err error) bool { return isFinding(err, "format.proof-value") }},
		{"an undefined term", doc.Root().With("grade", schema.StringValue("5")), []string{"/name"}, func(err error) bool { return isFinding(err, "terms.undefined") }},
		{"two base proofs", doc.Root().With("proof", schema.ArrayValue(p, bare.Root().GetList("proof")[0])), nil, func(err error) bool { return isFinding(err, "format.proof-shape") }},
	} {
		got, err := proof.Derive(t.Context(), jsonld.Embedded(), parse(t, string(schema.Marshal(c.doc))), c.pointers)
		if got != nil || !c.is(err) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := proof.Secure(t.Context(), jsonld.Embedded(), bare.Root().Without("proof"), ed, proof.Options{Format: "ecdsa-sd-2023"}); !isGeneration(err, "") {
		t.Errorf("a base proof by an Ed25519 key: %v", err)
	}
	key, _ := ecKey(t, elliptic.P256(), "issuer")
	if _, err := proof.Secure(t.Context(), jsonld.Embedded(), bare.Root().Without("proof"), key, proof.Options{Format: "ecdsa-sd-2023", MandatoryPointers: []string{"/issuer", "/grade"}}); !isGeneration(err, "/grade") {
		t.Errorf("a mandatory pointer to nothing: %v", err)
	}
	if _, err := proof.Secure(t.Context(), jsonld.Embedded(), bare.Root().Without("proof"), key, proof.Options{Format: "ecdsa-rdfc-2019", MandatoryPointers: []string{"/issuer"}}); !isGeneration(err, "") {
		t.Errorf("mandatory pointers of a suite that has none: %v", err)
	}
}

// Many proofs with many signatures each are not an order to verify them all.
func TestManySignatures(t *testing.T) {
	base, _ := basic(t, 5, nil)
	doc, err := proof.Derive(t.Context(), jsonld.Embedded(), base, []string{""})
	if err != nil {
		t.Fatal(err)
	}
	whole := read(t, doc)
	o, err := whole.Open(t.Context(), jsonld.Embedded(), whole.Proofs[0], keyOf(t, whole.Proofs[0].Method))
	if err != nil {
		t.Fatal(err)
	}
	each := 1 + strings.Count(o.Evidence.CanonicalDocument(), "\n")
	v := doc.Root().GetList("proof")[0]
	var all []schema.Value
	for i := range 16 {
		value := []byte(v.GetString("proofValue"))
		value[16+i] = 'A' + (value[16+i]+1)%26 // within the first signature, which reading does not check
		all = append(all, v.With("proofValue", schema.StringValue(string(value))))
	}
	s := read(t, parse(t, string(schema.Marshal(doc.Root().With("proof", schema.ArrayValue(all...))))))
	for i, p := range s.Proofs {
		if beyond := (i+1)*each > 1000; beyond != (p.Fault != nil) || beyond && p.Fault.Finding != "format.proof-value-length" {
			t.Errorf("proof %d of %d signatures: %v", i, each, p.Fault)
		}
	}
	if 16*each <= 1000 {
		t.Errorf("%d signatures in each proof: nothing was bounded", each)
	}
}

// What a holder must not be able to hide is there to be pointed to.
func TestMandatoryFor(t *testing.T) {
	doc := parse(t, `{"issuer":"x","validUntil":"t","credentialStatus":[],"name":"n","credentialSubject":[{"achievement":{"name":"a","criteria":{}}},{"achievement":[{"name":"b"}]},{}]}`)
	want := []string{"/issuer", "/validUntil", "/credentialStatus", "/credentialSubject/0/achievement/name", "/credentialSubject/0/achievement/criteria", "/credentialSubject/1/achievement/0/name"}
	if got := proof.MandatoryFor(doc.Root()); !slices.Equal(got, want) {
		t.Errorf("mandatory are %q, want %q", got, want)
	}
}

// The four documents of the W3C suite's mocks, two of them with lists of things
// without identifiers: base proof, derivation with the suite's own pointers, and
// opening.
func TestSelectiveMocks(t *testing.T) {
	dir := judge.Data(t, "vectors", "ecdsa-suite-mocks")
	folders, err := filepath.Glob(filepath.Join(dir, "*", "vc*"))
	if err != nil || len(folders) != 4 {
		t.Fatalf("%d folders, %v", len(folders), err)
	}
	key, issuer := ecKey(t, elliptic.P256(), "issuer")
	for _, f := range folders {
		name, _ := filepath.Rel(dir, f)
		t.Run(name, func(t *testing.T) {
			var mandatory, selective []string
			readJSON(t, filepath.Join(f, "mandatoryPointers.json"), &mandatory)
			readJSON(t, filepath.Join(f, "selectivePointers.json"), &selective)
			root, r := vectorcontexts.Inline(t, vectorcontexts.Register(t), parseFile(t, filepath.Join(f, "document.json")).Root())
			root = root.With("issuer", schema.StringValue(issuer))
			if strings.HasPrefix(filepath.Base(f), "vc1") {
				root = root.With("issuanceDate", schema.StringValue("2026-01-01T00:00:00Z"))
				contexts, _ := root.Get("@context")
				root = root.With("@context", schema.ArrayValue(append(contexts.Items, schema.StringValue("https://w3id.org/security/data-integrity/v2"))...))
			}
			base, err := proof.Secure(t.Context(), r, root, key, proof.Options{Format: "ecdsa-sd-2023", Created: created, MandatoryPointers: mandatory})
			if err != nil {
				t.Fatal(err)
			}
			part, err := proof.Derive(t.Context(), r, base, selective)
			if err != nil {
				t.Fatal(err)
			}
			s := read(t, part)
			o, err := s.Open(t.Context(), r, s.Proofs[0], key.Public())
			if err != nil {
				t.Fatal(err)
			}
			// All there is to select was selected, but for the id of the credential's subject.
			if !within(o.Claims, root) {
				b, _ := json.Marshal(comparable(t, part.Raw()))
				t.Errorf("more than there was: %s", b)
			}
			for _, p := range selective {
				if want, ok := schema.Resolve(root, p); !ok || !slices.ContainsFunc(pointersInto(o.Claims, ""), func(q string) bool {
					got, _ := schema.Resolve(o.Claims, q)
					return string(schema.Marshal(got)) == string(schema.Marshal(want))
				}) {
					t.Errorf("%s is not shown", p)
				}
			}
		})
	}
}
