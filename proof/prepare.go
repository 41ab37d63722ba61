package proof

import (
	"context"
	"crypto"
	"errors"

	"merkki/proof/dataintegrity"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
)

// Statements returns what the claims say, as [jsonld.Register.Dataset] does,
// expanding them once for this call and for all of Open that rest on them.
// It must not be added to.
func (s *Secured) Statements(ctx context.Context, r *jsonld.Register) (*rdfcanon.Dataset, error) {
	s.mu.Lock()
	in := s.input(r, nil, s.Claims)
	s.mu.Unlock()
	return in.Statements(ctx)
}

// An inputKey names a document that is transformed: the claims with a register,
// which proofs of a set share, or what one proof alone is over.
type inputKey struct {
	register *jsonld.Register
	own      *Proof
}

// input returns what k names, made of object the first time. The caller holds
// s.mu.
func (s *Secured) input(r *jsonld.Register, own *Proof, object schema.Value) *dataintegrity.Input {
	k := inputKey{r, own}
	in, ok := s.inputs[k]
	if !ok {
		in = dataintegrity.NewInput(r, object)
		s.inputs[k] = in
	}
	return in
}

// prepare transforms what a proof covers the way it is done for a key. What
// proofs need alike of the document is done once; a document that exceeded the
// work budget for one proof is not tried again for the next: sixteen proofs
// must not buy sixteen budgets.
func (s *Secured) prepare(ctx context.Context, r *jsonld.Register, p *Proof, covered schema.Value, key crypto.PublicKey) (*dataintegrity.Part, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.overdone != nil {
		return nil, s.overdone
	}
	own := p
	if len(p.Previous) == 0 && !p.Format.CoversText {
		own = nil
	}
	part, err := p.Format.suite.Prepare(ctx, key, s.input(r, own, covered))
	if err != nil {
		err = documentError(ctx, err, p)
		if f, ok := errors.AsType[*schema.Fault](err); ok && f.Finding == "signature.work-limit" {
			s.overdone = f
		}
		return nil, err
	}
	return part, nil
}
