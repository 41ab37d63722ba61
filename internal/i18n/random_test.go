package i18n_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"merkki/internal/i18n"
	"merkki/internal/i18n/i18ntest"
	"merkki/schema"
	"merkki/verifier"
)

// TestNoHeadlineContradictsItsReport: over random reports, in every language, a
// headline says nothing that the checks do not bear, green is only what is valid,
// red only what is invalid, and whatever is not settled has a next step.
func TestNoHeadlineContradictsItsReport(t *testing.T) {
	n := 3000
	if os.Getenv("MERKKI_LONG") == "1" {
		n = 200_000
	}
	rng := rand.New(rand.NewPCG(3, 20261122))
	said := map[string]int{}
	for range n {
		r := i18ntest.Report(rng)
		for _, lang := range i18n.Languages {
			p := i18n.New(lang)
			h := p.Headline(r)
			text := strings.TrimPrefix(h.Text, p.T("test.word")+". ")
			for _, c := range i18ntest.Contradictions(lang, r, text) {
				t.Error(c)
			}
			for _, name := range i18ntest.ClaimNames() {
				if i18ntest.Says(lang, text, name) {
					said[lang+" "+name]++
				}
			}
			if strings.Contains(h.Text+h.NextStep, "⟪") || text == "" {
				t.Errorf("%s: %q %q has no words: %s", lang, h.Text, h.NextStep, i18ntest.String(r))
			}
			if h.Tone == i18n.Good && r.Verdict != verifier.Valid || (h.Tone == i18n.Bad || h.Tone == i18n.Ended) != (r.Verdict == verifier.Invalid) {
				t.Errorf("%s: %s for %s", lang, h.Tone, i18ntest.String(r))
			}
			if r.Verdict != verifier.Valid && h.NextStep == "" {
				t.Errorf("%s: no next step: %s", lang, i18ntest.String(r))
			}
			if r.Test != strings.HasPrefix(h.Text, p.T("test.word")) {
				t.Errorf("%s: TEST is %v, %q", lang, r.Test, h.Text)
			}
		}
		if t.Failed() {
			return
		}
	}
	for _, lang := range i18n.Languages {
		for _, name := range i18ntest.ClaimNames() {
			if said[lang+" "+name] == 0 && name != "this person" { // which no headline says
				t.Errorf("%s: no headline ever says %q: the test would not see it", lang, name)
			}
		}
	}
}

// TestWordsOfChecksAreApart: what is said of a check that passed is never said of
// one that did not, nor the other way round; and no two languages say the same.
func TestWordsOfChecksAreApart(t *testing.T) {
	sentences := map[string]string{}
	for _, lang := range i18n.Languages {
		p := i18n.New(lang)
		good, bad := map[string]string{}, map[string]string{}
		for _, f := range verifier.Findings() {
			text := p.Finding(f.Finding, nil)
			if len([]rune(text)) < 12 || !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s is no sentence: %q", lang, f.Finding, text)
			}
			if other, ok := sentences[text]; ok && !strings.HasPrefix(other, lang) {
				t.Errorf("%s %s and %s are the same: %q", lang, f.Finding, other, text)
			}
			sentences[text] = lang + " " + f.Finding
			if f.Outcome == schema.Pass || f.Outcome == schema.NotApplicable {
				good[text] = f.Finding
			} else {
				bad[text] = f.Finding
			}
		}
		for text, f := range good {
			if b, ok := bad[text]; ok {
				t.Errorf("%s: %s and %s say the same: %q", lang, f, b, text)
			}
		}
	}
}

// TestCodesSayWhatTheyMean: a code has a title, and a meaning that says more.
func TestCodesSayWhatTheyMean(t *testing.T) {
	for _, lang := range i18n.Languages {
		titles := map[string]schema.Code{}
		for _, c := range schema.Codes() {
			text := i18n.New(lang).Code(c)
			if text.Title == "" || len(text.Meaning) < 20 || text.Title == strings.TrimSuffix(text.Meaning, ".") {
				t.Errorf("%s %s: title %q, meaning %q", lang, c, text.Title, text.Meaning)
			}
			if other, ok := titles[text.Title]; ok {
				t.Errorf("%s: %s and %s have one title: %q", lang, c, other, text.Title)
			}
			titles[text.Title] = c
		}
	}
}
