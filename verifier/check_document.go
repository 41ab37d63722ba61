package verifier

import (
	"context"
	"strconv"

	"merkki/schema"
	"merkki/schema/rdfcanon"
)

// checkContexts applies the context policy: without known contexts no word of
// the document has a meaning.
func checkContexts(_ context.Context, c *caseFile) (answer, error) {
	return against("contexts.known", c.v.Contexts.CheckContexts(c.claims)), nil
}

// checkTerms makes sure that expansion drops nothing: a member that is in no
// quad is visible and unsigned.
func checkTerms(ctx context.Context, c *caseFile) (answer, error) {
	statements, err := c.statements(ctx)
	faults, err := faultsOf(ctx, err, "signature.transform", "")
	if err != nil {
		return answer{}, err
	}
	for i, f := range faults {
		// What the signature covers as text is not lost (security model, section 7.3).
		if c.secured != nil && c.secured.Excuses(f) {
			faults[i] = f.Weighing(schema.Warn)
		}
	}
	if statements != nil {
		c.said = statements.Len()
	}
	return pass("terms.covered", map[string]any{"statements": c.said}, faults...), nil
}

func (c *caseFile) statements(ctx context.Context) (*rdfcanon.Dataset, error) {
	if c.secured == nil {
		return c.v.Contexts.Dataset(ctx, c.claims)
	}
	return c.secured.Statements(ctx, c.v.Contexts)
}

// checkSchema compares with the data model, and the claims of a token with what
// the credential says. A proof is no part of it: one object is as good as a list
// of one, whatever an array-strict schema says.
func checkSchema(_ context.Context, c *caseFile) (answer, error) {
	if c.role == presenting {
		return against("schema.conforms", append(schema.CheckPresentation(c.claims), c.besides("document.schema")...)), nil
	}
	claims, faults := c.claims, []*schema.Fault(nil)
	if c.v.Policy.Tolerant {
		claims, faults = spellIndices(claims)
	}
	faults = append(c.dataModel()(claims), faults...)
	faults = append(faults, microcredential(claims)...)
	return against("schema.conforms", append(faults, c.besides("document.schema")...)), nil
}

// besides returns what reading a token found for a check to say.
func (c *caseFile) besides(check string) (faults []*schema.Fault) {
	if c.secured == nil {
		return nil
	}
	for _, f := range c.secured.Also {
		if checkOf(f.Finding) == check {
			faults = append(faults, f)
		}
	}
	return faults
}

// spellIndices writes status indices that are numbers as the strings they
// should be, and warns. Only a tolerant reader does it; the signed view stays
// as it is.
func spellIndices(claims schema.Value) (schema.Value, []*schema.Fault) {
	member, ok := claims.Get("credentialStatus")
	if !ok {
		return claims, nil
	}
	var faults []*schema.Fault
	var entries []schema.Value
	for i, e := range member.List() {
		if index, ok := e.Get("statusListIndex"); ok && index.Kind == schema.Number {
			e = e.With("statusListIndex", schema.StringValue(index.Text))
			faults = append(faults, schema.Found("schema.status-entry", pointerTo(member, "/credentialStatus", i)+"/statusListIndex",
				map[string]any{"found": index.Text}).Weighing(schema.Warn))
		}
		entries = append(entries, e)
	}
	if member.Kind != schema.Array {
		return claims.With("credentialStatus", entries[0]), faults
	}
	return claims.With("credentialStatus", schema.ArrayValue(entries...)), faults
}

// pointerTo points to the i-th of the values of a member that may be an array
// or a single value.
func pointerTo(member schema.Value, pointer string, i int) string {
	if member.Kind != schema.Array {
		return pointer
	}
	return pointer + "/" + strconv.Itoa(i)
}
