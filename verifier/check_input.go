package verifier

import (
	"bytes"
	"context"

	"merkki/proof"
	"merkki/schema"
)

// Default sizes by kind (security model, section 5).
const (
	maxDocument = 1 << 20
	maxImage    = 10 << 20
)

// presentationLimits bound a presentation as a whole.
var presentationLimits = schema.Limits{Bytes: 2 << 20, Values: 80_000, Objects: 8_000}

// limits are those of the document.
func (c *caseFile) limits() schema.Limits {
	if c.role == presenting && c.v.Limits == (schema.Limits{}) {
		return presentationLimits
	}
	return c.v.Limits
}

// checkSize looks at the length before anything looks at the content.
func checkSize(_ context.Context, c *caseFile) (answer, error) {
	limit, name := maxImage, "image.bytes"
	if c.form == schema.FormJSON || c.form == schema.FormJWS {
		limit, name = maxDocument, "document.bytes"
		if c.role == presenting {
			name = "presentation.bytes"
		}
		if l := c.limits(); l.Bytes > 0 {
			limit = l.Bytes
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
	if c.form == schema.FormEmpty {
		return answer{faults: []*schema.Fault{schema.Found("container.empty", "", kind)}}, nil
	}
	if f := schema.Foreign(c.ask.Input); f != nil {
		return answer{faults: []*schema.Fault{f}}, nil
	}
	switch c.form {
	case schema.FormJWS:
		return c.token(c.ask.Input, kind), nil
	case schema.FormJSON:
		if token, ok := quoted(c.ask.Input); ok {
			return c.token(token, kind), nil
		}
		return c.parse(kind), nil
	default:
		return answer{faults: []*schema.Fault{schema.Found("container.none", "", kind)}}, nil
	}
}

// quoted takes a token out of a JSON string, the form in which interfaces hand
// credentials over. A token needs no escapes: a text that has some is none.
func quoted(b []byte) ([]byte, bool) {
	text := bytes.Trim(b, " \t\r\n")
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return nil, false
	}
	text = text[1 : len(text)-1]
	return text, schema.Recognise(text) == schema.FormJWS && !bytes.ContainsAny(text, "\"\\ \t\r\n")
}

// token takes a compact JWS apart.
func (c *caseFile) token(b []byte, kind map[string]any) answer {
	secured, err := proof.ReadToken(b, c.limits())
	if err != nil {
		return c.refuse(err, "container.envelope", kind)
	}
	c.secured = secured
	if f := schema.ForeignDocument(secured.Document.Root()); f != nil {
		return answer{faults: []*schema.Fault{f}}
	}
	return c.admit(secured.Claims, "container.envelope", kind)
}

// parse reads a document, and takes a token out of it if it is an envelope.
func (c *caseFile) parse(kind map[string]any) answer {
	doc, err := schema.Parse(c.ask.Input, c.limits())
	if err != nil {
		return c.refuse(err, "container.document", kind)
	}
	token, enveloped, err := proof.Unwrap(doc.Root())
	switch {
	case err != nil:
		return c.refuse(err, "container.envelope", kind)
	case enveloped:
		return c.token(token, kind)
	}
	c.doc = doc
	return c.admit(doc.Root(), "container.document", kind)
}

// admit tells what is no credential of the kinds that are read, and a
// presentation that nobody asked for. It is nothing against them.
func (c *caseFile) admit(root schema.Value, good string, kind map[string]any) answer {
	if f := schema.ForeignDocument(root); f != nil {
		return answer{faults: []*schema.Fault{f}}
	}
	if c.role != presenting && hasType(root, "VerifiablePresentation") {
		return answer{faults: []*schema.Fault{schema.Found("container.unread", "", map[string]any{"kind": "presentation"})}}
	}
	return pass(good, kind)
}

// refuse says here what was refused as another kind of thing. What was refused
// as a document is said by the check that answers for it.
func (c *caseFile) refuse(err error, good string, kind map[string]any) answer {
	faults, _ := faultsOf(context.Background(), err, "syntax.not-json", "")
	switch f := faults[0]; checkOf(f.Finding) {
	case "input.container":
		return answer{faults: faults}
	case "proof.format":
		c.sealed = f
	default:
		c.refusal = f
	}
	return pass(good, kind)
}

// checkSyntax says what the strict parser thought of the document.
func checkSyntax(_ context.Context, c *caseFile) (answer, error) {
	if c.refusal != nil {
		return answer{faults: []*schema.Fault{c.refusal}}, nil
	}
	if c.secured != nil {
		c.claims = c.secured.Claims
		return pass("syntax.strict", nil), nil
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
