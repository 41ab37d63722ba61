package verifier

import (
	"context"
	"slices"

	"merkki/schema"
)

// A Check decides one question about a credential and cites the clause it
// enforces.
type Check struct {
	// Name is stable: reports, texts and other checks refer to it.
	Name string
	// Citation is the specification that asks for it.
	Citation string
	// Needs names the checks that have to pass first; otherwise this one is
	// not run and says so.
	Needs []string

	run func(context.Context, *caseFile) (answer, error)
}

// What several rows need.
var (
	needsDocument = []string{"document.syntax", "document.contexts", "document.terms", "document.schema"}
	needsSigned   = []string{"proof.signature", "key.controller"}
)

// checks is the one list of checks, in report order. Reports, pages, texts and
// documentation are made from it.
var checks []Check

func init() { checks = table } // not a literal: checks of documents inside a document refer to it

var table = []Check{
	{"input.size", "Merkki security model, section 5", nil, checkSize},
	{"input.container", "Open Badges 3.0, file formats and proof formats", []string{"input.size"}, checkContainer},
	{"document.syntax", "RFC 8259; RFC 7493 (I-JSON)", []string{"input.container"}, checkSyntax},
	{"document.contexts", "VC Data Model 2.0, section 4.3; VC Data Integrity 1.0, Context Validation", []string{"document.syntax"}, checkContexts},
	{"document.terms", "VC Data Integrity 1.0, Securing Data Losslessly", []string{"document.contexts"}, checkTerms},
	{"document.schema", "Open Badges 3.0, data models; VC Data Model 2.0, section 4", []string{"document.contexts"}, checkSchema},
	{"proof.format", "VC Data Integrity 1.0, section 2.1 (Proofs); Open Badges 3.0, section 8.2 (JSON Web Token)", needsDocument, checkFormat},
	{"key.resolved", "Controlled Identifiers 1.0, section 3.3 (Retrieve Verification Method)", []string{"proof.format"}, checkResolved},
	{"key.controller", "Controlled Identifiers 1.0, section 3.3; Open Badges 3.0 implementation guide, key provenance", []string{"proof.format"}, checkController},
	{"key.window", "Controlled Identifiers 1.0, section 2.2 (expires, revoked)", []string{"key.resolved"}, checkWindow},
	{"proof.signature", "VC Data Integrity 1.0, section 4.4 (Verify Proof); RFC 7515, section 5.2", []string{"key.resolved"}, checkSignature},
	{"proof.purpose", "VC Data Integrity 1.0, Proof Purposes", []string{"proof.format"}, checkPurpose},
	{"credential.validity", "VC Data Model 2.0, section 4.9 (Validity Period)", needsSigned, checkValidity},
	{"credential.status", "Bitstring Status List 1.0, section 3.2 (Validate Algorithm)", needsSigned, checkStatus},
	{"issuer.trusted", "VC Data Model 2.0, section 4.7 (Issuer); validation is the reader's own", needsSigned, checkIssuer},
	{"achievement.consistent", "Open Badges 3.0, Result and ResultDescription", needsSigned, checkConsistent},
	{"endorsements", "Open Badges 3.0, section 9.2 (Endorsement verification)", needsSigned, checkEndorsements},
	{"recipient.matches", "Open Badges 3.0, section 9.1 (recipient), IdentityObject", needsSigned, checkRecipient},
	{"presentation.binding", "VC Data Integrity 1.0, challenge and domain; VC Data Model 2.0, section 4.13 (Presentations)", needsSigned, checkBinding},
}

// contentChecks say nothing about a presentation itself: they are asked of every
// credential presented, and what they find is put into their lines by
// presentation.binding.
var contentChecks = []string{
	"credential.validity", "credential.status", "issuer.trusted", "achievement.consistent", "endorsements", "recipient.matches",
}

// Checks returns the checks in report order, for documentation, texts and
// tests.
func Checks() []Check { return slices.Clone(checks) }

// run fills the report lines of the rows, in order. The error is about us.
func (c *caseFile) run(ctx context.Context, rows []Check) error {
	c.rows, c.results = rows, slices.Grow(c.results, len(rows))
	for _, row := range rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		a, err := c.answer(ctx, row)
		if err != nil {
			return err
		}
		c.results = append(c.results, a.result(row))
	}
	return nil
}

func (c *caseFile) answer(ctx context.Context, row Check) (answer, error) {
	if needs := c.unmet(row); len(needs) > 0 {
		return notRun(needs...), nil
	}
	if c.role == presenting && slices.Contains(contentChecks, row.Name) {
		return notApplicable(FindingPresented, nil), nil
	}
	return row.run(ctx, c)
}

// amend replaces the line of a check that had its turn too early to know of a
// fault. What needed it counts as not run from then on. A check that is still
// to come finds the fault by itself.
func (c *caseFile) amend(name string, f *schema.Fault) {
	for i, row := range c.rows[:len(c.results)] {
		if row.Name == name {
			c.results[i] = answer{faults: []*schema.Fault{f}}.result(row)
		} else if needs := c.unmet(row); len(needs) > 0 {
			c.results[i] = notRun(needs...).result(row)
		}
	}
}

// unmet returns the checks that a row needs and that did not pass. What is in an
// envelope of a kind that is not read stays unread, so there the order of
// document and format is the other way round.
func (c *caseFile) unmet(row Check) (names []string) {
	needs := row.Needs
	if c.sealed != nil {
		switch {
		case slices.Contains(needsDocument, row.Name):
			return []string{"proof.format"}
		case row.Name == "proof.format":
			needs = []string{"input.container"}
		}
	}
	for _, n := range needs {
		if !passed(c.status(n)) {
			names = append(names, n)
		}
	}
	return names
}

// status returns the outcome of a check that has its turn behind it.
func (c *caseFile) status(name string) schema.Outcome {
	for _, r := range c.results {
		if r.Name == name {
			return r.Status
		}
	}
	return schema.NotRun
}
