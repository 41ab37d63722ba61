package publish_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"merkki/internal/publish"
	"merkki/schema"
	"merkki/schema/schematest"
)

const credential = `{
	"id": "https://badges.example/c/7K2MQ9D4X1TBN8RWZ03FHJ5V6P",
	"issuer": {"id": "did:web:badges.example", "type": ["Profile"], "name": "Example University", "url": "https://www.uni.example/"},
	"validFrom": "2026-05-12T08:00:00Z", "validUntil": "2029-05-12T08:00:00+03:00", "awardedDate": "2026-05-01T00:00:00Z",
	"credentialSubject": {
		"id": "urn:uuid:5f0e2c1a-0000-4000-8000-000000000000", "type": ["AchievementSubject"],
		"identifier": [
			{"type": "IdentityObject", "hashed": true, "identityHash": "sha256$ab", "identityType": "emailAddress", "salt": "x"},
			{"type": "IdentityObject", "hashed": false, "identityHash": " Aino Virtanen ", "identityType": "name"}],
		"creditsEarned": 2.50,
		"narrative": "Worked in a *team*.", "role": "analyst", "licenseNumber": "L-7", "term": "autumn 2026",
		"activityStartDate": "2026-02-01T00:00:00Z", "activityEndDate": "2026-04-30T00:00:00Z",
		"source": {"id": "https://other.example/", "type": ["Profile"], "name": "Other School"},
		"result": [
			{"type": ["Result"], "resultDescription": "urn:r:1", "value": "4"},
			{"type": ["Result"], "resultDescription": "urn:r:2", "achievedLevel": "urn:l:2"},
			{"type": ["Result"], "resultDescription": "urn:r:3", "status": "Completed"},
			{"type": ["Result"], "value": "no scale"}],
		"achievement": {
			"id": "https://badges.example/a/1/v1", "type": ["Achievement"], "achievementType": "MicroCredential", "name": "Data Analytics",
			"description": "About data.", "inLanguage": "en", "creditsAvailable": 5, "tag": ["data", "energy"],
			"criteria": {"id": "http://uni.example/criteria", "narrative": "Pass."},
			"alignment": [{"type": ["Alignment"], "targetName": "analyse data", "targetUrl": "https://esco.example/1", "targetCode": "S1"}],
			"resultDescription": [
				{"id": "urn:r:1", "name": "Grade", "resultType": "LetterGrade", "valueMin": "0", "valueMax": "5", "requiredValue": "1"},
				{"id": "urn:r:2", "name": "Level", "resultType": "RubricCriterionLevel", "requiredLevel": "urn:l:1",
				 "rubricCriterionLevel": [{"id": "urn:l:1", "name": "Able"}, {"id": "urn:l:2", "name": "Skilled", "points": "2", "description": "Alone."}]},
				{"id": "urn:r:3", "name": "State", "resultType": "Status", "allowedValue": ["a", "b"]}]
		}
	},
	"evidence": [{"type": ["Evidence"], "id": "https://work.example/1", "name": "Report", "audience": "examiners", "narrative": "Read **it**."}]
}`

func tree(t testing.TB, s string) schema.Value {
	t.Helper()
	d, err := schema.Parse([]byte(s), schema.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Root()
}

// TestFacts holds the facts of a full credential as a golden file.
func TestFacts(t *testing.T) {
	b, err := json.MarshalIndent(publish.Credential(tree(t, credential)), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "facts.json", append(b, '\n'))
}

// TestFactsOfAnything: whatever the credential looks like, facts come out and no
// text of theirs is longer than a page shows or holds a control character.
func TestFactsOfAnything(t *testing.T) {
	check := func(v schema.Value) {
		b, err := json.Marshal(publish.Credential(v))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []string{`\u0000`, `\u001b`, `\u007f`} {
			if strings.Contains(string(b), c) {
				t.Errorf("a control character came through: %s", b)
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		v := schematest.Credential(r)
		check(v)
	}
	for _, m := range schematest.Mutations(tree(t, credential)) {
		check(m)
	}
	check(tree(t, `{"issuer":7,"credentialSubject":[{"achievement":null}],"evidence":{"name":"\u0000\u001b"}}`))
	long := publish.Credential(tree(t, `{"name":"`+strings.Repeat("å", 20_000)+`"}`))
	if n := len([]rune(long.Name)); n != 10_001 {
		t.Errorf("%d characters are shown", n)
	}
}

// TestConcealed: a person who stands in it in hashed form only is concealed, one
// with a name is not, and neither is nobody.
func TestConcealed(t *testing.T) {
	for subject, want := range map[string]bool{
		`{"identifier": [{"hashed": true, "identityHash": "sha256$ab", "identityType": "emailAddress"}]}`: true,
		`{"identifier": [{"hashed": true, "identityHash": "sha256$ab", "identityType": "emailAddress"},
			{"hashed": false, "identityHash": "Aino", "identityType": "name"}]}`: false,
		`{"id": "did:example:aino"}`: false,
	} {
		if f := publish.Credential(tree(t, `{"credentialSubject": `+subject+`}`)); f.Concealed != want {
			t.Errorf("%s is concealed: %v", subject, f.Concealed)
		}
	}
}

// TestReordered: characters that reorder the text around them are noticed.
func TestReordered(t *testing.T) {
	if publish.Credential(tree(t, credential)).Reordered {
		t.Error("plain text is said to be reordered")
	}
	if !publish.Credential(tree(t, `{"name":"a\u202eb"}`)).Reordered {
		t.Error("an override went unnoticed")
	}
}
