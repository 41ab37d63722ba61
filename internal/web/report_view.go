package web

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"sort"
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
	Headline  i18n.Headline
	Sign      string
	When      string
	Questions []questionView
	Lists     []string
	Proofs    []proofView
	Evidence  []evidenceView
	Newer     *newerView // what took its place
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
}

type evidenceView struct {
	Name, Value string
	Long        bool
}

var signs = map[schema.Outcome]string{
	schema.Pass: "✓", schema.Fail: "✕", schema.Warn: "!", schema.Unknown: "?", schema.NotApplicable: "–", schema.NotRun: "○",
}

var toneSigns = map[i18n.Tone]string{i18n.Good: "✓", i18n.Ended: "–", i18n.Open: "?", i18n.Bad: "✕", i18n.Test: "T"}

// reportOf puts a report into words.
func (s *Server) reportOf(p *i18n.Printer, r *verifier.Report, k i18n.Known) *reportView {
	h := p.HeadlineKnown(r, k)
	v := &reportView{Report: r, Headline: h, Sign: toneSigns[h.Tone], When: p.T("verdict.when", "date", p.Moment(r.CheckedAt))}
	if !r.EvaluatedAt.Equal(r.CheckedAt) {
		v.When = p.T("verdict.when-then", "date", p.Moment(r.CheckedAt), "then", p.Moment(r.EvaluatedAt))
	}
	v.Questions = questionsOf(p, linesOf(p, r))
	for _, c := range verifier.Checks() {
		v.Evidence = append(v.Evidence, evidenceOf(c.Name, r.Check(c.Name).Evidence)...)
	}
	v.Proofs = proofsOf(p, r.Check("proof.signature").Evidence)
	return v
}

func lineOf(p *i18n.Printer, c verifier.Check, res verifier.CheckResult) checkView {
	v := checkView{Name: c.Name, Title: p.CheckName(c.Name), State: p.Outcome(res.Status), Text: p.Check(res),
		Citation: c.Citation, Pointer: publish.Visible(res.Pointer), Status: res.Status, Sign: signs[res.Status]}
	for _, a := range res.Also {
		v.Also = append(v.Also, p.Found(a.Outcome, a.Finding, a.Args))
	}
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
