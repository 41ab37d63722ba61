package verifier_test

import (
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
		r, err := v.Verify(ctx, verifier.Request{Input: b})
		if err != nil {
			t.Fatal(err)
		}
		consistent(t, r)
		claims, _ := r.Claims()
		if r.Verdict == verifier.Valid && !strings.Contains(string(schema.Marshal(claims)), statement) {
			t.Errorf("valid: %s", b)
		}
	})
}
