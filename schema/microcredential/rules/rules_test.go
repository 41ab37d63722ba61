package rules_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"merkki/schema"
	"merkki/schema/microcredential/rules"
)

var today = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func golden(t testing.TB) schema.Value {
	t.Helper()
	b, err := os.ReadFile("../testdata/medsafe-openbadge.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

func packs(t testing.TB, names ...string) []*rules.Pack {
	t.Helper()
	var all []*rules.Pack
	for _, name := range names {
		p, ok := rules.Named(name)
		if !ok {
			t.Fatalf("there is no pack %s, of %v", name, rules.Names())
		}
		all = append(all, p)
	}
	return all
}

func errorsOf(found []rules.Finding) (all []string) {
	for _, f := range found {
		if f.Severity == rules.Error {
			all = append(all, f.Element+" "+f.Rule+" "+f.Path)
		}
	}
	return all
}

func TestGoldenConforms(t *testing.T) {
	found := rules.Evaluate(packs(t, "eu-2022"), rules.ViewOf(golden(t)), today)
	if bad := errorsOf(found); len(bad) > 0 || !rules.Conforms(found) {
		t.Errorf("the golden credential: %s", strings.Join(bad, "\n"))
	}
}

// TestPacksSpeak: whoever is refused reads why and what to do, in every
// language of the service.
func TestPacksSpeak(t *testing.T) {
	if names := rules.Names(); !slices.Equal(names, []string{"eu-2022", "fi-draft", "nl-surf"}) {
		t.Errorf("packs %v", names)
	}
	for _, p := range packs(t, rules.Names()...) {
		if len(p.SHA256) != 64 || len(p.Basis) == 0 || p.Status == "" {
			t.Errorf("%s says too little of itself", p.Label())
		}
		for _, r := range p.Rules {
			for _, lang := range []string{"fi", "sv", "en"} {
				if r.Message[lang] == "" || r.Remedy[lang] == "" || p.Title[lang] == "" {
					t.Errorf("%s: %s has no words in %s", p.Label(), r.ID, lang)
				}
			}
		}
	}
	fi, _ := rules.Named("fi-draft")
	if len(fi.Rules) < 20 || fi.Rules[0].ID != "eu-2022/A1.01" {
		t.Errorf("fi-draft has not inherited: %d rules", len(fi.Rules))
	}
}

// mutations spoil one element of Annex I of a credential in every way: it is
// removed, empty, of another kind, or no value of its list.
var mutations = map[string][]string{ // element: pointers into the golden credential
	"learner":       {"/credentialSubject id identifier"},
	"title":         {"/credentialSubject/achievement titleByLanguage"},
	"country":       {"/issuer address", "/issuer/address addressCountryCode", "/credentialSubject/awardedBy/awardingBody/1 address"},
	"body":          {"/credentialSubject awardedBy", "/credentialSubject/awardedBy awardingBody", "/issuer id"},
	"date":          {" awardedDate"},
	"outcomes":      {"/credentialSubject/achievement learningOutcome", "/credentialSubject/achievement/learningOutcome/0 outcomeByLanguage"},
	"workload":      {"/credentialSubject/achievement credit volumeOfLearning", "/credentialSubject/achievement/credit/0 points", "/credentialSubject/achievement/credit/0 framework"},
	"level":         {"/credentialSubject/achievement eqfLevel nqfLevel"},
	"assessment":    {"/credentialSubject/achievement assessment", "/credentialSubject/achievement/assessment/0 assessmentType"},
	"participation": {"/credentialSubject/achievement mode"},
	"quality":       {"/credentialSubject/achievement qualityAssurance", "/credentialSubject/achievement/qualityAssurance/0 qaType"},
}

func TestEveryMandatoryElement(t *testing.T) {
	eu := packs(t, "eu-2022")
	spoil := map[string]func(schema.Value) (schema.Value, bool){
		"removed":      func(schema.Value) (schema.Value, bool) { return schema.Value{}, false },
		"null":         func(schema.Value) (schema.Value, bool) { return schema.Value{Kind: schema.Null}, true },
		"empty text":   func(schema.Value) (schema.Value, bool) { return schema.StringValue(" "), true },
		"empty object": func(schema.Value) (schema.Value, bool) { return schema.ObjectValue(), true },
		"empty list":   func(schema.Value) (schema.Value, bool) { return schema.ArrayValue(), true },
	}
	for element, places := range mutations {
		for _, place := range places {
			parent, names, _ := strings.Cut(place, " ")
			for how, change := range spoil {
				doc := golden(t)
				for name := range strings.SplitSeq(names, " ") {
					doc = altered(t, doc, parent, name, change)
				}
				found := rules.Evaluate(eu, rules.ViewOf(doc), today)
				if rules.Conforms(found) || !slices.ContainsFunc(found, func(f rules.Finding) bool {
					return f.Element == element && f.Severity == rules.Error
				}) {
					t.Errorf("%s, %s %s: not blocked for it: %v", element, place, how, errorsOf(found))
				}
			}
		}
	}
}

// TestMalformedValues: a code of no list, a number that is none.
func TestMalformedValues(t *testing.T) {
	const a = "/credentialSubject/achievement"
	for _, c := range []struct{ parent, name, value, rule string }{
		{a, "eqfLevel", "http://data.europa.eu/snb/eqf/9", "eu-2022/A1.08"},
		{a + "/nqfLevel", "0", "6", "eu-2022/A1.08"},
		{a + "/mode", "0", "online", "eu-2022/A1.10"},
		{a + "/assessment/1", "assessmentType", "http://data.europa.eu/snb/assessment/none", "eu-2022/A1.09"},
		{a + "/qualityAssurance/0", "qaType", "audit", "eu-2022/A1.11"},
		{a + "/credit/0", "points", "2,5", "eu-2022/A1.07"},
		{a + "/credit/0", "points", "0", "eu-2022/A1.07"},
		{a + "/credit/0", "points", "2.50", "eu-2022/A1.07"},
		{a + "/credit/0", "framework", "ECTS", "eu-2022/A1.07"},
		{a, "volumeOfLearning", "P60M", "eu-2022/A1.07"},
		{a + "/titleByLanguage", "en", " ", "eu-2022/A1.02"},
		{"/issuer/address", "addressCountryCode", "Finland", "eu-2022/A1.03"},
		{"/credentialSubject/awardedBy/awardingBody/0", "id", "did:web:stranger.example", "eu-2022/A1.04"},
		{"", "awardedDate", "2027-01-01T00:00:00Z", "eu-2022/A1.05"},
		{"", "awardedDate", "yesterday", "eu-2022/A1.05"},
		{a + "/assessment/0", "idVerification", "supervised", "eu-2022/A1.13-list"},
	} {
		doc := altered(t, golden(t), c.parent, c.name, func(schema.Value) (schema.Value, bool) { return schema.StringValue(c.value), true })
		found := rules.Evaluate(packs(t, "eu-2022"), rules.ViewOf(doc), today)
		n := slices.IndexFunc(found, func(f rules.Finding) bool { return f.Rule == c.rule && f.Severity == rules.Error })
		if n < 0 {
			t.Errorf("%s/%s = %q: %v, want %s", c.parent, c.name, c.value, errorsOf(found), c.rule)
			continue
		}
		if _, ok := schema.Resolve(doc, found[n].Path); !ok {
			t.Errorf("%s/%s = %q: the finding points to %q, where nothing stands", c.parent, c.name, c.value, found[n].Path)
		}
	}
}

// TestAchievementAlone: a template is judged before anybody has earned it, and
// its paths lead into its own file.
func TestAchievementAlone(t *testing.T) {
	doc := golden(t)
	achievement, _ := schema.Resolve(doc, "/credentialSubject/achievement")
	issuer, _ := schema.Resolve(doc, "/issuer")
	by, _ := schema.Resolve(doc, "/credentialSubject/awardedBy")
	template := achievement.With("creator", issuer).With("awardedBy", by)
	if found := rules.Evaluate(packs(t, "eu-2022"), rules.ViewOf(template), today); !rules.Conforms(found) {
		t.Errorf("%v", errorsOf(found))
	}
	level := template.Without("eqfLevel", "nqfLevel")
	found := rules.Evaluate(packs(t, "eu-2022"), rules.ViewOf(level), today)
	if got := errorsOf(found); !slices.Equal(got, []string{"level eu-2022/A1.08 /eqfLevel"}) {
		t.Errorf("without a level: %v", got)
	}
	reason := schema.ObjectValue(schema.Member{Name: "level", Value: schema.StringValue("a hobby course")})
	if found = rules.Evaluate(packs(t, "eu-2022"), rules.ViewOf(level.With("notApplicable", reason)), today); !rules.Conforms(found) {
		t.Errorf("with a reason why there is none: %v", errorsOf(found))
	}
	foreign := template.With("creator", issuer.Without("address"))
	found = rules.Evaluate(packs(t, "eu-2022"), rules.ViewOf(foreign), today)
	if got := errorsOf(found); !slices.Equal(got, []string{"country eu-2022/A1.03 /creator/address/addressCountryCode"}) {
		t.Errorf("without a country: %v", got)
	}
}

func TestFinnishDraft(t *testing.T) {
	const a = "/credentialSubject/achievement"
	texts := schema.ObjectValue(schema.Member{Name: "fi", Value: schema.StringValue("Kysy opintoneuvonnasta.")},
		schema.Member{Name: "en", Value: schema.StringValue("Ask study guidance.")})
	entry := schema.ObjectValue(schema.Member{Name: "type", Value: schema.StringValue("IdentifierEntry")},
		schema.Member{Name: "identifier", Value: schema.StringValue("2228357-4")}, schema.Member{Name: "identifierType", Value: schema.StringValue("ext:Y-tunnus")})
	put := func(v schema.Value) func(schema.Value) (schema.Value, bool) {
		return func(schema.Value) (schema.Value, bool) { return v, true }
	}
	good := altered(t, golden(t), a, "guidance", put(texts))
	ids, _ := schema.Resolve(good, "/issuer/otherIdentifier")
	good = altered(t, good, "/issuer", "otherIdentifier", put(schema.ArrayValue(append(slices.Clone(ids.Items), entry)...)))
	if found := rules.Evaluate(packs(t, "eu-2022", "fi-draft"), rules.ViewOf(good), today); !rules.Conforms(found) {
		t.Fatalf("%v", errorsOf(found))
	}
	for _, c := range []struct {
		parent, name string
		value        schema.Value
		rule         string
	}{
		{a + "/credit/0", "points", schema.StringValue("60"), "fi-draft/ects-range"},
		{a + "/credit/0", "points", schema.StringValue("0.5"), "fi-draft/ects-range"},
		{a, "eqfLevel", schema.StringValue("http://data.europa.eu/snb/eqf/7"), "fi-draft/level"},
		{a, "guidance", schema.ObjectValue(), "fi-draft/guidance"},
		{"/issuer", "otherIdentifier", schema.ArrayValue(), "fi-draft/organisation"},
	} {
		found := rules.Evaluate(packs(t, "fi-draft"), rules.ViewOf(altered(t, good, c.parent, c.name, put(c.value))), today)
		if !slices.ContainsFunc(found, func(f rules.Finding) bool { return f.Rule == c.rule && f.Severity == rules.Error }) {
			t.Errorf("%s/%s: %v, want %s", c.parent, c.name, errorsOf(found), c.rule)
		}
	}
	for _, points := range []string{"1", "2.5", "59"} {
		doc := altered(t, good, a+"/credit/0", "points", put(schema.StringValue(points)))
		if found := rules.Evaluate(packs(t, "fi-draft"), rules.ViewOf(doc), today); !rules.Conforms(found) {
			t.Errorf("%s credits: %v", points, errorsOf(found))
		}
	}
}

// TestOrderChangesNothing: neither that of rules nor of packs nor of elements of
// sets.
func TestOrderChangesNothing(t *testing.T) {
	doc := golden(t)
	want := errorsOf(rules.Evaluate(packs(t, "eu-2022", "fi-draft"), rules.ViewOf(doc), today))
	rapid.Check(t, func(rt *rapid.T) {
		names := rapid.Permutation([]string{"eu-2022", "fi-draft"}).Draw(rt, "packs")
		shuffled := packs(t, names...)
		for i, p := range shuffled {
			copied := *p
			copied.Rules = rapid.Permutation(p.Rules).Draw(rt, "rules")
			shuffled[i] = &copied
		}
		if got := errorsOf(rules.Evaluate(shuffled, rules.ViewOf(doc), today)); !slices.Equal(got, want) {
			rt.Errorf("%v, want %v", got, want)
		}
	})
}

func TestParsePack(t *testing.T) {
	base := func(name string) (*rules.Pack, bool) { return rules.Named(name) }
	words := `"message":{"en":"m"},"remedy":{"en":"r"}`
	for in, want := range map[string]string{
		`{"id":"x/own","version":"1","rules":[{"id":"own/a","severity":"error","element":"title","assert":{"exists":"/achievement/name"},` + words + `}]}`: "",
		`{"id":"x/own","version":"1","extends":["eu-2022@1"],"rules":[{"id":"eu-2022/A2.review","disabled":true}]}`:                                        "",
		`{"id":"x/own","version":"1","extends":["eu-2022@2"],"rules":[]}`:                                                                                  "not known",
		`{"id":"x/own","version":"1","extends":["nothing"],"rules":[]}`:                                                                                    "not known",
		`{"id":"x/own","version":"1","rules":[{"id":"eu-2022/A2.review","disabled":true}]}`:                                                                "silences",
		`{"id":"x/own","rules":[]}`:                    "a version",
		`{"id":"x/own","version":"1"} {}`:              "follows",
		`{"id":"x/own","version":"1","code":"evil()"}`: "unknown field",
		`[]`: "not a pack",
		`{"id":"x/own","version":"1","rules":[{"id":"own/a","severity":"fatal","element":"title","assert":{"exists":"/achievement/name"},` + words + `}]}`:                                                           "severity",
		`{"id":"x/own","version":"1","rules":[{"id":"own/a","severity":"error","element":"colour","assert":{"exists":"/achievement/name"},` + words + `}]}`:                                                          "element",
		`{"id":"x/own","version":"1","rules":[{"id":"own/a","severity":"error","element":"title","assert":{"exists":"/a","absent":"/b"},` + words + `}]}`:                                                            "one condition",
		`{"id":"x/own","version":"1","rules":[{"id":"own/a","severity":"error","element":"title","assert":{"exists":"/elsewhere/name"},` + words + `}]}`:                                                             "part of the view",
		`{"id":"x/own","version":"1","rules":[{"id":"own/a","severity":"error","element":"title","assert":{"exists":"./name"},` + words + `}]}`:                                                                      "part of the view",
		`{"id":"x/own","version":"1","rules":[{"id":"own/a","severity":"error","element":"title","assert":{"matches":{"path":"/achievement/name","pattern":"("}},` + words + `}]}`:                                   "pattern",
		`{"id":"x/own","version":"1","rules":[{"id":"own/a","severity":"error","element":"title","assert":{"inList":{"path":"/achievement/mode","list":"moods"}},` + words + `}]}`:                                   "no code list",
		`{"id":"x/own","version":"1","rules":[{"id":"own/a","severity":"error","element":"title","assert":{"range":{"path":"/achievement/credit","min":"1,5"}},` + words + `}]}`:                                     "decimal",
		`{"id":"x/own","version":"1","rules":[{"id":"own/a","severity":"error","element":"title","assert":{"exists":"/achievement/name"}}]}`:                                                                         "no message",
		`{"id":"x/own","version":"1","rules":[{"id":"own/a","severity":"error","element":"title","assert":` + strings.Repeat(`{"not":`, 20) + `{"exists":"/issuer"}` + strings.Repeat("}", 20) + `,` + words + `}]}`: "deep",
	} {
		p, err := rules.ParsePack([]byte(in), base)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", in, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", in, err, want)
		case want == "" && len(p.Silenced) > 0 && p.Silenced[0] != "eu-2022/A2.review":
			t.Errorf("silenced: %v", p.Silenced)
		}
	}
}

