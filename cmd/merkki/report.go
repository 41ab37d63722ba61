package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"merkki/internal/i18n"
	"merkki/schema"
	"merkki/verifier"
)

// verdictWords are the first line of verify, made to be compared: English
// unless another language was asked for.
var verdictWords = map[string]map[verifier.Verdict]string{
	"en": {verifier.Valid: "valid", verifier.Invalid: "invalid", verifier.Indeterminate: "cannot tell"},
	"fi": {verifier.Valid: "kelpaa", verifier.Invalid: "ei kelpaa", verifier.Indeterminate: "ei voida varmistaa"},
	"sv": {verifier.Valid: "giltigt", verifier.Invalid: "inte giltigt", verifier.Indeterminate: "kan inte avgöras"},
}

// firstLine is the verdict, and TEST where a test issuer is behind it.
func firstLine(r *verifier.Report, lang string) string {
	word := verdictWords[lang][r.Verdict]
	if r.Test {
		return word + " (TEST)"
	}
	return word
}

// printWords prints what stands under the first line: the sentence, what the
// credential says (only when it may be believed to be the issuer's), every check
// with its remarks, and the reports of the documents inside this one.
func (p *program) printWords(r *verifier.Report, words *i18n.Printer, known i18n.Known, indent string) {
	h := words.HeadlineKnown(r, known)
	p.line("%s%s", indent, h.Text)
	if h.NextStep != "" {
		p.line("%s%s", indent, h.NextStep)
	}
	if r.Refreshed != nil {
		p.line("%s%s", indent, words.T("report.refreshed", "url", r.Refreshed.URL))
	}
	if f := factsOf(r.Credential); f.achievement != "" {
		p.line("")
		for _, row := range f.rows(r) {
			p.line("%s%-11s %s", indent, row[0], row[1])
		}
	}
	p.line("")
	for _, c := range r.Checks {
		p.line("%s%-14s %-22s %s", indent, c.Status, c.Name, checkWords(c, words))
		for _, a := range c.Also {
			p.line("%s%-14s %-22s %s", indent, "", "", findingWords(words.Found(a.Outcome, a.Finding, a.Args), a.Code, a.Finding, a.Pointer))
		}
	}
	for _, inner := range innerReports(r) {
		p.line("")
		p.line("%s%s: %s", indent, inner.Pointer, firstLine(inner, words.Lang()))
		p.printWords(inner, words, i18n.Known{}, indent+"  ")
	}
}

// innerReports are those of endorsements and of presented credentials.
func innerReports(r *verifier.Report) (all []*verifier.Report) {
	for _, c := range r.Checks {
		if reports, ok := c.Evidence["reports"].([]*verifier.Report); ok {
			all = append(all, reports...)
		}
	}
	return all
}

// checkWords is the sentence of a check; what failed also says its code, for
// those who look it up, and what did not run says what it waited for.
func checkWords(c verifier.CheckResult, words *i18n.Printer) string {
	if c.Status == schema.NotRun {
		return "needs " + strings.Join(c.Needs, ", ")
	}
	return findingWords(words.Check(c), c.Code, c.Finding, c.Pointer)
}

func findingWords(sentence string, code schema.Code, finding, pointer string) string {
	if code == "" {
		return sentence
	}
	return fmt.Sprintf("%s [%s]", sentence, strings.TrimSpace(strings.Join([]string{string(code), finding, pointer}, " ")))
}

// facts are the few things of a credential that a line of text shows.
type facts struct {
	achievement, recipient, issuer, issuerID, from, until string
}

// rows are the facts that are there, with their names. The issuer's name is that
// of the trust list or of the service itself; what the credential calls its
// issuer is its own claim, and stands apart.
func (f facts) rows(r *verifier.Report) [][2]string {
	issuer := f.issuerID
	c := r.Check("issuer.trusted")
	name, _ := c.Args["name"].(string)
	if name != "" && (c.Status == schema.Pass || c.Finding == "issuer.self") {
		issuer = name + " (" + f.issuerID + ")"
	}
	claimed := f.issuer
	if claimed == name {
		claimed = ""
	}
	var rows [][2]string
	for _, r := range [][2]string{
		{"achievement", f.achievement}, {"recipient", f.recipient},
		{"issuer", issuer}, {"named in it", claimed},
		{"from", f.from}, {"until", f.until},
	} {
		if r[1] != "" {
			rows = append(rows, r)
		}
	}
	return rows
}

// factsOf picks the facts out of a credential that was verified. A recipient
// without a name stays without one.
func factsOf(credential json.RawMessage) facts {
	doc, err := schema.Parse(credential, schema.Limits{})
	if err != nil {
		return facts{}
	}
	root := doc.Root()
	subject, _ := root.Get("credentialSubject")
	if list := subject.List(); len(list) > 0 {
		subject = list[0]
	}
	a, _ := subject.Get("achievement")
	issuer, _ := root.Get("issuer")
	f := facts{
		achievement: a.GetString("name"), issuer: issuer.GetString("name"), issuerID: issuer.GetString("id"),
		from: root.GetString("validFrom"), until: root.GetString("validUntil"),
	}
	if issuer.Kind == schema.String {
		f.issuerID = issuer.Text
	}
	for _, id := range subject.GetList("identifier") {
		if hashed, _ := id.Get("hashed"); id.GetString("identityType") == "name" && !hashed.True {
			f.recipient = id.GetString("identityHash")
		}
	}
	return f
}
