package web

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/schema"
	"merkki/verifier"
)

// verify runs one verification within the bounds on how many run at once.
func (s *Server) verify(ctx context.Context, q verifier.Request) (*verifier.Report, error) {
	leave, err := s.gate.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	v, err := s.c.Verifier(ctx)
	if err != nil {
		return nil, err
	}
	return v.Verify(ctx, q)
}

// A reportView is a report in the reader's words.
type reportView struct {
	*verifier.Report
	Headline i18n.Headline
	Sign     string
	When     string
	Checks   []checkView
	Further  int    // checks that are folded away
	Summary  string // and what came of them, so that nothing hides there
	Lists    []string
	Proofs   []proofView
	Evidence []evidenceView
}

// A proofView is one proof of the document, for experts: with which key it was
// tried, and whether it matches. Whose key that is, is for the checks to say.
type proofView struct {
	Pointer, Format, Method string
	State, Sign             string
}

type checkView struct {
	Name, Title, State, Text, Citation, Pointer string
	Status                                      schema.Outcome
	Sign                                        string
	Also                                        []string
	Main                                        bool
}

type evidenceView struct {
	Name, Value string
	Long        bool
}

// mainChecks are those that answer what a reader asks; the rest stands folded
// beside them unless it did not pass.
var mainChecks = []string{"proof.signature", "key.controller", "credential.validity", "credential.status", "issuer.trusted"}

var signs = map[schema.Outcome]string{
	schema.Pass: "✓", schema.Fail: "✕", schema.Warn: "!", schema.Unknown: "?", schema.NotApplicable: "–", schema.NotRun: "○",
}

var toneSigns = map[i18n.Tone]string{i18n.Good: "✓", i18n.Ended: "–", i18n.Open: "?", i18n.Bad: "✕", i18n.Test: "T"}

// reportOf puts a report into words. It goes over the list of checks that there
// are and looks each up in the report: a check that is missing there is "not
// checked" and can never look as if it had passed.
func (s *Server) reportOf(p *i18n.Printer, r *verifier.Report, k i18n.Known) *reportView {
	h := p.HeadlineKnown(r, k)
	v := &reportView{Report: r, Headline: h, Sign: toneSigns[h.Tone], When: p.T("verdict.when", "date", p.Moment(r.CheckedAt))}
	if !r.EvaluatedAt.Equal(r.CheckedAt) {
		v.When = p.T("verdict.when-then", "date", p.Moment(r.CheckedAt), "then", p.Moment(r.EvaluatedAt))
	}
	count := map[schema.Outcome]int{}
	for _, c := range verifier.Checks() {
		res := r.Check(c.Name)
		cv := checkView{Name: c.Name, Title: p.CheckName(c.Name), State: p.Outcome(res.Status), Text: p.Check(res),
			Citation: c.Citation, Pointer: publish.Visible(res.Pointer), Status: res.Status, Sign: signs[res.Status],
			Main: slices.Contains(mainChecks, c.Name) || res.Status == schema.Fail || res.Status == schema.Unknown || res.Status == schema.Warn}
		for _, a := range res.Also {
			cv.Also = append(cv.Also, p.Found(a.Outcome, a.Finding, a.Args))
		}
		if !cv.Main {
			v.Further++
			count[res.Status]++
		}
		v.Checks = append(v.Checks, cv)
		v.Evidence = append(v.Evidence, evidenceOf(c.Name, res.Evidence)...)
	}
	v.Summary = summary(p, count)
	v.Proofs = proofsOf(p, r.Check("proof.signature").Evidence)
	return v
}

// proofsOf lists the proofs that were tried, in the order of the document.
func proofsOf(p *i18n.Printer, evidence map[string]any) []proofView {
	var out []proofView
	for pointer, e := range evidence {
		m, _ := e.(map[string]any)
		format, ok := m["format"].(string)
		if !ok {
			continue // evidence of another kind
		}
		method, _ := m["method"].(string)
		v := proofView{Pointer: publish.Visible(pointer), Format: publish.Visible(format), Method: publish.Visible(method),
			State: p.T("expert.proof-differs"), Sign: signs[schema.Fail]}
		if holds, _ := m["holds"].(bool); holds {
			v.State, v.Sign = p.T("expert.proof-matches"), signs[schema.Pass]
		}
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b proofView) int { // "/proof/2" before "/proof/10"
		return cmp.Or(cmp.Compare(len(a.Pointer), len(b.Pointer)), cmp.Compare(a.Pointer, b.Pointer))
	})
	return out
}

func summary(p *i18n.Printer, count map[schema.Outcome]int) string {
	var parts []string
	for _, o := range []schema.Outcome{schema.Pass, schema.NotApplicable, schema.NotRun} {
		if n := count[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, p.Outcome(o)))
		}
	}
	return strings.Join(parts, ", ")
}

// maxEvidence is how many characters of one piece of evidence a page shows.
const maxEvidence = 10_000

func evidenceOf(check string, e map[string]any) []evidenceView {
	names := make([]string, 0, len(e))
	for n := range e {
		names = append(names, n)
	}
	sort.Strings(names)
	var out []evidenceView
	for _, n := range names {
		s, ok := e[n].(string)
		if !ok {
			b, err := json.Marshal(e[n])
			if err != nil {
				continue
			}
			s = string(b)
		}
		s = publish.Visible(s)
		if utf8.RuneCountInString(s) > maxEvidence {
			s = string([]rune(s)[:maxEvidence]) + "…"
		}
		out = append(out, evidenceView{check + " " + n, s, len(s) > 80})
	}
	return out
}
