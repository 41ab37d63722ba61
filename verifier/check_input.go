package verifier

import (
	"bytes"
	"cmp"
	"context"

	"merkki/proof"
	"merkki/schema"
	"merkki/schema/bake"
)

// maxDocument is the default size of a document (security model, section 5).
const maxDocument = 1 << 20

// containerLimits are the sizes of what holds a document.
var containerLimits = map[schema.Form]struct {
	name string
	max  int
}{
	schema.FormPNG: {"image.bytes", 10 << 20},
	schema.FormSVG: {"image.bytes", 10 << 20},
	schema.FormPDF: {"pdf.bytes", 20 << 20},
}

// presentationLimits bound a presentation as a whole.
var presentationLimits = schema.Limits{Bytes: 2 << 20, Values: 80_000, Objects: 8_000}

// limits are those of the document.
func (c *caseFile) limits() schema.Limits {
	if c.role == presenting && c.v.Limits == (schema.Limits{}) {
		return presentationLimits
	}
	return c.v.Limits
}

// checkSize looks at the length before anything looks at the content. That of a
// document inside another thing is seen to when it has been taken out.
func checkSize(_ context.Context, c *caseFile) (answer, error) {
	if box, ok := containerLimits[c.form]; ok {
		return sized(len(c.ask.Input), box.max, box.name), nil
	}
	return c.sizedDocument(len(c.ask.Input)), nil
}

func (c *caseFile) sizedDocument(found int) answer {
	limit, name := maxDocument, "document.bytes"
	if c.role == presenting {
		name = "presentation.bytes"
	}
	if l := c.limits(); l.Bytes > 0 {
		limit = l.Bytes
	}
	return sized(found, limit, name)
}

func sized(found, limit int, name string) answer {
	if found > limit {
		return answer{faults: []*schema.Fault{schema.Found("size.too-large", "", map[string]any{"limit": name, "max": limit, "found": found})}}
	}
	return pass("size.within", map[string]any{"bytes": found, "max": limit})
}

// checkContainer finds the credential in what came: a document, a token, or
// something that holds one of them.
func checkContainer(_ context.Context, c *caseFile) (answer, error) {
	if c.form == schema.FormEmpty {
		return answer{faults: []*schema.Fault{schema.Found("container.empty", "", map[string]any{"kind": c.form.String()})}}, nil
	}
	if f := schema.Foreign(c.ask.Input); f != nil {
		return answer{faults: []*schema.Fault{f}}, nil
	}
	if _, ok := containerLimits[c.form]; ok {
		return c.unbake(), nil
	}
	return c.document(c.ask.Input, packing{c.form.String(), ""}), nil
}

// unbake takes the credential out of a picture or a PDF and goes on with it.
// What is too large in it is said by the check of sizes.
func (c *caseFile) unbake() answer {
	content, err := bake.From(c.form, c.ask.Input)
	if err != nil {
		return c.refuse(err, packing{c.form.String(), "container.baked"})
	}
	if too := c.sizedDocument(len(content.Credential)); len(too.faults) > 0 {
		c.amend("input.size", too.faults[0])
		return notRun("input.size")
	}
	if f := schema.Foreign(content.Credential); f != nil {
		return answer{faults: []*schema.Fault{f}}
	}
	a := c.document(content.Credential, packing{c.form.String(), "container.baked"})
	a.faults = append(a.faults, content.Warnings...)
	return a
}

// packing is in what a document came: the kind of the input, and the finding that
// says so; "" for a document by itself.
type packing struct{ kind, good string }

// as is the answer that a credential was found, which is in what it came or else
// what it is.
func (p packing) as(itself string) answer {
	return pass(cmp.Or(p.good, itself), map[string]any{"kind": p.kind})
}

// document reads a credential: JSON or a token.
func (c *caseFile) document(b []byte, p packing) answer {
	switch schema.Recognise(b) {
	case schema.FormJWS: // in a file: editors and shells end it with a line break
		return c.token(bytes.Trim(b, " \t\r\n"), p)
	case schema.FormJSON:
		if token, ok := quoted(b); ok {
			return c.token(token, p)
		}
		return c.parse(b, p)
	}
	return answer{faults: []*schema.Fault{schema.Found("container.none", "", map[string]any{"kind": p.kind})}}
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
func (c *caseFile) token(b []byte, p packing) answer {
	p.good = cmp.Or(p.good, "container.envelope")
	secured, err := proof.ReadToken(b, c.limits())
	if err != nil {
		return c.refuse(err, p)
	}
	c.secured = secured
	if f := schema.ForeignDocument(secured.Document.Root()); f != nil {
		return answer{faults: []*schema.Fault{f}}
	}
	return c.admit(secured.Claims, p)
}

// parse reads a document, and takes a token out of it if it is an envelope.
func (c *caseFile) parse(b []byte, p packing) answer {
	doc, err := schema.Parse(b, c.limits())
	if err != nil {
		return c.refuse(err, p)
	}
	token, enveloped, err := proof.Unwrap(doc.Root())
	switch {
	case err != nil:
		p.good = cmp.Or(p.good, "container.envelope")
		return c.refuse(err, p)
	case enveloped:
		return c.token(token, p)
	}
	c.doc = doc
	return c.admit(doc.Root(), p)
}

// admit tells what is no credential of the kinds that are read, and a
// presentation that nobody asked for. It is nothing against them.
func (c *caseFile) admit(root schema.Value, p packing) answer {
	if f := schema.ForeignDocument(root); f != nil {
		return answer{faults: []*schema.Fault{f}}
	}
	if c.role != presenting && hasType(root, "VerifiablePresentation") {
		return answer{faults: []*schema.Fault{schema.Found("container.unread", "", map[string]any{"kind": "presentation"})}}
	}
	return p.as("container.document")
}

// refuse says here what was refused as another kind of thing. What was refused
// as a document is said by the check that answers for it.
func (c *caseFile) refuse(err error, p packing) answer {
	faults, _ := faultsOf(context.Background(), err, "syntax.not-json", "")
	switch f := faults[0]; checkOf(f.Finding) {
	case "input.container":
		return answer{faults: faults}
	case "proof.format":
		c.sealed = f
	default:
		c.refusal = f
	}
	return p.as("container.document")
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
