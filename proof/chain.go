package proof

import (
	"slices"

	"merkki/schema"
)

// link resolves previousProof among the proofs of one document (Data Integrity
// 1.0, sections 2.1.2 and 4.5). It adds format.chain to a proof whose
// references lead nowhere, to more than one proof or in a circle. The first
// fault of a proof stays.
func link(proofs []*Proof) {
	byID := map[string][]*Proof{}
	for _, p := range proofs {
		if p.ID != "" {
			byID[p.ID] = append(byID[p.ID], p)
		}
	}
	for _, p := range proofs {
		switch {
		case p.Fault != nil:
		case len(byID[p.ID]) > 1:
			p.Fault = p.chainFault("/id", p.ID)
		default:
			p.resolve(byID)
		}
	}
	for _, p := range proofs {
		if p.Fault == nil && slices.ContainsFunc(p.Previous, func(q *Proof) bool { return q.reaches(p, map[*Proof]bool{}) }) {
			p.Fault = p.chainFault("/previousProof", p.ID)
		}
	}
}

// resolve fills Previous. The parser has bounded the number of proofs and the
// length of the list.
func (p *Proof) resolve(byID map[string][]*Proof) {
	member, ok := p.value.Get("previousProof")
	if !ok {
		return
	}
	if !p.Format.suite.Chains {
		// What such a proof would be over no specification says for certain.
		p.Fault = schema.Found("format.algorithm-unknown", p.Pointer+"/previousProof", map[string]any{"algorithm": p.Format.Name + " with previousProof"})
		return
	}
	ids := member.List()
	if len(ids) == 0 {
		p.Fault = p.chainFault("/previousProof", "")
		return
	}
	for _, id := range ids {
		named := byID[id.Text]
		if id.Kind != schema.String || len(named) != 1 || slices.Contains(p.Previous, named[0]) {
			p.Fault = p.chainFault("/previousProof", id.Text)
			return
		}
		p.Previous = append(p.Previous, named[0])
	}
}

// reaches reports whether q is p or depends on it.
func (q *Proof) reaches(p *Proof, seen map[*Proof]bool) bool {
	if q == p {
		return true
	}
	if seen[q] {
		return false
	}
	seen[q] = true
	return slices.ContainsFunc(q.Previous, func(next *Proof) bool { return next.reaches(p, seen) })
}

func (p *Proof) chainFault(member, id string) *schema.Fault {
	return schema.Found("format.chain", p.Pointer+member, map[string]any{"proof": id})
}

// document returns what the proof's document hash is over: the claims, with
// the referenced proofs complete with their values where there are any.
func (p *Proof) document(claims schema.Value) schema.Value {
	if len(p.Previous) == 0 {
		return claims
	}
	previous := make([]schema.Value, len(p.Previous))
	for i, q := range p.Previous {
		previous[i] = q.value
	}
	return claims.With("proof", schema.ArrayValue(previous...))
}
