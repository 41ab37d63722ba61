package verifier

import (
	"context"

	"merkki/proof"
	"merkki/schema"
)

// Default sizes by kind (security model, section 5).
const (
	maxDocument = 1 << 20
	maxImage    = 10 << 20
)

// checkSize looks at the length before anything looks at the content.
func checkSize(_ context.Context, c *caseFile) (answer, error) {
	limit, name := maxImage, "image.bytes"
	if c.form == schema.FormJSON || c.form == schema.FormJWS {
		limit, name = maxDocument, "document.bytes"
		if c.v.Limits.Bytes > 0 {
			limit = c.v.Limits.Bytes
		}
	}
	found := len(c.ask.Input)
	args := map[string]any{"limit": name, "max": limit, "found": found}
	if found > limit {
		return answer{faults: []*schema.Fault{schema.Found("size.too-large", "", args)}}, nil
	}
	return pass("size.within", map[string]any{"bytes": found, "max": limit}), nil
}

// checkContainer finds the credential in what came. Pictures and PDFs may hold
// one that this program does not read: that is nothing against it.
func checkContainer(_ context.Context, c *caseFile) (answer, error) {
	kind := map[string]any{"kind": c.form.String()}
	switch c.form {
	case schema.FormEmpty:
		return answer{faults: []*schema.Fault{schema.Found("container.empty", "", kind)}}, nil
	case schema.FormJWS:
		return pass("container.envelope", kind), nil
	case schema.FormJSON:
		return c.parse(kind), nil
	default:
		return answer{faults: []*schema.Fault{schema.Found("container.none", "", kind)}}, nil
	}
}

// parse reads the document. What the parser refuses as another kind of thing
// is said here, what it refuses as JSON by document.syntax.
func (c *caseFile) parse(kind map[string]any) answer {
	doc, err := schema.Parse(c.ask.Input, c.v.Limits)
	if err == nil {
		c.doc = doc
		return pass("container.document", kind)
	}
	faults, _ := faultsOf(context.Background(), err, "syntax.not-json", "")
	c.refusal = faults[0]
	if checkOf(c.refusal.Finding) == "input.container" {
		return answer{faults: faults}
	}
	return pass("container.document", kind)
}

// checkSyntax says what the strict parser thought of the document.
func checkSyntax(_ context.Context, c *caseFile) (answer, error) {
	if c.refusal != nil {
		return answer{faults: []*schema.Fault{c.refusal}}, nil
	}
	c.claims = c.doc.Root().Without("proof")
	// Taken apart once here, so that the terms that are checked and the
	// statements whose signature is checked come from one expansion. What is wrong
	// with the proofs is for proof.format to say.
	c.secured, c.unread = proof.Read(c.doc)
	return pass("syntax.strict", nil), nil
}

var findingChecks = func() map[string]string {
	m := map[string]string{}
	for _, row := range schema.Findings() {
		m[row.Finding] = row.Check
	}
	return m
}()

// checkOf returns the check at which the table of findings places a finding.
func checkOf(finding string) string { return findingChecks[finding] }
