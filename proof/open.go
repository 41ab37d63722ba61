package proof

import (
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"strings"

	"merkki/keys"
	"merkki/proof/dataintegrity"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
)

// An Opened is what a proof covers, made only after its signature holds: the
// only way from bytes to claims that a decision may use.
type Opened struct {
	Claims schema.Value
	Proof  *Proof
	// Method is the verification method whose key verified the proof. Only
	// the function [Open] sets it; it looks the method up itself.
	Method   *keys.Method
	Evidence Evidence
}

// Evidence is for the expert who wants to see what was signed.
type Evidence struct {
	CanonicalDocument, CanonicalProof string // N-Quads
	DocumentHash, ProofHash           string // hex
}

// Open reads a document, retrieves the keys that its proofs name and checks
// every one of them. It returns what the first proof covers, and an error if any
// proof does not hold. Contexts are those that the program embeds.
//
// Whose key it was stands in Opened.Method; that it is the issuer's is for the
// caller to find out, or for package verifier.
func Open(ctx context.Context, b []byte, resolver keys.Resolver) (*Opened, error) {
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil {
		return nil, err
	}
	s, err := Read(doc)
	if err != nil {
		return nil, err
	}
	register := jsonld.Embedded()
	if faults := register.CheckContexts(s.Claims); len(faults) > 0 {
		return nil, jsonld.Faults(faults)
	}
	var first *Opened
	for _, p := range s.Proofs {
		o, err := s.openBy(ctx, register, p, resolver)
		if err != nil {
			return nil, err
		}
		if first == nil {
			first = o
		}
	}
	return first, nil
}

func (s *Secured) openBy(ctx context.Context, r *jsonld.Register, p *Proof, resolver keys.Resolver) (*Opened, error) {
	if p.Fault != nil {
		return nil, p.Fault
	}
	method, err := resolver.Resolve(ctx, p.Method)
	if err != nil {
		return nil, err
	}
	o, err := s.Open(ctx, r, p, method.Key)
	if err != nil {
		return nil, err
	}
	o.Method = method
	return o, nil
}

// Open checks the signature of one proof of s with a key. The contexts of the
// document must have passed [jsonld.Register.CheckContexts].
//
// The error is a [*schema.Fault] of proof.signature (signature.mismatch,
// .work-limit, .transform), or [jsonld.Faults] of document.terms where
// expansion would drop something; format.algorithm-forbidden for a key of
// another type; format.proof-terms where the proof itself has something that
// expansion would drop, and purpose.differs where that is its purpose. On a mismatch an
// Opened with Evidence and without Claims comes with the error. Any other
// error is about the caller: its context ended.
func (s *Secured) Open(ctx context.Context, r *jsonld.Register, p *Proof, key crypto.PublicKey) (*Opened, error) {
	if p.Fault != nil {
		return nil, p.Fault
	}
	if !p.Format.Fits(key) {
		return nil, schema.Found("format.algorithm-forbidden", p.Pointer, map[string]any{"algorithm": p.Format.Name})
	}
	suite := p.Format.suite
	config, err := suite.Prepare(ctx, r, dataintegrity.Configuration(s.Claims, p.value))
	if err != nil {
		return nil, configurationError(ctx, err, p)
	}
	document, err := s.prepare(ctx, r, p)
	if err != nil {
		return nil, err
	}
	o := &Opened{Proof: p, Evidence: Evidence{
		CanonicalDocument: string(document.Canonical),
		CanonicalProof:    string(config.Canonical),
		DocumentHash:      hex.EncodeToString(document.Hash),
		ProofHash:         hex.EncodeToString(config.Hash),
	}}
	if !suite.Verify(key, document, config, p.signature) {
		return o, schema.Found("signature.mismatch", p.Pointer, nil)
	}
	o.Claims = s.Claims
	return o, nil
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
	part, err := k.suite.Prepare(ctx, r, p.document(s.Claims))
	if err != nil {
		err = documentError(ctx, err, p)
		if f, ok := errors.AsType[*schema.Fault](err); ok && f.Finding == "signature.work-limit" {
			s.overdone = f
		}
		return nil, err
	}
	if s.prepared == nil {
		s.prepared = map[partKey]*dataintegrity.Part{}
	}
	s.prepared[k] = part
	return part, nil
}

// documentError turns an error about the document into a fault.
func documentError(ctx context.Context, err error, p *Proof) error {
	if _, ok := errors.AsType[jsonld.Faults](err); ok {
		return err
	}
	if _, ok := errors.AsType[*schema.Fault](err); ok {
		return err
	}
	return transformError(ctx, err, p)
}

// configurationError turns an error about a proof configuration into a fault.
// A purpose that no context defines is simply another purpose.
func configurationError(ctx context.Context, err error, p *Proof) error {
	f, ok := errors.AsType[*schema.Fault](err)
	if fs, many := errors.AsType[jsonld.Faults](err); many && len(fs) > 0 {
		f, ok = fs[0], true
	}
	switch {
	case !ok:
		return transformError(ctx, err, p)
	case strings.HasPrefix(f.Pointer, "/proofPurpose"):
		return schema.Found("purpose.differs", p.Pointer+f.Pointer, map[string]any{"found": p.Purpose})
	}
	return schema.Found("format.proof-terms", p.Pointer+f.Pointer, f.Args)
}

// transformError is for errors that no rule about content explains.
func transformError(ctx context.Context, err error, p *Proof) error {
	if ctx.Err() != nil {
		return err
	}
	if w, ok := errors.AsType[*rdfcanon.WorkError](err); ok {
		return schema.Found("signature.work-limit", p.Pointer, map[string]any{"limit": w.Limit, "max": w.Max})
	}
	return schema.Found("signature.transform", p.Pointer, nil)
}
