package web_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/schema"
)

// rich is an achievement with everything that Open Badges has a place for.
const rich = `{
	"id": "urn:example:rich",
	"type": ["Achievement"],
	"achievementType": "MicroCredential",
	"name": "Vuođđooahput: Northern Data Analytics",
	"description": "Collecting and modelling measurement data north of the Arctic Circle.",
	"criteria": {"id": "https://school.example/criteria", "narrative": "The learner\n\n1. collects a data set\n2. states its *uncertainty*"},
	"creditsAvailable": 2.5,
	"fieldOfStudy": "Energy technology",
	"specialization": "Measurement",
	"humanCode": "EN.513",
	"version": "2026",
	"inLanguage": "en",
	"tag": ["data", "energy"],
	"creator": {"id": "https://designer.example/", "type": ["Profile"], "name": "Institute of Northern Measurement"},
	"alignment": [
		{"type": ["Alignment"], "targetName": "EQF level 6", "targetFramework": "EQF", "targetCode": "6", "targetType": "ext:EQF", "targetUrl": "http://data.europa.eu/snb/eqf/6"},
		{"type": ["Alignment"], "targetName": "analyse big data", "targetFramework": "ESCO", "targetCode": "S2.7", "targetDescription": "Collect and evaluate numerical data.", "targetUrl": "https://data.europa.eu/esco/skill/example"}],
	"resultDescription": [
		{"id": "urn:example:rich#grade", "type": ["ResultDescription"], "name": "Grade", "resultType": "LetterGrade", "valueMin": "0", "valueMax": "5", "requiredValue": "1"},
		{"id": "urn:example:rich#level", "type": ["ResultDescription"], "name": "Field work", "resultType": "RubricCriterionLevel", "requiredLevel": "urn:example:rich#a",
		 "rubricCriterionLevel": [
			{"id": "urn:example:rich#a", "type": ["RubricCriterionLevel"], "name": "Assisted", "description": "Works with help."},
			{"id": "urn:example:rich#b", "type": ["RubricCriterionLevel"], "name": "Alone", "description": "Works without help.", "points": "2"}]}]
}`

// credentialStates are the pages of credentials, and results about them, beside
// those that a gallery has by itself.
func credentialStates(t testing.TB, g gallery) []state {
	t.Helper()
	a := g.add(t, rich, true)
	award := func(change func(*issuer.Draft)) issuer.Record {
		d := issuer.Draft{Achievement: a.ID, Recipient: aino, AwardedDate: "2026-11-20", Language: "en"}
		change(&d)
		return g.award(t, d)
	}
	full := award(func(d *issuer.Draft) { d.Result = append(d.Result, grade(t, a, "4")) })
	expiring := award(func(d *issuer.Draft) { d.ValidUntil = g.clock().AddDate(0, 0, 20).UTC().Format(time.DateOnly) })
	replaced := award(func(*issuer.Draft) {})
	_, err := g.Reissue(ctx, local, replaced.ID, issuer.Correction{Name: "Áino Virtanen", Reason: "Aino Virtanen: A → Á."})
	must(t, err)

	dir := t.TempDir()
	verified := func(name, content string, fill map[string]string) state {
		path := filepath.Join(dir, name)
		must(t, os.WriteFile(path, []byte(content), 0o600))
		return state{Name: name, Path: "/verify", Steps: []step{{Action: "/verify", Files: map[string]string{"file": path}, Fill: fill}}}
	}
	return []state{
		{Name: "full", Path: "/c/" + full.ID}, {Name: "expiring", Path: "/c/" + expiring.ID},
		{Name: "superseded", Path: "/c/" + replaced.ID},
		{Name: "card", Path: "/c/" + full.ID + ".card.html"}, {Name: "card-revoked", Path: "/c/" + g.revoked.ID + ".card.html"},
		verified("result-full", string(full.Credential), nil),
		verified("result-later", string(full.Credential), map[string]string{"at": "2026-01-01"}),
		verified("result-unsigned", unsigned(t, full.Credential), nil),
		verified("result-note", "Dear Sir or Madam", nil),
		verified("result-unknown", unknownIssuer(t), nil),
	}
}

// unknownIssuer is a genuine credential of an issuer that is on no list here.
func unknownIssuer(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("../../testdata/selfcontained.json")
	must(t, err)
	return string(b)
}

// unsigned is a credential whose proofs were taken away.
func unsigned(t testing.TB, credential []byte) string {
	t.Helper()
	d, err := schema.Parse(credential, schema.Limits{})
	must(t, err)
	var rest []schema.Member
	for _, m := range d.Root().Members {
		if m.Name != "proof" {
			rest = append(rest, m)
		}
	}
	return string(schema.Marshal(schema.ObjectValue(rest...)))
}
