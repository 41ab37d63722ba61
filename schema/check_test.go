package schema_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"merkki/schema"
	"merkki/schema/schematest"
)

func TestGeneratedCredentialsAreWellFormed(t *testing.T) {
	for seed := range uint64(500) {
		v := schematest.Credential(rand.New(rand.NewPCG(seed, 3)))
		faults := slices.Concat(schema.CheckCredential(v), schema.CheckConsistency(v), schema.CheckIssuable(v))
		for _, f := range faults {
			t.Fatalf("seed %d: %v\n%s", seed, f, schema.Marshal(v))
		}
		subject, _ := v.Get("credentialSubject")
		def, _ := subject.Get("achievement")
		for _, f := range schema.CheckAchievement(def) {
			t.Fatalf("seed %d, achievement: %v", seed, f)
		}
	}
}

func ExampleCheckCredential() {
	d, err := schema.Parse([]byte(`{
		"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
		"id": "https://koulu.example/c/1",
		"type": ["VerifiableCredential", "OpenBadgeCredential"],
		"issuer": {"id": "did:web:koulu.example", "type": "Profile"},
		"validFrom": "2026-01-01",
		"credentialSubject": {"type": ["AchievementSubject"], "achievement": {
			"id": "tietoturva", "type": ["Achievement"], "name": 5, "criteria": {}
		}}
	}`), schema.Limits{})
	if err != nil {
		panic(err)
	}
	for _, f := range schema.CheckCredential(d.Root()) {
		fmt.Println(f)
	}
	// Output:
	// MALFORMED_VALUE_ERROR (schema.identifier) at /credentialSubject/achievement/id expected=uri found=tietoturva member=id
	// MALFORMED_VALUE_ERROR (schema.shape) at /credentialSubject/achievement expected=present found=absent member=description
	// MALFORMED_VALUE_ERROR (schema.shape) at /credentialSubject/achievement/name expected=string found=number member=name
	// MALFORMED_VALUE_ERROR (schema.time) at /validFrom expected=date-time found=2026-01-01 member=validFrom
}
