package issuer

import (
	"context"

	"merkki/keys"
	"merkki/proof"
	"merkki/schema"
)

// judge refuses a document that must not be signed: contexts, schema, the
// references inside, characters that deceive, and (by signing it with a
// throw-away key) whatever JSON-LD would lose or canonicalise too long.
func (s *Service) judge(ctx context.Context, unsigned schema.Value, method string) error {
	err := firstRefusal(unsigned, s.contexts.CheckContexts, schema.CheckCredential, schema.CheckConsistency, schema.CheckIssuable)
	if err != nil {
		return err
	}
	_, err = proof.Secure(ctx, s.contexts, unsigned, newThrowaway(keys.Ed25519, method), proof.Options{Created: s.now()})
	return lossy(err)
}

func firstRefusal(unsigned schema.Value, checks ...func(schema.Value) []*schema.Fault) error {
	for _, check := range checks {
		if err := refuse(check(unsigned)); err != nil {
			return err
		}
	}
	return nil
}

// trial judges a credential that awards a to nobody in particular.
func (s *Service) trial(ctx context.Context, i Institution, a Achievement) error {
	w := award{institution: i, achievement: a, recipient: Recipient{Name: "N"}, subject: newURN(), issued: s.now()}
	return s.judge(ctx, w.build(s.base+"/c/00000000000000000000000000", s.placeholders(a)), i.DID+"#throwaway")
}
