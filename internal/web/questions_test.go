package web

import (
	"math/rand/v2"
	"slices"
	"testing"

	"merkki/internal/i18n"
	"merkki/internal/i18n/i18ntest"
	"merkki/schema"
	"merkki/verifier"
)

// TestEveryCheckAnswersOneQuestion: a check that nobody asks about would be
// hidden from the page, one asked about twice could answer in two ways.
func TestEveryCheckAnswersOneQuestion(t *testing.T) {
	asked := map[string]int{}
	for _, q := range questions {
		for _, name := range q.checks {
			asked[name]++
		}
		for _, name := range q.leads {
			if !slices.Contains(q.checks, name) {
				t.Errorf("%s is answered by %s, which belongs to another question", q.name, name)
			}
		}
	}
	for _, c := range verifier.Checks() {
		if asked[c.Name] != 1 {
			t.Errorf("%s answers %d questions", c.Name, asked[c.Name])
		}
		delete(asked, c.Name)
	}
	if len(asked) > 0 {
		t.Errorf("no such checks: %v", asked)
	}
	for o := schema.NotRun; o <= schema.NotApplicable; o++ {
		if !slices.Contains(gravity, o) {
			t.Errorf("%s has no gravity", o)
		}
	}
}

// TestAnswersAreTheWorstOfTheirChecks: over random reports no question looks
// better than any check beneath it, an empty report answers none, and each
// answer is said in words.
func TestAnswersAreTheWorstOfTheirChecks(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 20261125))
	reports := []*verifier.Report{{}}
	for range 300 {
		reports = append(reports, i18ntest.Report(rng))
	}
	for i, r := range reports {
		p := i18n.New(i18n.Languages[i%len(i18n.Languages)])
		failed := false
		for _, q := range questionsOf(p, linesOf(p, r)) {
			for _, c := range q.Checks {
				if slices.Index(gravity, c.Status) < slices.Index(gravity, q.Status) {
					t.Errorf("%s is %s although %s is %s", q.Name, q.Status, c.Name, c.Status)
				}
				if c.Status == schema.Pass && q.Status == schema.NotApplicable {
					t.Errorf("%s does not apply although %s was checked", q.Name, c.Name)
				}
			}
			if !p.Has("question."+q.Name) || q.State == "" || len(q.Answer) == 0 || slices.Contains(q.Answer, "") {
				t.Errorf("%s has no words: %+v", q.Name, q)
			}
			if i == 0 && q.Status != schema.NotRun {
				t.Errorf("an empty report answers %s: %s", q.Name, q.Status)
			}
			failed = failed || q.Status == schema.Fail
		}
		if failed && r.Verdict != verifier.Invalid {
			t.Errorf("a question has failed and the verdict is %s", r.Verdict)
		}
	}
}
