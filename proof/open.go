package proof

import (
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"slices"

	"merkki/keys"
	"merkki/proof/dataintegrity"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// An Opened is what a proof covers, made only after its signature holds: the
// only way from bytes to claims that a decision may use.
type Opened struct {
	// Claims has no proof. Where the signature covers the text, it has the
	// contexts that were signed; others that were added later are not in it.
	Claims schema.Value
	Proof  *Proof
	// Method is the verification method whose key verified the proof. Only
	// the function [Open] sets it; it looks the method up itself.
	Method   *keys.Method
	Evidence Evidence
}

// Evidence is for the expert who wants to see what was signed. It is written
// when somebody asks.
type Evidence struct {
	// Hex. A token has one hash over both, that of the document. That of a
	// derived proof is over what the issuer made mandatory.
	DocumentHash, ProofHash string

	document, proof interface{ Canonical() []byte }
}

// CanonicalDocument and CanonicalProof are N-Quads, or JSON in the form of RFC
// 8785 where the signature covers the text. Of a token they are payload and
// header as they were signed. In a derived proof of ecdsa-sd-2023 blank nodes have
// the labels that the issuer gave them.
func (e Evidence) CanonicalDocument() string { return written(e.document) }

// CanonicalProof: see [Evidence.CanonicalDocument].
func (e Evidence) CanonicalProof() string { return written(e.proof) }

func written(part interface{ Canonical() []byte }) string {
	if part == nil {
		return ""
	}
	return string(part.Canonical())
}

// Open reads a document, retrieves the keys that its proofs name and checks
// every one of them. It returns what the first proof covers, and an error if any
// proof does not hold. Contexts are those that the program embeds.
//
// Whose key it was stands in Opened.Method; that it is the issuer's is for the
// caller to find out, or for package verifier.
func Open(ctx context.Context, b []byte, resolver keys.Resolver) (*Opened, error) {
	s, err := readBytes(b)
	if err != nil {
		return nil, err
	}
	register := jsonld.Embedded()
	if faults := register.CheckContexts(s.Claims); len(faults) > 0 {
		return nil, jsonld.Faults(faults)
	}
	if err := s.lossless(ctx, register); err != nil {
		return nil, err
	}
	if f := s.disagreement(); f != nil {
		return nil, f
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

// readBytes reads a document or a token, whichever the bytes are.
func readBytes(b []byte) (*Secured, error) {
	if schema.Recognise(b) == schema.FormJWS {
		return ReadToken(b, schema.Limits{})
	}
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil {
		return nil, err
	}
	return Read(doc)
}

// lossless refuses claims that not everything would be left of in expansion,
// but for what the signatures cover all the same.
func (s *Secured) lossless(ctx context.Context, r *jsonld.Register) error {
	_, err := s.Statements(ctx, r)
	fs, ok := errors.AsType[jsonld.Faults](err)
	if !ok {
		return documentError(ctx, err, s.Proofs[0])
	}
	fs = slices.DeleteFunc(slices.Clone(fs), s.Excuses)
	if len(fs) > 0 {
		return fs
	}
	return nil
}

// Excuses reports whether a loss in expansion is no more than a warning for this
// document: what no context defines, malformed identifiers and language tags are
// covered where every proof covers the text (security model, section 7.3). Names,
// nulls and keywords never are.
func (s *Secured) Excuses(f *schema.Fault) bool {
	switch f.Finding {
	case "terms.undefined", "terms.relative-iri", "terms.invalid-iri", "terms.language":
	default:
		return false
	}
	return !slices.ContainsFunc(s.Proofs, func(p *Proof) bool { return p.Format == nil || !p.Format.CoversText })
}

func (s *Secured) openBy(ctx context.Context, r *jsonld.Register, p *Proof, resolver keys.Resolver) (*Opened, error) {
	if p.Fault != nil {
		return nil, p.Fault
	}
	method, err := s.methodOf(ctx, p, resolver)
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
	if p.token != nil {
		return s.openToken(p, key)
	}
	if !p.Format.Fits(key) {
		return nil, schema.Found("format.algorithm-forbidden", p.Pointer, map[string]any{"algorithm": p.Format.Name})
	}
	suite := p.Format.suite
	covered, configuration := suite.Split(p.document(s.Claims), p.value)
	config, err := suite.Prepare(ctx, key, dataintegrity.NewInput(r, configuration))
	if err != nil {
		return nil, configurationError(ctx, err, p)
	}
	document, err := s.prepare(ctx, r, p, covered, key)
	if err != nil {
		return nil, err
	}
	if document, err = suite.Present(document, p.signature); err != nil {
		return nil, schema.Found("signature.mismatch", p.Pointer, nil)
	}
	o := &Opened{Proof: p, Evidence: Evidence{
		document: document, DocumentHash: hex.EncodeToString(document.Hash),
		proof: config, ProofHash: hex.EncodeToString(config.Hash),
	}}
	if !suite.Verify(key, document, config, p.signature) {
		return o, schema.Found("signature.mismatch", p.Pointer, nil)
	}
	o.Claims = covered.Without("proof")
	return o, nil
}
