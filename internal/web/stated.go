package web

import (
	"merkki/internal/i18n"
	"merkki/internal/publish"
	"merkki/schema"
	"merkki/verifier"
)

// A statedView is what a document says that nobody is known to have signed as it
// stands. A page shows it apart, greyed and without a single sign of approval, so
// that a reader can see what would have been believed.
type statedView struct {
	Language string
	Rows     []factView
}

// statedOf reads the document's own words; nil where it has none about an
// achievement.
func statedOf(p *i18n.Printer, r *verifier.Report) *statedView {
	stated, ok := r.Stated()
	if !ok {
		return nil
	}
	f := publish.Credential(stated)
	if f.Achievement.Name == "" {
		return nil
	}
	var rows facts
	rows.quote(p.T("stated.what"), f.Achievement.Name)
	rows.quote(p.T("stated.to"), f.Recipient)
	rows.quote(p.T("stated.by"), firstOf(f.IssuerName, f.IssuerID))
	rows.add(p.T("sheet.awarded"), p.Date(f.Awarded), "")
	rows.add(p.T("sheet.until"), p.Date(f.ValidUntil), "")
	rows.add(p.T("sheet.credits"), creditsSaid(p, f, false), "")
	for _, r := range f.Results[:min(len(f.Results), mainResults)] {
		rows = append(rows, resultFact(p, r))
	}
	return &statedView{f.Language, rows}
}

// An endorsementView is what somebody else says about a credential, its issuer
// or its achievement, with a verdict of its own.
type endorsementView struct {
	By, Said, Sign string
	Tone           i18n.Tone
	When           string
	Comment        publish.SafeHTML // only what the endorser is known to have signed
}

// endorsementsOf lists those that were checked, in the order of the document.
func endorsementsOf(p *i18n.Printer, r *verifier.Report) (all []endorsementView) {
	check := r.Check("endorsements")
	reports, _ := check.Evidence["reports"].([]*verifier.Report)
	doubts := map[string]string{}
	for _, a := range append(check.Also, verifier.Also{Outcome: check.Status, Finding: check.Finding, Pointer: check.Pointer, Args: check.Args}) {
		if a.Outcome == schema.Warn && a.Finding == "endorsements.of-another" {
			doubts[a.Pointer] = p.Found(a.Outcome, a.Finding, a.Args)
		}
	}
	for _, e := range reports {
		h := p.Headline(e)
		v := endorsementView{Said: h.Text, Tone: h.Tone, Sign: toneSigns[h.Tone], By: p.T("endorsement.unsigned")}
		if claims, ok := e.Claims(); ok {
			f := publish.Credential(claims)
			v.By, v.When = issuedBy(p, e, f.IssuerID), p.Date(f.Awarded)
			subject, _ := claims.Get("credentialSubject")
			if doubts[e.Pointer] == "" {
				v.Comment = publish.Markdown(subject.GetString("endorsementComment"))
			}
		}
		if d := doubts[e.Pointer]; d != "" {
			v.Said, v.Tone, v.Sign = d, i18n.Open, toneSigns[i18n.Open]
		}
		all = append(all, v)
	}
	return all
}
