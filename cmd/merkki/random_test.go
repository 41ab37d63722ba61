package main

import (
	"math/rand/v2"
	"strings"
	"testing"

	"merkki/internal/i18n"
	"merkki/internal/i18n/i18ntest"
	"merkki/verifier"
)

// TestNoLineContradictsTheVerdict: over random reports the first line is the
// verdict, the sentence below it says nothing that the checks do not bear, every
// check stands once with its own outcome, and of a credential that nobody is
// known to have signed nothing is shown.
func TestNoLineContradictsTheVerdict(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 20261122))
	for range 1500 {
		r := i18ntest.Report(rng)
		lang := i18n.Languages[rng.IntN(len(i18n.Languages))]
		p, out, _ := newProgram()
		if err := p.printReport(r, i18n.New(lang), i18n.Known{}, ""); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(out.String(), "\n")
		if got := verdictOf(lines[0], lang, r.Test); got != r.Verdict {
			t.Fatalf("the first line %q is that of %q: %s", lines[0], got, i18ntest.String(r))
		}
		sentence := strings.TrimPrefix(strings.TrimSpace(lines[1]), i18n.New(lang).T("test.word")+". ")
		for _, c := range i18ntest.Contradictions(lang, r, sentence) {
			t.Fatal(c)
		}
		if len(r.Credential) == 0 && (strings.Contains(out.String(), "Claimed") || strings.Contains(out.String(), "Certain")) {
			t.Fatalf("contents are shown that nobody signed: %s\n%s", i18ntest.String(r), out)
		}
		checkLines(t, lines, r, i18n.New(lang))
	}
}

// verdictOf reads a first line back; "" for what is none.
func verdictOf(line, lang string, test bool) verifier.Verdict {
	for v, word := range verdictWords[lang] {
		if test && line == word+" (TEST)" || !test && line == word {
			return v
		}
	}
	return ""
}

func checkLines(t *testing.T, lines []string, r *verifier.Report, words *i18n.Printer) {
	t.Helper()
	for _, c := range verifier.Checks() {
		var found []string
		for _, l := range lines {
			if f := strings.Fields(l); len(f) > 1 && f[1] == c.Name {
				found = append(found, l)
			}
		}
		result := r.Check(c.Name)
		if len(found) != 1 || !strings.HasPrefix(found[0], "  "+result.Status.String()+" ") || !strings.Contains(found[0], checkWords(result, words)) {
			t.Fatalf("%s is %s in the report, and printed %q", c.Name, result.Status, found)
		}
	}
}
