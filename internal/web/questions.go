package web

import (
	"fmt"
	"strings"

	"merkki/internal/i18n"
	"merkki/schema"
	"merkki/verifier"
)

// A question is what a reader asks of a credential; the checks are how it is
// answered. Every check belongs to exactly one question.
type question struct {
	name   string   // of its texts: question.NAME
	leads  []string // the checks whose words answer it where nothing is amiss
	checks []string
}

// questions are those of a reader, in the order in which people ask them.
var questions = []question{
	{"unchanged", []string{"proof.signature"}, []string{
		"input.size", "input.container", "document.syntax", "document.contexts", "document.terms", "document.schema",
		"proof.format", "proof.signature", "proof.purpose", "achievement.consistent"}},
	{"issuer", []string{"key.controller", "issuer.trusted"}, []string{
		"key.resolved", "key.controller", "key.window", "issuer.trusted", "endorsements"}},
	{"force", []string{"credential.validity", "credential.status"}, []string{
		"credential.validity", "credential.status"}},
	{"whose", []string{"recipient.matches"}, []string{
		"recipient.matches", "presentation.binding"}},
}

// gravity orders outcomes from the one that decides an answer to the one that
// matters least. What was not checked weighs more than a remark: a question with
// a gap is not answered.
var gravity = []schema.Outcome{schema.Fail, schema.Unknown, schema.NotRun, schema.Warn, schema.Pass, schema.NotApplicable}

// A questionView is a question with the worst of its checks as its answer.
type questionView struct {
	Name, Title, State, Sign string
	Status                   schema.Outcome
	Answer                   []string // what the checks that decide it found
	Summary                  string   // of the checks that are folded away beneath
	Checks                   []checkView
}

// Open says that none of its checks applies: it is the reader who answers.
func (q questionView) Open() bool { return q.Status == schema.NotApplicable }

// questionsOf answers the questions of a reader from the lines of a report.
func questionsOf(p *i18n.Printer, lines []checkView) []questionView {
	by := map[string]checkView{}
	for _, l := range lines {
		by[l.Name] = l
	}
	all := make([]questionView, 0, len(questions))
	for _, q := range questions {
		v := questionView{Name: q.name, Title: p.T("question." + q.name)}
		count := map[schema.Outcome]int{}
		for _, name := range q.checks {
			v.Checks = append(v.Checks, by[name])
			count[by[name].Status]++
		}
		v.Status = worst(count)
		v.Sign, v.State = signs[v.Status], p.Outcome(v.Status)
		if key := "question." + q.name + "." + v.Status.String(); p.Has(key) {
			v.State = p.T(key)
		}
		v.Answer = answer(q, v, by)
		v.Summary = p.T("question.checks", "n", len(v.Checks), "summary", summary(p, count))
		all = append(all, v)
	}
	return all
}

func worst(count map[schema.Outcome]int) schema.Outcome {
	for _, o := range gravity {
		if count[o] > 0 {
			return o
		}
	}
	return schema.NotRun
}

// answer is what the gravest check found, or what the leading ones found where
// none is amiss.
func answer(q question, v questionView, by map[string]checkView) []string {
	if v.Status != schema.Pass && v.Status != schema.NotApplicable {
		for _, c := range v.Checks {
			if c.Status == v.Status {
				return append([]string{c.Text}, c.Also...)
			}
		}
	}
	var out []string
	for _, name := range q.leads {
		out = append(out, by[name].Text)
	}
	return out
}

func summary(p *i18n.Printer, count map[schema.Outcome]int) string {
	var parts []string
	for _, o := range gravity {
		if n := count[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", p.Outcome(o), n))
		}
	}
	return strings.Join(parts, ", ")
}

// linesOf are the checks that there are, each looked up in the report: one that
// is missing there is "not checked" and can never look as if it had passed.
func linesOf(p *i18n.Printer, r *verifier.Report) []checkView {
	var all []checkView
	for _, c := range verifier.Checks() {
		all = append(all, lineOf(p, c, r.Check(c.Name)))
	}
	return all
}