func FuzzParsePack(f *testing.F) {
	for _, name := range rules.Names() {
		b, err := os.ReadFile("packs/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	view := rules.ViewOf(golden(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := rules.ParsePack(b, func(name string) (*rules.Pack, bool) { return rules.Named(name) })
		if err != nil {
			return
		}
		for _, finding := range rules.Evaluate([]*rules.Pack{p}, view, today) {
			if finding.Rule == "" || !slices.Contains(rules.Elements, finding.Element) {
				t.Errorf("a finding of no rule or element: %+v", finding)
			}
		}
	})
}

// altered returns doc with one member of the object, or item of the array, at
// parent changed.
func altered(t testing.TB, doc schema.Value, parent, name string, change func(schema.Value) (schema.Value, bool)) schema.Value {
	t.Helper()
	return descend(t, doc, strings.FieldsFunc(parent, func(r rune) bool { return r == '/' }), name, change)
}

func descend(t testing.TB, v schema.Value, way []string, name string, change func(schema.Value) (schema.Value, bool)) schema.Value {
	next := func(inner schema.Value) (schema.Value, bool) { return descend(t, inner, way[1:], name, change), true }
	if len(way) == 0 {
		way, next = []string{name}, change
	}
	if v.Kind == schema.Array {
		i := slices.Index([]string{"0", "1", "2", "3"}, way[0])
		if i < 0 || i >= len(v.Items) {
			t.Fatalf("no item %s", way[0])
		}
		item, keep := next(v.Items[i])
		items := slices.Clone(v.Items)
		if !keep {
			return schema.ArrayValue(slices.Delete(items, i, i+1)...)
		}
		items[i] = item
		return schema.ArrayValue(items...)
	}
	old, _ := v.Get(way[0])
	if m, keep := next(old); keep {
		return v.With(way[0], m)
	}
	return v.Without(way[0])
}
