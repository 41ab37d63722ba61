package verifier

import (
	"merkki/schema"
	mc "merkki/schema/microcredential"
)

// maxProfile is how many problems of the profile a report tells: whoever has
// more than these to mend looks again afterwards.
const maxProfile = 10

// microcredential compares a credential of a micro-credential, or one that names
// the schema of them, with the European profile. What it finds are warnings: the
// issuer may have meant it, and the credential is what was issued. Any other
// credential has none.
func microcredential(claims schema.Value) (faults []*schema.Fault) {
	check := mc.CheckCredential
	for _, s := range claims.GetList("credentialSchema") {
		if s.GetString("id") == mc.SchemaURL {
			check = mc.CheckAward
		}
	}
	for _, p := range check(claims) {
		if len(faults) == maxProfile {
			break
		}
		faults = append(faults, p.Fault())
	}
	return faults
}
