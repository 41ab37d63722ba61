package verifier_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"merkki/internal/fetch"
	"merkki/keys/did"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/verifier"
	"merkki/verifier/virtual"
)

// FuzzVerify hands any bytes to a verifier that trusts anybody. No input may
// be valid in a way that the signer did not sign: what is valid has the signed
// statements of a seed. None may panic, take long, or leave a report that
// contradicts itself.
func FuzzVerify(f *testing.F) {
	campus := virtual.New()
	uni := campus.Key("university")
	statement := "Joins two wires so that they stay joined."
	f.Add(uni.Sign(uni.Badge()))
	f.Add(uni.Sign(virtual.WithStatus(uni.Badge(), uni.List("revocation"), 7)))
	f.Add(uni.Token(uni.Badge()))
	f.Add(schema.Marshal(virtual.Envelope(uni.Token(uni.Badge()))))
	f.Add([]byte(`"` + string(uni.Token(uni.Badge())) + `"`))
	f.Add(uni.Sign(endorsed(uni.Badge(), uni.Endorse(uni.Badge().GetString("id")))))
	f.Add(uni.Present(occasion, uni.Sign(uni.Badge())))
	for _, a := range attacks(f) {
		if a.Op == "verify" && a.Encoding == "" && a.Verdict != verifier.Valid {
			f.Add(attackFile(f, a.Path))
		}
	}
	source := fetch.NewStack(fetch.Rules{}, fetch.Map{})
	v := &verifier.Verifier{
		Contexts: jsonld.Embedded(), Resolver: did.New(did.FromSource(source)), Lists: verifier.FromSource(source),
		Trust: campus.Verifier(uni).Trust, Now: campus.Now,
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		r, err := v.Verify(ctx, verifier.Request{Input: b, Recipient: &verifier.Recipient{Type: "id", Value: "did:example:learner"}})
		if err != nil {
			t.Fatal(err)
		}
		consistent(t, r)
		shown, err := v.Verify(ctx, verifier.Request{Input: b, Presentation: true, Challenge: "abc"})
		if err != nil {
			t.Fatal(err)
		}
		consistent(t, shown)
		claims, _ := r.Claims()
		if r.Verdict == verifier.Valid && !strings.Contains(string(schema.Marshal(claims)), statement) {
			t.Errorf("valid: %s", b)
		}
	})
}

// FuzzStatusLists: whatever an issuer's address answers, a clear entry is never
// found in what nobody signed, and an unsigned list is only what it says.
func FuzzStatusLists(f *testing.F) {
	w := newWorld()
	unsigned := inUnsigned(w, unsignedList)
	signed := in2021(w, w.list2021(), "7")
	id := w.uni.Badge().GetString("id")
	f.Add([]byte(`{"revokedCredential":[{"id":"` + id + `","revoked":true}]}`))
	f.Add([]byte(`{"issuer":"did:web:uni.example","revokedCredential":["` + id + `"]}`))
	f.Add(w.document(list1))
	f.Fuzz(func(t *testing.T, b []byte) {
		w.Serve(unsignedList, b)
		w.Serve(list1, b)
		r := verify(t, w.v, unsigned)
		consistent(t, r)
		if r.Verdict == verifier.Invalid && !strings.Contains(string(b), "revokedCredential") && !strings.Contains(string(b), `\u`) {
			t.Errorf("revoked by %q", b)
		}
		r = verify(t, w.v, signed)
		consistent(t, r)
		if r.Verdict == verifier.Valid && !strings.Contains(string(b), "proof") && !strings.Contains(string(b), ".") {
			t.Errorf("not revoked, by %q", b)
		}
	})
}

// FuzzParseSignedTrustList: what the key did not sign is no list.
func FuzzParseSignedTrustList(f *testing.F) {
	key := edKey(1)
	good := compact(`{"alg":"EdDSA"}`, signedList, edSign(key))
	f.Add(good)
	f.Add(compact(`{"alg":"EdDSA"}`, signedList, edSign(edKey(2))))
	f.Add(compact(`{"alg":"none"}`, signedList, func([]byte) []byte { return nil }))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := verifier.ParseSignedTrustList(b, "f", key.Public())
		if err == nil && string(bytes.TrimSpace(b)) != string(good) {
			t.Errorf("%+v from %q", list, b)
		}
		if err != nil && len(list.Entries) > 0 {
			t.Error("entries of a list that was refused")
		}
	})
}
