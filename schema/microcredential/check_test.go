package microcredential_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"merkki/schema"
	mc "merkki/schema/microcredential"
)

func golden(t testing.TB) schema.Value {
	t.Helper()
	b, err := os.ReadFile("testdata/medsafe-openbadge.json")
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, b)
}

func parsed(t testing.TB, b []byte) schema.Value {
	t.Helper()
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

// with returns the golden credential with a value at a pointer; "" takes what is
// there away.
func with(t testing.TB, pointer, value string) schema.Value {
	t.Helper()
	var doc any
	if err := json.Unmarshal(schema.Marshal(golden(t)), &doc); err != nil {
		t.Fatal(err)
	}
	at, tokens := doc, strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, token := range tokens {
		last := i == len(tokens)-1
		switch v := at.(type) {
		case map[string]any:
			switch {
			case last && value == "":
				delete(v, token)
			case last:
				v[token] = json.RawMessage(value)
			default:
				at = v[token]
			}
		case []any:
			n := int(token[0] - '0')
			if last {
				v[n] = json.RawMessage(value)
			} else {
				at = v[n]
			}
		default:
			t.Fatalf("nothing stands at %s", pointer)
		}
	}
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, b)
}

func kinds(found []mc.Problem) (all []string) {
	for _, p := range found {
		all = append(all, p.Kind+" "+p.Pointer)
	}
	return all
}

func TestGoldenCredential(t *testing.T) {
	if found := mc.CheckCredential(golden(t)); len(found) > 0 {
		t.Errorf("%v", found)
	}
	plain := parsed(t, []byte(`{"credentialSubject":{"achievement":{"type":["Achievement"]}}}`))
	if found := mc.CheckCredential(plain); len(found) > 0 {
		t.Errorf("an Open Badge that is no micro-credential: %v", found)
	}
}

