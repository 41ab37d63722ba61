package verifier

import (
	"context"

	"merkki/schema"
)

// maxInnerValues bounds the values of all documents that come out of tokens
// inside a document: like what stands there plainly, they are part of it.
const maxInnerValues = 20_000

// maxInnerStatements bounds how much of documents inside a document is expanded
// and canonicalised, beside the document itself. What comes after is not judged.
const maxInnerStatements = 20_000

// inner runs every check on a document that stands inside this one, at pointer:
// an object with its own proof, an envelope, or a string that is a token. It is a
// case of its own that shares with this one what was asked of the world and
// what may still be spent. The error is about us.
func (c *caseFile) inner(ctx context.Context, v schema.Value, pointer string, q Request) (*Report, *caseFile, error) {
	q.Input = []byte(v.Text)
	if v.Kind != schema.String {
		q.Input = schema.Marshal(v)
	}
	q.At = c.at
	their := *c.v
	their.Policy.Refresh = false
	isToken := v.Kind == schema.String || hasType(v, "EnvelopedVerifiableCredential")
	if isToken {
		their.Limits.Values = max(1, c.outside.values) // 0 would be the default
	}
	sub := their.open(q)
	sub.now, sub.outside, sub.depth = c.now, c.outside, c.depth+1
	if c.outside.statements > maxInnerStatements {
		sub.refusal = schema.Found("syntax.values", "", map[string]any{"limit": "verification.statements", "max": maxInnerStatements})
	}
	if err := sub.run(ctx, checks); err != nil {
		return nil, nil, err
	}
	c.outside.statements += sub.said
	if isToken && sub.secured != nil && sub.secured.Document != nil {
		c.outside.values -= count(sub.secured.Document.Root())
	}
	r := sub.report(q.Input)
	r.Pointer = pointer
	return r, sub, nil
}

// count returns how many values there are in a value, itself included.
func count(v schema.Value) int {
	n := 1
	for _, i := range v.Items {
		n += count(i)
	}
	for _, m := range v.Members {
		n += count(m.Value)
	}
	return n
}
