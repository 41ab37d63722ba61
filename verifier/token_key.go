package verifier

import (
	"context"
	"strings"

	"merkki/keys"
	"merkki/keys/did"
	"merkki/schema"
)

// resolveToken fills foreign, method and faults of a token. Its key is among
// those that the issuer publishes: at the authority of an https issuer, in the
// DID document of a DID. Where kid names a key, a key in the header is not even
// looked at; alone it is a candidate with which the signature is computed, and
// it is the issuer's only if the issuer publishes it (security model, section
// 9.3).
func (c *caseFile) resolveToken(ctx context.Context, p *proofCase, party string) error {
	if p.Method == "" {
		return c.resolveHeaderKey(ctx, p, party)
	}
	kid, err := did.ReadKeyID(p.Method, party)
	faults, err := faultsOf(ctx, err, "key.identifier", p.Pointer)
	if err != nil || len(faults) > 0 {
		p.faults = faults
		return err
	}
	var m *keys.Method
	var fault *schema.Fault
	switch computed := isComputed(kid.URL); {
	case kid.IsForeign(party) && !computed:
		p.foreign = true
		return nil
	case computed, strings.HasPrefix(kid.URL, "did:"):
		controller, _, _ := strings.Cut(kid.URL, "#")
		p.foreign = controller != party
		m, fault, err = c.key(ctx, kid.URL, p.Pointer)
	default:
		m, fault, err = c.published(ctx, party, p.Method, nil)
		p.foreign = m == nil && fault == nil
	}
	p.found(m, fault)
	return err
}

// resolveHeaderKey looks for the key in the header among those of the issuer.
func (c *caseFile) resolveHeaderKey(ctx context.Context, p *proofCase, party string) error {
	if p.KeyFault != nil {
		p.faults = []*schema.Fault{p.KeyFault}
		return nil
	}
	candidate := &keys.Method{Key: p.HeaderKey}
	m, fault, err := (*keys.Method)(nil), (*schema.Fault)(nil), error(nil)
	if !c.v.isPinned(party, multikeyOf(candidate), c.at) {
		m, fault, err = c.published(ctx, party, "", candidate)
		p.foreign = m == nil && fault == nil
	}
	if m == nil && fault == nil {
		m = candidate
	}
	p.found(m, fault)
	return err
}

// published looks for a key among those that an issuer publishes: by its name
// or, where that is "", by the key of candidate. All three results are nil where
// it is not there.
func (c *caseFile) published(ctx context.Context, issuer, kid string, candidate *keys.Method) (*keys.Method, *schema.Fault, error) {
	list, ok := c.v.Resolver.(keys.IssuerKeys)
	if !ok {
		return nil, schema.Found("key.unreachable", "", map[string]any{"url": issuer, "reason": "offline"}), nil
	}
	if candidate == nil {
		candidate = &keys.Method{}
	}
	return c.outside.key(ctx, issuer+"\n"+kid+"\n"+multikeyOf(candidate), isComputed(issuer), func() (*keys.Method, error) {
		return did.FindKey(ctx, list, issuer, kid, candidate.Key)
	})
}
