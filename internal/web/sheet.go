package web

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/schema"
	"merkki/verifier"
)

// A sheetView is the part of a page that says who, what and when.
type sheetView struct {
	Facts        *publish.Facts
	IssuedBy     string // from what was verified, never from the credential's own words
	Edition      string // which language the signed text is in, when it is not the reader's
	Reordered    bool
	Key          []factView // on the certificate
	More         []factView // below it
	Endorsements []endorsementView
	// Stated is what a document says that nobody is known to have signed; nil
	// where there are Facts.
	Stated *statedView
}

// A factView is one fact: what it is and what it says.
type factView struct {
	Label, Value  string
	Signed, Named bool   // the value, the label are the issuer's own text
	Note          string // a scale, an explanation
}

// sheetOf reads the facts of a report; without a proven signature of the named
// issuer there are none, for nothing else is asserted then.
func (s *Server) sheetOf(p *i18n.Printer, r *verifier.Report) sheetView {
	if len(r.Credential) == 0 || string(r.Credential) == "null" {
		return sheetView{Stated: statedOf(p, r)}
	}
	d, err := schema.Parse(r.Credential, schema.Limits{})
	if err != nil {
		return sheetView{}
	}
	f := publish.Credential(d.Root())
	own := r.Check("issuer.trusted").Finding == "issuer.self"
	v := sheetView{Facts: &f, Reordered: f.Reordered, Edition: edition(p, f.Language), IssuedBy: issuedBy(p, r, f.IssuerID)}
	v.Key = keyFacts(p, f, own, soon(p, r, f.ValidUntil), r.EvaluatedAt)
	v.More = moreFacts(p, f, own)
	v.Endorsements = endorsementsOf(p, r)
	return v
}

// facts collects what there is; what has no value is left out.
type facts []factView

func (all *facts) add(label, value, note string) {
	if value != "" {
		*all = append(*all, factView{Label: label, Value: value, Note: note})
	}
}

// quote adds a fact whose value is the issuer's own text.
func (all *facts) quote(label, value string) {
	if value != "" {
		*all = append(*all, factView{Label: label, Value: value, Signed: true})
	}
}

// mainResults is how many results stand on the certificate itself.
const mainResults = 3

// keyFacts are what the certificate says beside what and to whom.
func keyFacts(p *i18n.Printer, f publish.Facts, own bool, soon string, now time.Time) (all facts) {
	all.add(p.T("sheet.awarded"), p.Date(f.Awarded), "")
	if f.ValidFrom.After(now) {
		all.add(p.T("sheet.from"), p.Date(f.ValidFrom), "")
	}
	until := p.T("sheet.no-end")
	if !f.ValidUntil.IsZero() {
		until = p.Date(f.ValidUntil)
	}
	all.add(p.T("sheet.until"), until, soon)
	all.add(p.T("sheet.credits"), creditsSaid(p, f, own), "")
	for _, r := range f.Results[:min(len(f.Results), mainResults)] {
		all = append(all, resultFact(p, r))
	}
	if n := f.Achievement.Level(); n > 0 {
		all.add(p.T("certificate.level"), "EQF "+strconv.Itoa(n), "")
	}
	all.add(p.T("sheet.kind"), kindOf(p, f.Achievement), "")
	all.quote(p.T("sheet.field"), f.Achievement.Field)
	all.quote(p.T("sheet.term"), f.Term)
	return all
}

// moreFacts are those that a certificate has no room for.
func moreFacts(p *i18n.Printer, f publish.Facts, own bool) (all facts) {
	a := f.Achievement
	for _, r := range f.Results[min(len(f.Results), mainResults):] {
		all = append(all, resultFact(p, r))
	}
	if own {
		all.add(p.T("sheet.workload"), workload(p, firstOf(f.CreditsHeld, a.Credits)), p.T("sheet.workload-note"))
	}
	all.add(p.T("sheet.studied"), period(p, f.Started, f.Done), "")
	all.add(p.T("sheet.language"), languageWord(p, firstOf(a.Language, f.Language)), "")
	all.quote(p.T("sheet.specialty"), a.Specialty)
	all.quote(p.T("sheet.role"), f.Role)
	all.quote(p.T("sheet.code"), a.Code)
	all.quote(p.T("sheet.version"), a.Version)
	all.quote(p.T("sheet.licence"), f.Licence)
	if a.CreatorName != f.IssuerName {
		all.quote(p.T("sheet.creator"), a.CreatorName)
	}
	all.quote(p.T("sheet.source"), f.Source)
	all.quote(p.T("sheet.tags"), strings.Join(a.Tags[:min(len(a.Tags), 20)], " · "))
	return all
}

