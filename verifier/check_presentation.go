package verifier

import (
	"context"
	"slices"

	"merkki/schema"
)

// checkBinding ties a presentation to the occasion for which it was asked, and
// the credentials in it to the one who shows them. Each credential is verified
// as a document of its own; what is found about it stands in its report and, so
// that the verdict follows, in this one: what concerns the content in the line of
// the same check, what concerns its proof here.
func checkBinding(ctx context.Context, c *caseFile) (answer, error) {
	if c.role != presenting {
		return notApplicable("presentation.none", nil), nil
	}
	faults := c.checkOccasion()
	reports := []*Report{}
	member, ok := c.opened.Claims.Get("verifiableCredential")
	if ok {
		for i, v := range member.List() {
			pointer := pointerTo(member, "/verifiableCredential", i)
			r, _, err := c.inner(ctx, v, pointer, Request{Issuer: c.ask.Issuer, Recipient: c.ask.Recipient})
			if err != nil {
				return answer{}, err
			}
			reports = append(reports, r)
			faults = append(faults, c.checkHolder(r)...)
			faults = append(faults, c.adopt(r)...)
		}
	}
	a := pass("presentation.bound", map[string]any{"credentials": len(reports)}, faults...)
	a.evidence = map[string]any{"reports": reports}
	return a, nil
}

// checkOccasion compares challenge and domain with what was asked for. What
// was not asked for may be there.
func (c *caseFile) checkOccasion() (faults []*schema.Fault) {
	p := c.opened.Proof
	challenge, domain := p.Pointer+"/challenge", p.Pointer+"/domain"
	if p.Pointer == "" { // a token
		challenge, domain = "/nonce", "/aud"
	}
	if asked := c.ask.Challenge; asked != "" && asked != p.Challenge {
		faults = append(faults, schema.Found("presentation.challenge", challenge, map[string]any{"found": p.Challenge}))
	}
	if asked := c.ask.Domain; asked != "" && !slices.Contains(p.Domains, asked) {
		found := ""
		if len(p.Domains) > 0 {
			found = p.Domains[0]
		}
		faults = append(faults, schema.Found("presentation.domain", domain, map[string]any{"expected": asked, "found": found}))
	}
	return faults
}

// checkHolder compares the holder with the subjects of a credential. One that
// names no subject is not shown to be the holder's, nor anybody else's.
func (c *caseFile) checkHolder(r *Report) []*schema.Fault {
	claims, signed := r.Claims()
	if !signed || c.takesAnyHolder() {
		return nil
	}
	holder, _ := c.party()
	subject := ""
	for _, s := range claims.GetList("credentialSubject") {
		if subject = s.GetString("id"); subject == holder {
			return nil
		}
	}
	f := schema.Found("presentation.holder", r.Pointer+"/credentialSubject", map[string]any{"holder": holder, "subject": subject})
	if subject == "" {
		f = f.Weighing(schema.Unknown)
	}
	return []*schema.Fault{f}
}

// adopt puts what was found about the content of a credential into the lines of
// the presentation, and returns what decided against its proof or its form.
func (c *caseFile) adopt(r *Report) (faults []*schema.Fault) {
	for _, result := range r.Checks {
		found := result.faults(r.Pointer)
		switch i := slices.IndexFunc(c.results, func(mine CheckResult) bool { return mine.Name == result.Name }); {
		case len(found) == 0 || result.Name == "presentation.binding":
		case i >= 0 && slices.Contains(contentChecks, result.Name):
			c.results[i] = c.results[i].with(c.rows[i], found)
		case result.Status == schema.Fail || result.Status == schema.Unknown:
			faults = append(faults, found...)
		}
	}
	return faults
}

// faults takes a line apart again, the places seen from the document above.
func (r CheckResult) faults(above string) (all []*schema.Fault) {
	if r.Status == schema.Fail || r.Status == schema.Unknown || r.Status == schema.Warn {
		all = append(all, &schema.Fault{Outcome: r.Status, Code: r.Code, Finding: r.Finding, Pointer: above + r.Pointer, Args: r.Args})
	}
	for _, a := range r.Also {
		all = append(all, &schema.Fault{Outcome: a.Outcome, Code: a.Code, Finding: a.Finding, Pointer: above + a.Pointer, Args: a.Args})
	}
	return all
}

// with returns the line with further faults.
func (r CheckResult) with(row Check, more []*schema.Fault) CheckResult {
	a := answer{good: FindingPresented, outcome: schema.NotApplicable, faults: append(r.faults(""), more...)}
	return a.result(row)
}
