package proof

import (
	"context"
	"errors"
	"strconv"

	"merkki/proof/dataintegrity"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// Derive makes what a holder shows of a credential: what its issuer made
// mandatory and what the pointers (RFC 6901) select, with a proof of
// ecdsa-sd-2023 for just that (Data Integrity ECDSA Cryptosuites 1.0, section
// 3.6.6). The document must have one base proof of that suite; other proofs are
// left out, because they are over the whole. An array keeps the selected
// elements only.
//
// The error is a [*schema.Fault]: format.* where the document has no such base
// proof or one that is not its own, PROOF_GENERATION_ERROR where a pointer
// reaches nothing or nothing is selected; or it is as in [Secure].
func Derive(ctx context.Context, r *jsonld.Register, doc *schema.Document, pointers []string) (*schema.Document, error) {
	s, err := Read(doc)
	if err != nil {
		return nil, err
	}
	p, err := s.base()
	if err != nil {
		return nil, err
	}
	if faults := r.CheckContexts(s.Claims); len(faults) > 0 {
		return nil, jsonld.Faults(faults)
	}
	in := dataintegrity.NewInput(r, s.Claims)
	shown, value, err := p.Format.suite.Derive(ctx, in, p.value.GetString("proofValue"), pointers)
	switch {
	case errors.Is(err, dataintegrity.ErrValue):
		return nil, schema.Found("format.proof-value", p.Pointer+"/proofValue", map[string]any{"algorithm": p.Format.Name})
	case err != nil:
		return nil, signError(ctx, err)
	}
	derived := p.value.With("proofValue", schema.StringValue(value))
	return build(shown.With("proof", schema.ArrayValue(derived)))
}

// base returns the one base proof.
func (s *Secured) base() (*Proof, error) {
	var found *Proof
	for _, p := range s.Proofs {
		if !p.isBase() {
			continue
		}
		if found != nil {
			return nil, schema.Found("format.proof-shape", p.Pointer, map[string]any{"reason": "two-base-proofs"})
		}
		found = p
	}
	if found == nil {
		return nil, schema.Found("format.proof-value", s.Proofs[0].Pointer, map[string]any{"reason": "no-base-proof"})
	}
	return found, nil
}

// isBase reports whether the only thing against a proof is that it is a base
// proof.
func (p *Proof) isBase() bool {
	return p.Format != nil && p.Fault != nil && p.Fault.Finding == "format.proof-value" && p.Fault.Args["reason"] == reasonBase
}

// reasonBase is why a base proof is none for a verifier.
const reasonBase = "base-proof"

// MandatoryFor returns pointers to what a holder of this credential should not be
// able to leave out: who issued it, what was achieved, and whatever ends or
// qualifies it. Without them he could hide that it expires or can be revoked.
func MandatoryFor(root schema.Value) (pointers []string) {
	add := func(v schema.Value, parent string, names ...string) {
		for _, n := range names {
			if _, ok := v.Get(n); ok {
				pointers = append(pointers, schema.PointerTo(parent, n))
			}
		}
	}
	add(root, "", "issuer", "validFrom", "validUntil", "issuanceDate", "expirationDate",
		"credentialStatus", "credentialSchema", "termsOfUse", "refreshService")
	each(root, "", "credentialSubject", func(subject schema.Value, at string) {
		each(subject, at, "achievement", func(achievement schema.Value, at string) {
			add(achievement, at, "name", "description", "criteria")
		})
	})
	return pointers
}

// each visits the objects of a member that may be one object or a list.
func each(v schema.Value, parent, name string, visit func(v schema.Value, pointer string)) {
	m, ok := v.Get(name)
	if !ok {
		return
	}
	at := schema.PointerTo(parent, name)
	if m.Kind != schema.Array {
		visit(m, at)
		return
	}
	for i, item := range m.Items {
		visit(item, schema.PointerTo(at, strconv.Itoa(i)))
	}
}