func resultFact(p *i18n.Printer, r publish.Result) factView {
	v := factView{Label: r.Name, Named: true, Value: p.Number(r.Value), Signed: r.Status == ""}
	if v.Label == "" {
		v.Label, v.Named = p.T("facts.result"), false
	}
	if r.Status != "" {
		v.Value = strings.TrimSpace(v.Value + " " + statusWord(p, r.Status))
	}
	var notes []string
	if scale := r.Scale(); scale != "" {
		notes = append(notes, p.T("facts.scale", "scale", scale))
	}
	if r.Required != "" {
		notes = append(notes, p.T("facts.required", "value", p.Number(r.Required)))
	}
	v.Note = strings.Join(notes, ", ")
	return v
}

// soonDays is how long before the end a reader is told of it.
const soonDays = 30

// soon says how many days a credential in force has left, where they are few.
func soon(p *i18n.Printer, r *verifier.Report, until time.Time) string {
	const day = 24 * time.Hour
	days := int(until.Truncate(day).Sub(r.EvaluatedAt.Truncate(day)) / day)
	switch {
	case r.Verdict != verifier.Valid || until.IsZero() || days > soonDays:
		return ""
	case days <= 0:
		return p.T("facts.soon-today")
	}
	return p.T("facts.soon", "n", days)
}

// issuedBy names the issuer by what was proven: the name that a trust list or
// this service has for it, and the internet domain of its key.
func issuedBy(p *i18n.Printer, r *verifier.Report, id string) string {
	c := r.Check("issuer.trusted")
	name, _ := c.Args["name"].(string)
	domain := i18n.Domain(id)
	switch {
	case name != "" && domain != "" && c.Status != schema.Unknown && c.Status != schema.Warn:
		return name + " · " + domain
	case domain != "":
		return domain
	}
	return p.T("sheet.no-domain")
}

// edition says that a text is not in the reader's language: signed text is never
// translated by us.
func edition(p *i18n.Printer, tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if base == "" || base == p.Lang() {
		return ""
	}
	return p.T("sheet.edition", "language", languageWord(p, tag))
}

// languageWord is the word for a language, or its tag where there is none.
func languageWord(p *i18n.Printer, tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if key := "language." + base; p.Has(key) {
		return p.T(key)
	}
	return tag
}

// creditsSaid are credits with their unit where we know it: Open Badges has
// numbers only, so those of other issuers stay numbers.
func creditsSaid(p *i18n.Printer, f publish.Facts, own bool) string {
	if own {
		return creditsOf(p, f.CreditsHeld, f.Achievement.Credits)
	}
	return p.Number(firstOf(f.CreditsHeld, f.Achievement.Credits))
}

func creditsOf(p *i18n.Printer, held, available string) string {
	n := firstOf(held, available)
	if n == "" {
		return ""
	}
	return p.T("facts.credits", "count", p.Number(n))
}

// An ECTS credit is 25 to 30 hours of work (ECTS Users' Guide 2015, section 2).
const leastHours, mostHours = 25, 30

// workload says what credits are in hours.
func workload(p *i18n.Printer, credits string) string {
	n, err := strconv.ParseFloat(credits, 64)
	if err != nil || !(n > 0 && n <= 1000) {
		return ""
	}
	hours := func(each float64) string { return p.Number(strconv.FormatFloat(n*each, 'f', -1, 64)) }
	return p.T("facts.hours", "from", hours(leastHours), "to", hours(mostHours))
}

func period(p *i18n.Printer, from, to time.Time) string {
	a, b := p.Date(from), p.Date(to)
	if a == "" || b == "" || a == b {
		return firstOf(b, a)
	}
	return a + " – " + b
}

func kindOf(p *i18n.Printer, a publish.Achievement) string {
	if len(a.Types) == 0 {
		return ""
	}
	if key := "kind." + a.Types[0]; p.Has(key) {
		return p.T(key)
	}
	return strings.TrimPrefix(a.Types[0], "ext:")
}

// TitleSize and NameSize choose a smaller letter for long texts, so that a
// certificate stays one page.
func (v sheetView) TitleSize() string { return size(v.Facts.Achievement.Name, 48, 90) }

func (v sheetView) NameSize() string { return size(v.Facts.Recipient, 32, 60) }

func size(s string, long, longer int) string {
	switch n := utf8.RuneCountInString(s); {
	case n > longer:
		return "longer"
	case n > long:
		return "long"
	}
	return ""
}

// statusWord is the word for a result status (Open Badges 3.0, ResultStatusType).
func statusWord(p *i18n.Printer, s string) string {
	if key := "result-status." + s; p.Has(key) {
		return p.T(key)
	}
	return s
}
