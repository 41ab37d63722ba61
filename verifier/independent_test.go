package verifier_test

import (
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/verifier"
)

// TestIndependentVerdicts holds our verdicts against those of another
// implementation. Where it found the signature good, so must we, and nothing
// may be wrong; where it did not, the credential is invalid.
func TestIndependentVerdicts(t *testing.T) {
	good, bad := 0, 0
	for _, d := range judge.Independent(t) {
		doc, err := schema.Parse(d.Credential, schema.Limits{})
		if err != nil {
			t.Fatal(d.Name, err)
		}
		profile, _ := doc.Root().Get("issuer")
		v, _ := attackVerifier(t, attack{})
		v.Trust = []verifier.TrustList{{Entries: []verifier.TrustEntry{{Issuer: profile.GetString("id")}}}}
		r, err := v.Verify(t.Context(), verifier.Request{Input: d.Credential, At: at(d.Now)})
		if err != nil {
			t.Fatal(err)
		}
		consistent(t, r)
		_, hasStatus := doc.Root().Get("credentialStatus")
		switch {
		case !d.Verified:
			if bad++; r.Verdict != verifier.Invalid {
				t.Errorf("%s: %s, another implementation says %s", d.Name, r.Verdict, d.Error)
			}
		case r.Check("proof.signature").Status != schema.Pass || r.Check("key.controller").Status != schema.Pass:
			t.Errorf("%s: %+v", d.Name, r.Primary)
		case !hasStatus && r.Verdict != verifier.Valid, hasStatus && r.Primary.Check != "credential.status":
			t.Errorf("%s: %s %+v", d.Name, r.Verdict, r.Primary)
		default:
			good++
		}
	}
	if good < 100 || bad < 20 {
		t.Errorf("%d good and %d bad documents", good, bad)
	}
}
