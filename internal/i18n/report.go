package i18n

import (
	"slices"
	"strings"

	"merkki/schema"
	"merkki/verifier"
)

// Verdict returns the verdict in two or three words.
func (p *Printer) Verdict(v verifier.Verdict) string { return p.T("verdict." + string(v)) }

// Outcome returns the word for the state of a check.
func (p *Printer) Outcome(o schema.Outcome) string { return p.T("outcome." + o.String()) }

// CheckName returns what a check asks, as a short question a reader knows.
func (p *Printer) CheckName(name string) string { return p.T("check." + name) }

// Check returns what a check found, in one sentence. A check that did not run
// says which one it waited for.
func (p *Printer) Check(c verifier.CheckResult) string {
	if c.Status == schema.NotRun {
		names := make([]string, 0, len(c.Needs))
		for _, n := range c.Needs {
			names = append(names, p.CheckName(n))
		}
		return p.T("check-not-run", "needs", strings.Join(names, " · "))
	}
	return p.Found(c.Status, c.Finding, c.Args)
}

// Found returns the sentence of a message code as it was weighed. A finding that
// weighs less (or more) where the circumstances differ may mean something else
// there: its words for an outcome stand under the finding, "." and the outcome.
func (p *Printer) Found(o schema.Outcome, finding string, args map[string]any) string {
	if weighed := finding + "." + o.String(); p.Has("finding." + weighed) {
		return p.Finding(weighed, args)
	}
	return p.Finding(finding, args)
}

// Finding returns the sentence of a message code with its arguments.
func (p *Printer) Finding(finding string, args map[string]any) string {
	return p.text("finding."+finding, p.spoken(args))
}

// spoken adds what a language says differently from the wire: ages and dates.
func (p *Printer) spoken(args map[string]any) map[string]any {
	out := make(map[string]any, len(args)+2)
	for k, v := range args {
		out[k] = p.named(k, v, args)
	}
	return out
}

// A Text is what is said about a problem: what kind it is, what was found, and
// what it means for the reader.
type Text struct{ Title, Detail, Meaning string }

// Problem puts a fault into words.
func (p *Printer) Problem(f *schema.Fault) Text {
	t := p.Code(f.Code)
	t.Detail = t.Meaning
	if f.Finding != "" {
		t.Detail = p.Finding(f.Finding, f.Args)
	} else if key := p.refusal(f); key != "" {
		t.Detail = p.text(key, p.spoken(f.Args))
	}
	return t
}

// refusal is the key of what is said of a fault of the interface: that of its
// code and reason, or that of its code; "" for neither.
func (p *Printer) refusal(f *schema.Fault) string {
	if problem, ok := f.Args["problem"].(string); ok && p.Has("row."+problem) { // of a file, or of a row of one
		return "row." + problem
	}
	key := "refusal." + string(f.Code)
	if reason, ok := f.Args["reason"].(string); ok && p.Has(key+"."+reason) {
		return key + "." + reason
	}
	if p.Has(key) {
		return key
	}
	return ""
}

// Code returns title and meaning of a problem code.
func (p *Printer) Code(c schema.Code) Text {
	return Text{Title: p.T("code." + string(c)), Meaning: p.T("meaning." + string(c))}
}

// Keys returns every key of the catalogues, sorted.
func Keys() []string {
	keys := make([]string, 0, len(catalogues["en"]))
	for k := range catalogues["en"] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
