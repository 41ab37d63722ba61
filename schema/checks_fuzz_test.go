package schema_test

import (
	"testing"

	"merkki/schema"
)

// Whatever is read can be judged: no check panics, says more than 64 things, or
// points outside of its document; the typed views hold for everything.
func FuzzChecks(f *testing.F) {
	for _, seed := range []schema.Value{plainBadge(), badge11(), record(), endorsement20(), parsed(`{"type":["VerifiablePresentation"],"verifiableCredential":["a.b.c"]}`)} {
		f.Add(schema.Marshal(seed))
	}
	f.Add([]byte(`{"@context":[[]],"type":[{}],"credentialSubject":[[{}]],"identifier":null}`))
	f.Add([]byte(`{"type":"ClrCredential","credentialSubject":{"verifiableCredential":{"type":"ClrCredential","credentialSubject":[]}}}`))
	checks := []func(schema.Value) []*schema.Fault{
		schema.CheckCredential, schema.CheckVerifiableCredential, schema.CheckConsistency, schema.CheckIssuable, schema.CheckPresentation,
		schema.CheckEnvelopedCredential, schema.CheckAchievement, schema.CheckProfile, schema.CheckCredentialsResponse, schema.CheckStatusInfo,
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := schema.Parse(b, schema.Limits{})
		if err != nil {
			return
		}
		for i, check := range checks {
			faults := check(d.Root())
			if len(faults) > 64 {
				t.Errorf("check %d says %d things", i, len(faults))
			}
			for _, fault := range faults {
				if _, there := schema.Resolve(d.Root(), fault.Pointer); !there {
					t.Errorf("check %d points to %q, which is not there", i, fault.Pointer)
				}
			}
		}
		schema.CredentialOf(d.Root())
		schema.ClrSubjectOf(d.Root())
		schema.PresentationOf(d.Root())
		schema.StatusInfoOf(d.Root())
	})
}
