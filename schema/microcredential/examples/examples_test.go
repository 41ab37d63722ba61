package examples_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"merkki/schema"
	mc "merkki/schema/microcredential"
	"merkki/schema/microcredential/examples"
	"merkki/schema/microcredential/finland"
	"merkki/schema/microcredential/rules"
)

var today = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// filled is Filled of a template that there is, with bodies that there are.
func filled(t testing.TB, name string) schema.Value {
	t.Helper()
	v, ok := examples.Filled(name)
	if !ok {
		t.Fatalf("there is no template %s", name)
	}
	by, _ := v.Get("awardedBy")
	for _, b := range by.GetList("awardingBody") {
		if b.GetString("name") == "" {
			t.Errorf("%s: there is no body %s", name, b.GetString("id"))
		}
	}
	return v
}

// TestTemplates: every one is what the profile and the rule packs want, in three
// languages.
func TestTemplates(t *testing.T) {
	eu, _ := rules.Named("eu-2022")
	fi, _ := rules.Named("fi-draft")
	joint, stacked := 0, 0
	fields := map[string]bool{}
	for _, name := range examples.Names() {
		v := filled(t, name)
		template := v.Without("creator", "awardedBy", "notApplicable", "editions")
		for _, p := range mc.CheckAchievement(template) {
			t.Errorf("%s: %+v", name, p)
		}
		for _, f := range rules.Evaluate([]*rules.Pack{eu, fi}, rules.ViewOf(v), today) {
			if f.Severity != rules.Info {
				t.Errorf("%s: %s %s at %s: %s", name, f.Severity, f.Rule, f.Path, f.Message["en"])
			}
		}
		for _, m := range []string{"titleByLanguage", "summaryByLanguage", "targetGroup", "guidance", "entryRequirement"} {
			text, _ := v.Get(m)
			for _, lang := range []string{"fi", "sv", "en"} {
				if text.GetString(lang) == "" {
					t.Errorf("%s: no %s in %s", name, m, lang)
				}
			}
		}
		by, _ := v.Get("awardedBy")
		if len(by.GetList("awardingBody")) > 1 {
			joint++
		}
		for _, p := range v.GetList("hasPart") {
			stacked++
			part, ok := examples.Template(strings.TrimPrefix(p.GetString("id"), "urn:example:merkki:"))
			if !ok || len(part.GetList("isPartOf")) == 0 || part.GetList("isPartOf")[0].GetString("id") != v.GetString("id") {
				t.Errorf("%s: its part %s does not know that it is one", name, p.GetString("id"))
			}
		}
		fields[v.GetList("isced")[0].Text] = true
	}
	if n := len(examples.Names()); n < 12 || joint < 2 || stacked < 2 || len(fields) < 8 {
		t.Errorf("%d templates, %d joint, %d parts, %d fields", n, joint, stacked, len(fields))
	}
}

// TestBodies: the invented institutions have identifiers that hold together.
func TestBodies(t *testing.T) {
	for id, b := range examples.Bodies() {
		entries := b.GetList("otherIdentifier")
		if len(entries) != 3 {
			t.Errorf("%s has %d identifiers", id, len(entries))
		}
		for _, e := range entries {
			if known, err := finland.CheckIdentifier(e.GetString("identifierType"), e.GetString("identifier")); !known || err != nil {
				t.Errorf("%s: %s %s: %v", id, e.GetString("identifierType"), e.GetString("identifier"), err)
			}
		}
	}
}

// TestEveryMandatoryElementOfEveryTemplate: none can lack one unnoticed.
func TestEveryMandatoryElementOfEveryTemplate(t *testing.T) {
	eu, _ := rules.Named("eu-2022")
	spoil := map[string]func(schema.Value) schema.Value{
		"title": func(v schema.Value) schema.Value { return v.Without("titleByLanguage") },
		"country": func(v schema.Value) schema.Value {
			c, _ := v.Get("creator")
			return v.With("creator", c.Without("address"))
		},
		"body":          func(v schema.Value) schema.Value { return v.Without("awardedBy") },
		"outcomes":      func(v schema.Value) schema.Value { return v.Without("learningOutcome") },
		"workload":      func(v schema.Value) schema.Value { return v.Without("credit", "volumeOfLearning") },
		"level":         func(v schema.Value) schema.Value { return v.Without("eqfLevel", "nqfLevel") },
		"assessment":    func(v schema.Value) schema.Value { return v.Without("assessment") },
		"participation": func(v schema.Value) schema.Value { return v.Without("mode") },
		"quality":       func(v schema.Value) schema.Value { return v.Without("qualityAssurance") },
	}
	for _, name := range examples.Names() {
		for element, change := range spoil {
			found := rules.Evaluate([]*rules.Pack{eu}, rules.ViewOf(change(filled(t, name))), today)
			if !slices.ContainsFunc(found, func(f rules.Finding) bool {
				return f.Element == element && f.Severity == rules.Error && strings.HasPrefix(f.Rule, "eu-2022/A1.")
			}) {
				t.Errorf("%s without %s is not blocked for it", name, element)
			}
		}
	}
}

// TestAwarded: what is made of a template is what the profile, the rules and Open
// Badges want of a credential.
func TestAwarded(t *testing.T) {
	eu, _ := rules.Named("eu-2022")
	fi, _ := rules.Named("fi-draft")
	for _, name := range examples.Names() {
		v, _ := examples.Awarded(name, "did:web:pohjoinen.example")
		for _, f := range schema.CheckCredential(v) {
			t.Errorf("%s: %v", name, f)
		}
		for _, f := range schema.CheckIssuable(v) {
			t.Errorf("%s: %v", name, f)
		}
		found, err := rules.Review(v, []*rules.Pack{eu, fi}, today)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, f := range found {
			if f.Severity == rules.Error {
				t.Errorf("%s: %s at %s: %s", name, f.Rule, f.Path, f.Message["en"])
			}
		}
	}
}
