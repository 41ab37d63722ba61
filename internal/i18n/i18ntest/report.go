// Package i18ntest makes random reports, and says which words may not stand about
// them. Tests of everything that speaks about a report run on it: headlines,
// command line, pages.
//
//	r := i18ntest.Report(rng)
//	for _, c := range i18ntest.Contradictions("en", r, headline) { t.Error(c) }
package i18ntest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"merkki/schema"
	"merkki/verifier"
)

// Report returns a report that the verifier could have made: every check with one
// of its own findings, or not run because another did not pass; the verdict and
// the primary finding by the rules of the security model, section 2. About one in
// four is of a presentation.
func Report(rng *rand.Rand) *verifier.Report {
	g := generator{rng: rng, presentation: rng.IntN(4) == 0, good: 0.5 + rng.Float64()/2}
	now := time.Date(2026, 11, 22, 10, 15, 0, 0, time.UTC)
	r := &verifier.Report{CheckedAt: now, EvaluatedAt: now, Test: rng.IntN(8) == 0}
	if rng.IntN(3) == 0 {
		r.EvaluatedAt = now.AddDate(0, -8, 0)
	}
	for _, c := range verifier.Checks() {
		r.Checks = append(r.Checks, g.result(r, c))
	}
	if Passed(r, "proof.signature") && Passed(r, "key.controller") {
		r.Credential = []byte(`{"issuer":{"id":"` + []string{"did:web:uni.example", "did:key:z6MkExample"}[rng.IntN(2)] +
			`","name":"Claimed"},"credentialSubject":{"achievement":{"name":"Certain"}}}`)
	}
	judge(r)
	return r
}

// Passed reports whether a check counts as passed for those that need it.
func Passed(r *verifier.Report, name string) bool {
	s := r.Check(name).Status
	return s == schema.Pass || s == schema.Warn || s == schema.NotApplicable
}

type generator struct {
	rng          *rand.Rand
	presentation bool
	good         float64 // how likely a check passes
}

func (g *generator) result(r *verifier.Report, c verifier.Check) verifier.CheckResult {
	out := verifier.CheckResult{Name: c.Name, Args: map[string]any{}, Citation: c.Citation}
	for _, n := range c.Needs {
		if !Passed(r, n) {
			out.Needs = append(out.Needs, n)
		}
	}
	if len(out.Needs) > 0 {
		out.Status, out.Finding = schema.NotRun, verifier.FindingNotRun
		return out
	}
	row := g.pick(c.Name, g.rng.Float64() < g.good)
	out.Status, out.Code, out.Finding, out.Args = row.Outcome, row.Code, row.Finding, g.args()
	if row.Outcome == schema.Unknown && g.rng.IntN(6) == 0 {
		out.Status = schema.Warn // a policy of the reader's
	}
	if bad := g.pick(c.Name, false); bad.Outcome == schema.Warn && g.rng.IntN(4) == 0 {
		out.Also = append(out.Also, verifier.Also{Outcome: schema.Warn, Code: bad.Code, Finding: bad.Finding, Args: g.args()})
	}
	return out
}

// pick chooses a finding of a check: one that is right with it, or any other.
func (g *generator) pick(check string, good bool) schema.FindingRow {
	if check == "presentation.binding" && !good && g.presentation && g.rng.IntN(2) == 0 {
		// of a credential that is shown: its proof is not the presentation's
		return g.pick([]string{"proof.signature", "key.controller", "key.resolved"}[g.rng.IntN(3)], false)
	}
	var rows []schema.FindingRow
	for _, f := range verifier.Findings() {
		right := f.Outcome == schema.Pass || f.Outcome == schema.NotApplicable
		if f.Check == check && right == good && g.fits(f) {
			rows = append(rows, f)
		}
	}
	switch {
	case g.presentation && good && slices.Contains(content, check):
		return schema.FindingRow{Check: check, Finding: verifier.FindingPresented, Outcome: schema.NotApplicable}
	case len(rows) == 0 && good:
		panic("no finding says that " + check + " is right")
	case len(rows) == 0:
		return g.pick(check, true)
	}
	return rows[g.rng.IntN(len(rows))]
}

// content are the checks that a presentation leaves to the credentials in it.
var content = []string{"credential.validity", "credential.status", "issuer.trusted", "achievement.consistent", "endorsements", "recipient.matches"}

// fits keeps what only presentations have, and what they do not have, apart.
func (g *generator) fits(f schema.FindingRow) bool {
	switch f.Finding {
	case "key.of-holder", "purpose.showing":
		return g.presentation
	case "key.bound", "purpose.assertion", "presentation.none":
		return !g.presentation
	}
	return f.Check != "presentation.binding" || g.presentation
}

// args are what the texts have places for; each is there or is not.
func (g *generator) args() map[string]any {
	out := map[string]any{}
	for name, v := range map[string]any{
		"domain": "uni.example", "name": "Registered", "host": "lists.example", "list": "A list", "credentials": g.rng.IntN(3), "age": 90,
		"validFrom": "2026-12-01T00:00:00Z", "validUntil": "2026-10-01T00:00:00Z", "kind": "sd-jwt", "reason": "timeout", "term": "word",
	} {
		if g.rng.IntN(2) == 0 {
			out[name] = v
		}
	}
	out["validFrom"], out["validUntil"] = "2026-12-01T00:00:00Z", "2026-10-01T00:00:00Z"
	return out
}

func judge(r *verifier.Report) {
	for _, o := range []schema.Outcome{schema.Fail, schema.Unknown} {
		for _, c := range r.Checks {
			if c.Status == o {
				r.Primary = &verifier.Primary{Check: c.Name, Outcome: o, Code: c.Code, Finding: c.Finding}
				r.Verdict = map[schema.Outcome]verifier.Verdict{schema.Fail: verifier.Invalid, schema.Unknown: verifier.Indeterminate}[o]
				return
			}
		}
	}
	r.Verdict = verifier.Valid
}

// String shows a report in a line of a test's output.
func String(r *verifier.Report) string {
	s := string(r.Verdict)
	for _, c := range r.Checks {
		if c.Status != schema.Pass && c.Status != schema.NotRun {
			s += fmt.Sprintf("; %s %s %s", c.Name, c.Status, c.Finding)
		}
	}
	return s
}
