package web

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"merkki/internal/i18n"
	"merkki/internal/many"
	"merkki/schema"
	"merkki/verifier"
)

// A lineView is one line of the table, in the reader's words.
type lineView struct {
	Number                 int
	Name, Applicant        string // as they were sent
	About, What, Language  string // as signed; "" where nobody is proven to have signed
	Issuer                 string // as proven
	Verdict                string
	Sentence, Reason, Next string
	Explained              bool   // the reason says more than the sentence
	Compared               string // what came of the comparison with the applicant; "" when nobody was named
	Tone                   i18n.Tone
	Sign                   string
	Code                   verifier.Verdict
	Finding                string
	SHA256                 string
	Checked                string
	rank                   int
	issuer                 string
	report                 *verifier.Report
}

// A groupView is what one signer signed.
type groupView struct {
	ID      string // of the issuer, "" where nobody was proven
	Title   string // as proven
	Claimed string // what it calls itself
	Lines   []lineView
	// Ask is the question whether the reader knows this signer, with what knowing it would
	// mean; "" where there is nothing to ask. Known says that the reader does.
	Ask, Meaning string
	Known        bool
}

// rankOf says how much a line needs a human: what speaks against a credential
// first, then what could not be told, then what has ended.
var rankOf = map[i18n.Tone]int{i18n.Bad: 0, i18n.Open: 1, i18n.Ended: 2, i18n.Test: 3, i18n.Good: 4}

// tableOf puts rows into words.
func (s *Server) tableOf(p *i18n.Printer, rows []row) []lineView {
	lines := make([]lineView, 0, len(rows))
	for _, r := range rows {
		if r.done {
			lines = append(lines, s.lineOfRow(p, r))
		}
	}
	slices.SortStableFunc(lines, func(a, b lineView) int { return cmp.Compare(a.rank, b.rank) })
	return lines
}

func (s *Server) lineOfRow(p *i18n.Printer, r row) lineView {
	l := lineView{Number: r.number, Name: r.name, Applicant: r.applicant, Code: verifier.Indeterminate, Tone: i18n.Open, report: r.report,
		About: r.about.recipient, What: r.about.achievement, Language: r.about.language}
	sentence, next := situationWords(p, r.situation, r.fault)
	if r.report == nil {
		l.Reason = faultWords(p, r.fault)
	} else {
		s.judged(p, &l, r)
	}
	if next == "" && l.Finding == "issuer.unlisted" {
		next = p.T("many.decide")
	}
	l.Explained = sentence == "" && l.Explained
	l.Sentence = cmp.Or(sentence, l.Sentence, l.Reason)
	l.Reason = cmp.Or(l.Reason, l.Sentence)
	l.Next = cmp.Or(next, l.Next, nothingLeft(p, l))
	if r.applicant != "" {
		l.Compared = compared(p, r.report)
	}
	l.Verdict, l.Sign, l.rank = verdictWord(p, l), toneSigns[l.Tone], rankOf[l.Tone]
	return l
}

// nothingLeft is the next step of a line that has none of its own.
func nothingLeft(p *i18n.Printer, l lineView) string {
	if l.Code == verifier.Valid {
		return p.T("many.nothing-to-do")
	}
	return p.T("situation.failed.next")
}

// verdictWord is the verdict in a word or two. What has ended, or is somebody
// else's, is as genuine as it ever was, and a reader takes "invalid" for forged.
func verdictWord(p *i18n.Printer, l lineView) string {
	switch {
	case l.Tone == i18n.Ended:
		return p.T("many.ended")
	case l.Finding == "recipient.differs":
		return p.T("many.somebody-elses")
	}
	return p.Verdict(l.Code)
}

// judged fills in what a report says.
func (s *Server) judged(p *i18n.Printer, l *lineView, r row) {
	h := p.HeadlineKnown(r.report, r.known)
	l.Code, l.Tone, l.Sentence, l.Next = r.report.Verdict, h.Tone, h.Text, h.NextStep
	if rest := strings.TrimSpace(strings.TrimPrefix(h.Text, p.T("headline.cannot-tell"))); rest != "" {
		l.Sentence = rest // the verdict stands before it already
	}
	l.SHA256, l.Checked = r.report.Input.SHA256, p.Moment(r.report.CheckedAt)
	if l.issuer = issuerProven(r.report); l.issuer != "" {
		l.Issuer = issuedBy(p, r.report, l.issuer)
	}
	if primary := r.report.Primary; primary != nil {
		l.Finding, l.Reason, l.Explained = primary.Finding, p.Check(r.report.Check(primary.Check)), true
		return
	}
	l.Reason = p.Check(r.report.Check("issuer.trusted"))
	for _, c := range r.report.Checks {
		if c.Status == schema.Warn { // the remark that the sentence speaks of
			l.Finding, l.Reason, l.Explained = c.Finding, p.Check(c), true
			return
		}
	}
}

