package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/i18n"
	"merkki/schema"
	"merkki/schema/microcredential/examples"
)

// checked runs the command on a document.
func checked(t *testing.T, b []byte, flags ...string) (status int, out, errs string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "course.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	p, stdout, stderr := newProgram()
	status = p.run(context.Background(), append([]string{"achievements", "check", file}, flags...))
	return status, stdout.String(), stderr.String()
}

// TestCheckExamples: every template of the examples, with its institutions,
// conforms to the European rules and the Finnish draft.
func TestCheckExamples(t *testing.T) {
	for _, name := range examples.Names() {
		v, _ := examples.Filled(name)
		status, out, errs := checked(t, schema.Marshal(v))
		if status != exitOK || errs != "" || !strings.HasPrefix(out, "It conforms to eu-2022@1.0.0, fi-draft@0.1.0.\n") {
			t.Errorf("%s: exit status %d, %s\n%s", name, status, errs, out)
		}
	}
}

// TestCheckNamesWhatIsMissing: without one of the mandatory elements of Annex I
// the exit status is 1, and the JSON names element, rule, place and remedy.
func TestCheckNamesWhatIsMissing(t *testing.T) {
	v, _ := examples.Filled("home-care")
	for element, members := range map[string][]string{
		"title": {"titleByLanguage"}, "country": {"creator"}, "body": {"awardedBy"}, "outcomes": {"learningOutcome"},
		"workload": {"credit", "volumeOfLearning"}, "level": {"eqfLevel", "nqfLevel"}, "assessment": {"assessment"},
		"participation": {"mode"}, "quality": {"qualityAssurance"},
	} {
		status, out, _ := checked(t, schema.Marshal(v.Without(members...)), "--json", "--pack", "eu-2022", "--lang", "fi")
		var r i18n.Review
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		named := false
		for _, f := range r.Findings {
			named = named || f.Element == element && f.Severity == "error" && f.Path != "" && f.Remedy != "" && strings.Contains(f.Rule, "/") && strings.Contains(f.Pack, "@")
		}
		if status != exitInvalid || r.Conforms || !named {
			t.Errorf("without %s: exit status %d, %s", element, status, out)
		}
	}
}

// TestCheckSpeaks: what has to be corrected is said first, in every language.
func TestCheckSpeaks(t *testing.T) {
	v, _ := examples.Filled("wound-care")
	spoilt := v.With("reviewDue", schema.StringValue("2027-02-30")).Without("targetGroup")
	for lang, want := range map[string]string{
		"fi": "Laadunvarmistus: korjattava\n  Arvoa ei ole kirjoitettu niin kuin eurooppalainen profiili edellyttää: reviewDue.\n  Odotettu: päivä, esimerkiksi 2026-11-25.\n  Missä: /reviewDue\n",
		"sv": "Kvalitetssäkring: måste rättas\n  Ett värde är inte skrivet så som den europeiska profilen kräver: reviewDue.\n  Väntat: ett datum, till exempel 2026-11-25.\n  Var: /reviewDue\n",
		"en": "Quality assurance: to be corrected\n  A value is not written as the European profile wants: reviewDue.\n  Wanted: a date such as 2026-11-25.\n  Where: /reviewDue\n",
	} {
		status, out, errs := checked(t, schema.Marshal(spoilt), "--lang", lang)
		if status != exitInvalid || errs != "" || !strings.Contains(out, want) || strings.Contains(out, "⟪") {
			t.Errorf("%s: exit status %d, %s\n%s", lang, status, errs, out)
		}
		if first, _, _ := strings.Cut(out, "\n\n"); strings.Count(out, "targetGroup") == 0 || strings.Contains(first, "targetGroup") {
			t.Errorf("%s: a warning is left out, or stands first:\n%s", lang, out)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	for name, b := range map[string][]byte{
		"no JSON": []byte("x"), "a name twice": []byte(`{"type":["Achievement"],"type":["Achievement"]}`),
		"something else": []byte(`{"type":["Profile"],"name":"x"}`), "nothing": nil,
		"too long": append([]byte(`{"type":["Achievement"],"name":"`), bytes.Repeat([]byte("x"), maxDocument)...),
	} {
		if status, out, errs := checked(t, b); status != exitData || out != "" || errs == "" {
			t.Errorf("%s: exit status %d, %q, %q", name, status, out, errs)
		}
	}
	v, _ := examples.Filled("wound-care")
	if status, _, errs := checked(t, schema.Marshal(v), "--pack", "eu-2023"); status != exitUsage || !strings.Contains(errs, "eu-2022") {
		t.Errorf("a pack that is not there: exit status %d, %s", status, errs)
	}
	p, _, _ := newProgram()
	if status := p.run(context.Background(), []string{"achievements", "check", filepath.Join(t.TempDir(), "none.json")}); status != exitNoInput {
		t.Errorf("no file: exit status %d", status)
	}
}