func TestProblems(t *testing.T) {
	const s, a = "/credentialSubject", "/credentialSubject/achievement"
	for _, c := range []struct{ pointer, value, want string }{
		// Forms.
		{a + "/credit/0/points", `2.5`, "form " + a + "/credit/0/points"},
		{a + "/credit/0/points", `"2.50"`, "form " + a + "/credit/0/points"},
		{a + "/volumeOfLearning", `"P60M"`, "form " + a + "/volumeOfLearning"},
		{a + "/volumeOfLearning", `"PT67H30M"`, ""},
		{a + "/titleByLanguage/EN", `"x"`, "form " + a + "/titleByLanguage/EN"},
		{a + "/titleByLanguage/sv", `""`, "form " + a + "/titleByLanguage/sv"},
		{a + "/titleByLanguage/sv", `"La\u0308kemedel"`, "form " + a + "/titleByLanguage/sv"},
		{a + "/mode", `"http://data.europa.eu/snb/learning-assessment/e92d221e4d"`, "form " + a + "/mode"},
		{a + "/mode", `[]`, "form " + a + "/mode"},
		{a + "/reviewDue", `"2027-02-30"`, "form " + a + "/reviewDue"},
		{a + "/learningOutcome/0/position", `1`, "form " + a + "/learningOutcome/0/position"},
		{a + "/qualityAssurance/0/agency", `"https://agency.example"`, "form " + a + "/qualityAssurance/0/agency"},
		{a + "/guidanceUrl", `"not an address"`, "form " + a + "/guidanceUrl"},
		{s + "/awardedBy/awardingDate", `"today"`, "form " + s + "/awardedBy/awardingDate"},
		{s + "/awardedBy/awardingBody/0/awardingShare", `"1.5"`, "form " + s + "/awardedBy/awardingBody/0/awardingShare"},
		{s + "/awardedBy/jointPolicy", `"all"`, "form " + s + "/awardedBy/jointPolicy"},
		// Missing.
		{a + "/titleByLanguage", "", "missing " + a + "/titleByLanguage"},
		{a + "/learningOutcome", "", "missing " + a + "/learningOutcome"},
		{a + "/assessment", "", "missing " + a + "/assessment"},
		{a + "/qualityAssurance", "", "missing " + a + "/qualityAssurance"},
		{a + "/type", `["McAchievement"]`, "missing " + a + "/type"},
		{a + "/learningOutcome/0/id", "", "missing " + a + "/learningOutcome/0/id"},
		{a + "/creditsAvailable", "", "missing " + a + "/creditsAvailable"},
		{s + "/type", `["AchievementSubject"]`, "missing " + s + "/type"},
		{s + "/awardedBy", "", "missing " + s + "/awardedBy"},
		{s + "/awardedBy/dataController", "", "missing " + s + "/awardedBy/dataController"},
		{s + "/awardedBy/jointPolicy", "", "missing " + s + "/awardedBy/jointPolicy"},
		{s + "/awardedBy/awardingBody/1/mandate", "", "missing " + s + "/awardedBy/awardingBody/1/mandate"},
		{"/awardedDate", "", "missing /awardedDate"},
		{"/issuer/address", "", "missing /issuer/address/addressCountryCode"},
		// Codes.
		{a + "/eqfLevel", `"http://data.europa.eu/snb/eqf/9"`, "code " + a + "/eqfLevel"},
		{a + "/isced", `["http://data.europa.eu/snb/isced-f/9914"]`, "code " + a + "/isced/0"},
		{a + "/instructionLanguage", `["fi"]`, "code " + a + "/instructionLanguage/0"},
		{a + "/nqfLevel", `[6]`, "code " + a + "/nqfLevel/0"},
		// References.
		{a + "/assessment/0/covers", `["https://badges.north.example/a/medsafe/v3#lo-9"]`, "reference " + a + "/assessment/0/covers/0"},
		{a + "/assessment/0/gradedBy", `"https://badges.north.example/a/medsafe/v3#rd-9"`, "reference " + a + "/assessment/0/gradedBy"},
		{s + "/assessmentTaken", `[{"type":["McAssessmentTaken"],"specifiedBy":"https://badges.north.example/a/medsafe/v3#as-9"}]`, "reference " + s + "/assessmentTaken/0/specifiedBy"},
		// What stands twice has to be the same.
		{a + "/creditsAvailable", `2.4`, "differs " + a + "/creditsAvailable"},
		{a + "/creditsAvailable", `25e-1`, ""},
		{a + "/creditsAvailable", `"2.5"`, "differs " + a + "/creditsAvailable"},
		{a + "/name", `"Another name"`, "differs " + a + "/titleByLanguage/en"},
		{a + "/isPartOf", "", ""}, // degreePart is there
		{s + "/awardedBy/awardingBody/0/id", `"did:web:other.example"`, "differs " + s + "/awardedBy/awardingBody"},
		{s + "/awardedBy/awardingBody/0/awardingShare", `"0.5"`, "differs " + s + "/awardedBy/awardingBody"},
		{s + "/awardedBy/approvalThreshold", `"2"`, "differs " + s + "/awardedBy/approvalThreshold"},
		{s + "/awardedBy/jointPolicy", `"https://w3id.org/merkki/mc#threshold"`, "differs " + s + "/awardedBy/approvalThreshold"},
		{s + "/awardedBy/jointPolicy", `"https://w3id.org/merkki/mc#lead"`, ""},
		{a + "/hasPart", `[{"id":"https://badges.north.example/a/x/v1","type":["McPart"],"partCredit":{"type":["McCredit"],"framework":"http://data.europa.eu/snb/education-credit/6fcec5c5af","points":"3"}}]`, "differs " + a + "/hasPart"},
		{a + "/hasPart", `[{"id":"https://badges.north.example/a/medsafe/v3","type":["McPart"]}]`, "differs " + a + "/hasPart/0/id"},
		// Numbers.
		{a + "/mode", `["http://data.europa.eu/snb/learning-assessment/e92d221e4d","http://data.europa.eu/snb/learning-assessment/e92d221e4d"]`, "number " + a + "/mode/1"},
	} {
		found := kinds(mc.CheckCredential(with(t, c.pointer, c.value)))
		switch {
		case c.want == "" && len(found) > 0:
			t.Errorf("%s = %s: %v, want nothing", c.pointer, c.value, found)
		case c.want != "" && !slices.Contains(found, c.want):
			t.Errorf("%s = %s: %v, want %s", c.pointer, c.value, found, c.want)
		}
	}
}

// TestManyBodies: one to twenty award together.
func TestManyBodies(t *testing.T) {
	body := `{"id":"did:web:b%d.example","type":["Profile","McAwardingBody"],"awardingRole":["https://w3id.org/merkki/mc#providing"]}`
	issuer := `{"id":"did:web:badges.north.example","type":["Profile","McAwardingBody"],"awardingRole":["https://w3id.org/merkki/mc#awarding"]}`
	for n, want := range map[int]bool{1: true, 2: true, 11: true, 20: true, 21: false} {
		all := []string{issuer}
		for i := 1; i < n; i++ {
			all = append(all, strings.Replace(body, "%d", string(rune('a'+i)), 1))
		}
		found := mc.CheckCredential(with(t, "/credentialSubject/awardedBy/awardingBody", "["+strings.Join(all, ",")+"]"))
		if (len(found) == 0) != want {
			t.Errorf("%d bodies: %v", n, found)
		}
	}
}
