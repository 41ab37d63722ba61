package rules_test

import (
	"errors"
	"slices"
	"testing"

	"merkki/schema"
	"merkki/schema/microcredential/rules"
)

// TestReview: the profile and the packs speak together, each place once.
func TestReview(t *testing.T) {
	root := golden(t)
	subject, _ := root.Get("credentialSubject")
	achievement, _ := subject.Get("achievement")
	eu := packs(t, "eu-2022")
	changed := func(a schema.Value) schema.Value {
		return root.With("credentialSubject", subject.With("achievement", a))
	}
	const at = "/credentialSubject/achievement"
	for _, c := range []struct {
		name string
		root schema.Value
		want []string // element rule path of every error
	}{
		{"golden", root, nil},
		{"no outcome", changed(achievement.Without("learningOutcome")), []string{
			"outcomes eu-2022/A1.06 " + at + "/learningOutcome",
			"assessment mc-v1/reference " + at + "/assessment/0/covers/0",
			"assessment mc-v1/reference " + at + "/assessment/1/covers/0",
			"assessment mc-v1/reference " + at + "/assessment/1/covers/1",
		}},
		{"a date that is none", changed(achievement.With("reviewDue", schema.StringValue("2027-02-30"))),
			[]string{"quality mc-v1/form " + at + "/reviewDue"}},
		{"no type of ours", changed(achievement.With("type", schema.ArrayValue(schema.StringValue("Achievement")))),
			[]string{"further mc-v1/missing " + at + "/type"}},
	} {
		found, err := rules.Review(c.root, eu, today)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := errorsOf(found); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		for _, f := range found {
			if (f.Fault == nil) == (f.Message == nil) {
				t.Errorf("%s: %s has no words, or two kinds of them", c.name, f.Rule)
			}
		}
	}
	for _, v := range []schema.Value{schema.ObjectValue(), root.Without("credentialSubject"), changed(schema.StringValue("x"))} {
		if _, err := rules.Review(v, eu, today); !isFault(err, schema.CodeMalformedValueError) {
			t.Errorf("no achievement: %v", err)
		}
	}
}

func isFault(err error, code schema.Code) bool {
	f, ok := errors.AsType[*schema.Fault](err)
	return ok && f.Code == code
}

// TestPacksFor: the Finnish draft is asked of Finnish bodies only.
func TestPacksFor(t *testing.T) {
	root := golden(t)
	if got := rules.PacksFor(root); len(got) != 2 || got[1].Name() != "fi-draft" {
		t.Errorf("a Finnish body: %d packs", len(got))
	}
	subject, _ := root.Get("credentialSubject")
	foreign := root.Without("issuer").With("credentialSubject", subject.Without("awardedBy"))
	if got := rules.PacksFor(foreign); len(got) != 1 || got[0].Name() != "eu-2022" {
		t.Errorf("no Finnish body: %d packs", len(got))
	}
}

// TestHoursAndCoverage: hours that do not fit the credits are a warning, an
// outcome that no assessment covers is an error.
func TestHoursAndCoverage(t *testing.T) {
	root := golden(t)
	subject, _ := root.Get("credentialSubject")
	a, _ := subject.Get("achievement")
	outcomes := a.GetList("learningOutcome")
	lonely := outcomes[0].With("id", schema.StringValue("https://badges.north.example/a/medsafe/v3#lo-99"))
	for _, c := range []struct {
		achievement    schema.Value
		rule, severity string
	}{
		{a.With("volumeOfLearning", schema.StringValue("PT10H")), "eu-2022/A2.hours", rules.Warning},
		{a.With("learningOutcome", schema.ArrayValue(append(slices.Clone(outcomes), lonely)...)), "eu-2022/A2.cover", rules.Error},
	} {
		doc := root.With("credentialSubject", subject.With("achievement", c.achievement))
		found, err := rules.Review(doc, packs(t, "eu-2022"), today)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(found, func(f rules.Finding) bool { return f.Rule == c.rule && f.Severity == c.severity }) {
			t.Errorf("want %s %s, got %+v", c.severity, c.rule, found)
		}
	}
}
