package verifier

import (
	"slices"

	"merkki/schema"
)

// Message codes that more than one check has.
const (
	// FindingNotRun is that of every check that was not run.
	FindingNotRun = "check.not-run"
	// FindingPresented is that of a check of a presentation which is asked of each
	// credential presented instead.
	FindingPresented = "check.presented"
)

// good are the message codes of what is right or does not apply; they have no
// problem code. The rest stands in the table of package schema.
var good = []schema.FindingRow{
	{Check: "input.size", Finding: "size.within", Outcome: schema.Pass},
	{Check: "input.container", Finding: "container.document", Outcome: schema.Pass},
	{Check: "input.container", Finding: "container.envelope", Outcome: schema.Pass},
	{Check: "input.container", Finding: "container.baked", Outcome: schema.Pass},
	{Check: "document.syntax", Finding: "syntax.strict", Outcome: schema.Pass},
	{Check: "document.contexts", Finding: "contexts.known", Outcome: schema.Pass},
	{Check: "document.terms", Finding: "terms.covered", Outcome: schema.Pass},
	{Check: "document.schema", Finding: "schema.conforms", Outcome: schema.Pass},
	{Check: "proof.format", Finding: "format.read", Outcome: schema.Pass},
	{Check: "key.resolved", Finding: "key.found", Outcome: schema.Pass},
	{Check: "key.controller", Finding: "key.bound", Outcome: schema.Pass},
	{Check: "key.controller", Finding: "key.of-holder", Outcome: schema.Pass},
	{Check: "key.window", Finding: "key.in-force", Outcome: schema.Pass},
	{Check: "proof.signature", Finding: "signature.holds", Outcome: schema.Pass},
	{Check: "proof.purpose", Finding: "purpose.assertion", Outcome: schema.Pass},
	{Check: "proof.purpose", Finding: "purpose.showing", Outcome: schema.Pass},
	{Check: "credential.validity", Finding: "validity.current", Outcome: schema.Pass},
	{Check: "credential.status", Finding: "status.clear", Outcome: schema.Pass},
	{Check: "credential.status", Finding: "status.none", Outcome: schema.NotApplicable},
	{Check: "credential.status", Finding: "status.refresh", Outcome: schema.Warn},
	{Check: "credential.status", Finding: "status.refresh-failed", Outcome: schema.Warn},
	{Check: "credential.status", Finding: "status.unsigned", Outcome: schema.Warn},
	{Check: "issuer.trusted", Finding: "issuer.listed", Outcome: schema.Pass},
	{Check: "issuer.trusted", Finding: "issuer.asked", Outcome: schema.Pass},
	{Check: "issuer.trusted", Finding: "issuer.vouched", Outcome: schema.Pass},
	{Check: "issuer.trusted", Finding: "issuer.self", Outcome: schema.NotApplicable},
	{Check: "achievement.consistent", Finding: "achievement.coherent", Outcome: schema.Pass},
	{Check: "achievement.consistent", Finding: "achievement.none", Outcome: schema.NotApplicable},
	{Check: "endorsements", Finding: "endorsements.hold", Outcome: schema.Pass},
	{Check: "endorsements", Finding: "endorsements.none", Outcome: schema.NotApplicable},
	{Check: "endorsements", Finding: "endorsements.unconfirmed", Outcome: schema.Warn},
	{Check: "endorsements", Finding: "endorsements.of-another", Outcome: schema.Warn},
	{Check: "endorsements", Finding: "endorsements.limit", Outcome: schema.Warn},
	{Check: "recipient.matches", Finding: "recipient.same", Outcome: schema.Pass},
	{Check: "recipient.matches", Finding: "recipient.not-asked", Outcome: schema.NotApplicable},
	{Check: "presentation.binding", Finding: "presentation.bound", Outcome: schema.Pass},
	{Check: "presentation.binding", Finding: "presentation.none", Outcome: schema.NotApplicable},
	{Finding: FindingNotRun, Outcome: schema.NotRun},
	{Finding: FindingPresented, Outcome: schema.NotApplicable},
}

// Findings returns every message code that a report of this package can hold:
// the rows of the table of package schema, then those that say that something
// is right, does not apply or was not run. Texts are complete when each has
// words.
func Findings() []schema.FindingRow {
	return slices.Concat(schema.Findings(), good)
}
