package proof

import (
	"context"
	"errors"

	"merkki/proof/dataintegrity"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
)

// Statements returns what the claims say, as [jsonld.Register.Quads] does,
// expanding them once for this call and for all of Open that rest on them.
// The slice must not be changed.
func (s *Secured) Statements(ctx context.Context, r *jsonld.Register) ([]rdfcanon.Quad, error) {
	s.mu.Lock()
	in := s.input(r)
	s.mu.Unlock()
	return in.Statements(ctx)
}

// input returns the claims as read with a register. The caller holds s.mu.
func (s *Secured) input(r *jsonld.Register) *dataintegrity.Input {
	in, ok := s.inputs[r]
	if !ok {
		in = dataintegrity.NewInput(r, s.Claims)
		s.inputs[r] = in
	}
	return in
}

// A partKey names a prepared document: proofs of a set share one, a proof of
// a chain has its own.
type partKey struct {
	suite    *dataintegrity.Suite
	register *jsonld.Register
	chained  *Proof // nil for a proof that references none
}

// prepare transforms the document once for all proofs that need the same of
// it. A document that exceeded the work budget for one proof is not tried again
// for the next: sixteen proofs must not buy sixteen budgets.
func (s *Secured) prepare(ctx context.Context, r *jsonld.Register, p *Proof) (*dataintegrity.Part, error) {
	k := partKey{suite: p.Format.suite, register: r}
	if len(p.Previous) > 0 {
		k.chained = p
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.overdone != nil {
		return nil, s.overdone
	}
	if part, ok := s.prepared[k]; ok {
		return part, nil
	}
	in := s.input(r)
	if k.chained != nil {
		in = dataintegrity.NewInput(r, p.document(s.Claims))
	}
	part, err := k.suite.Prepare(ctx, in)
	if err != nil {
		err = documentError(ctx, err, p)
		if f, ok := errors.AsType[*schema.Fault](err); ok && f.Finding == "signature.work-limit" {
			s.overdone = f
		}
		return nil, err
	}
	s.prepared[k] = part
	return part, nil
}
