package web

import (
	"strings"
	"unicode/utf8"

	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/schema"
	"merkki/verifier"
)

// A sheetView is the part of a page that says who, what and when.
type sheetView struct {
	Facts     *publish.Facts
	IssuedBy  string // from what was verified, never from the credential's own words
	Credits   string
	Kind      string
	Edition   string // which language the signed text is in, when it is not the reader's
	Reordered bool
}

// sheetOf reads the facts of a report; without a proven signature of the named
// issuer there are none, for nothing else is asserted then.
func (s *Server) sheetOf(p *i18n.Printer, r *verifier.Report) sheetView {
	if len(r.Credential) == 0 || string(r.Credential) == "null" {
		return sheetView{}
	}
	d, err := schema.Parse(r.Credential, schema.Limits{})
	if err != nil {
		return sheetView{}
	}
	f := publish.Credential(d.Root())
	v := sheetView{Facts: &f, Reordered: f.Reordered, Kind: kindOf(p, f.Achievement), Credits: creditsOf(p, f.CreditsHeld, f.Achievement.Credits)}
	v.Edition = edition(p, f.Language)
	v.IssuedBy = issuedBy(p, r, f.IssuerID)
	return v
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
	name := tag
	if key := "language." + base; p.Has(key) {
		name = p.T(key)
	}
	return p.T("sheet.edition", "language", name)
}

func creditsOf(p *i18n.Printer, held, available string) string {
	n := firstOf(held, available)
	if n == "" {
		return ""
	}
	return p.T("facts.credits", "count", p.Number(n))
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

// mainResults is how many results stand on the certificate itself.
const mainResults = 3

// MainResults are those on the certificate, MoreResults the rest.
func (v sheetView) MainResults() []publish.Result {
	return v.Facts.Results[:min(len(v.Facts.Results), mainResults)]
}

// MoreResults are the results that the certificate has no room for.
func (v sheetView) MoreResults() []publish.Result {
	return v.Facts.Results[min(len(v.Facts.Results), mainResults):]
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

// Status returns the word for a result status (Open Badges 3.0, ResultStatusType).
func (v view) Status(s string) string {
	if key := "result-status." + s; v.Has(key) {
		return v.T(key)
	}
	return s
}