// compared says what came of comparing a credential with the applicant.
func compared(p *i18n.Printer, r *verifier.Report) string {
	if r == nil {
		return p.T("many.compared.not-run")
	}
	switch c := r.Check("recipient.matches"); {
	case c.Status == schema.Pass || c.Status == schema.Warn:
		return p.T("many.compared.same")
	case c.Finding == "recipient.differs":
		return p.T("many.compared.differs")
	case c.Finding == "recipient.not-stated":
		return p.T("many.compared.not-stated")
	}
	return p.T("many.compared.not-run")
}

// situationWords are the sentence and the next step of a situation, "" for none.
func situationWords(p *i18n.Printer, sit many.Situation, f *schema.Fault) (sentence, next string) {
	if sit.Name == "" {
		return "", ""
	}
	key := "situation." + sit.Name
	if sit.Platform != "" {
		key = "situation.platform"
	}
	args := []any{"platform", sit.Platform}
	if f != nil {
		args = append(args, "host", f.Args["host"])
	}
	if p.Has(key) { // otherwise the report's own sentence says it
		sentence = p.T(key, args...)
	}
	return sentence, p.T("situation."+sit.Name+".next", args...)
}

func faultWords(p *i18n.Printer, f *schema.Fault) string {
	if f == nil {
		return ""
	}
	return p.Problem(f).Detail
}

// groupsOf puts lines that one signer signed together, worst first, and those
// that nobody is proven to have signed before all others.
func groupsOf(p *i18n.Printer, lines []lineView, vouched []string) []groupView {
	var groups []groupView
	at := map[string]int{}
	for _, l := range lines {
		i, ok := at[l.issuer]
		if !ok {
			i = len(groups)
			at[l.issuer] = i
			groups = append(groups, groupView{ID: l.issuer, Title: cmp.Or(l.Issuer, p.T("many.nobody"))})
		}
		groups[i].Lines = append(groups[i].Lines, l)
		groups[i].asks(p, l, vouched)
	}
	for i := range groups {
		if groups[i].Ask == "" && !groups[i].Known { // whoever is known has a name that was proven
			groups[i].Claimed = ""
		}
	}
	slices.SortStableFunc(groups, func(a, b groupView) int { return cmp.Compare(a.rank(), b.rank()) })
	return groups
}

// rank of a group: that of its first line, which is the worst; those that nobody
// signed come first among equals.
func (g groupView) rank() int {
	n := 2 * g.Lines[0].rank
	if g.ID != "" {
		n++
	}
	return n
}

// asks fills in the question about a signer whom nobody here knows.
func (g *groupView) asks(p *i18n.Printer, l lineView, vouched []string) {
	c := verifier.CheckResult{}
	if l.report != nil {
		c = l.report.Check("issuer.trusted")
	}
	if claimed, ok := c.Args["claimed"].(string); ok {
		g.Claimed = cmp.Or(g.Claimed, claimed)
	}
	g.Known = slices.Contains(vouched, g.ID) && g.ID != ""
	_, elsewhere := c.Args["asked"]
	if g.Known || g.ID == "" || c.Finding != "issuer.unlisted" || elsewhere {
		return
	}
	domain := i18n.Domain(g.ID)
	switch {
	case domain == "":
		g.Ask, g.Meaning = p.T("many.ask-key"), p.T("many.means-key", "id", g.ID)
	case isWholeDomain(g.ID):
		g.Ask, g.Meaning = p.T("many.ask", "sender", domain), p.T("many.means", "domain", domain)
	default:
		g.Ask, g.Meaning = p.T("many.ask-part", "domain", domain), p.T("many.means-part", "domain", domain, "id", g.ID)
	}
}

// isWholeDomain says whether an issuer stands for all of its domain: a did:web or
// an https address without a path. Below a path may be anybody that a platform gave one.
func isWholeDomain(id string) bool {
	if rest, ok := strings.CutPrefix(id, "did:web:"); ok {
		return !strings.Contains(rest, ":")
	}
	u, err := url.Parse(id)
	return err == nil && u.Scheme == "https" && (u.Path == "" || u.Path == "/")
}
