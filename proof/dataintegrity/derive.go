package dataintegrity

import (
	"context"
	"crypto"
	"errors"
	"slices"
	"strconv"
	"strings"

	"merkki/schema"
	"merkki/schema/rdfcanon"
)

// ErrNothing is the error of a derivation that would show nothing.
var ErrNothing = errors.New("dataintegrity: nothing is selected")

// Derive makes what a holder shows of a document: the part that the mandatory
// pointers of its base proof and those of the holder select, and the proofValue
// for it (Data Integrity ECDSA Cryptosuites 1.0, section 3.5.4 and 3.6.5). The
// document has no proof. The error is ErrValue where proofValue is no base
// proof of the suite or not one of this document, [*PointerError], ErrNothing,
// or as in [Suite.Prepare].
//
// It makes sure that the single statements are signed as the base proof says. That
// the base proof is the issuer's it leaves to whoever verifies.
func (s *Suite) Derive(ctx context.Context, in *Input, proofValue string, pointers []string) (schema.Value, string, error) {
	var none schema.Value
	if _, ok := s.form.(selective); !ok {
		return none, "", ErrValue
	}
	b, err := decodeBase(proofValue)
	if err != nil {
		return none, "", err
	}
	combined := slices.Concat(b.mandatory, pointers)
	if len(combined) == 0 {
		return none, "", ErrNothing
	}
	v, err := b.derive(ctx, s.algorithms[0], in, pointers)
	if err != nil {
		return none, "", err
	}
	reveal, err := selectBy(in.object, combined)
	if err != nil {
		return none, "", err
	}
	return reveal.of(in.object), v.encode(), nil
}

// derive makes the derived value.
func (b *base) derive(ctx context.Context, a *algorithm, in *Input, pointers []string) (*Value, error) {
	g, err := newGrouping(ctx, in, b.hmacKey)
	if err != nil {
		return nil, err
	}
	mandatory, err := g.matching(ctx, b.mandatory)
	if err != nil {
		return nil, err
	}
	chosen, err := g.matching(ctx, pointers)
	if err != nil {
		return nil, err
	}
	combined, err := g.matching(ctx, slices.Concat(b.mandatory, pointers))
	if err != nil {
		return nil, err
	}
	for i := range g.lines {
		if combined.at[i] != (mandatory.at[i] || chosen.at[i]) {
			return nil, errUnion
		}
	}
	d := &disclosure{scoped: b.scoped, mandatory: adjusted(combined, mandatory)}
	single := parted(g.lines, func(i int) bool { return mandatory.at[i] }).single
	if !holdSingly(a, b.scoped, single, b.signatures) {
		return nil, ErrValue
	}
	next := 0
	for i := range g.lines {
		if mandatory.at[i] {
			continue
		}
		if chosen.at[i] {
			d.signatures = append(d.signatures, b.signatures[next])
		}
		next++
	}
	if d.labels, err = g.labelMap(ctx, combined); err != nil {
		return nil, err
	}
	return &Value{signature: b.signature, disclosed: d}, nil
}

// errUnion is about a selection that says something else than its parts, so that
// the signatures chosen for the parts would not be those of the whole.
var errUnion = errors.New("dataintegrity: what the pointers select together is not what they select one by one")

// adjusted counts where among the combined lines the mandatory ones are.
func adjusted(combined, mandatory *group) (indices []uint64) {
	for n, i := range combined.indices() {
		if mandatory.at[i] {
			indices = append(indices, uint64(n))
		}
	}
	return indices
}

// indices returns the indices of the lines of a group, ascending.
func (g *group) indices() []int {
	all := make([]int, 0, len(g.at))
	for i := range g.at {
		all = append(all, i)
	}
	slices.Sort(all)
	return all
}

// labelMap canonicalises what is shown, as whoever verifies does, and returns for
// each number he finds in a label the HMAC of the same node.
func (g *grouping) labelMap(ctx context.Context, shown *group) (map[uint64][]byte, error) {
	c, err := rdfcanon.Canonicalize(ctx, shown.quads, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	labels := make(map[uint64][]byte, c.Nodes())
	for name, canonical := range c.Labels() {
		n, err := strconv.ParseUint(strings.TrimPrefix(canonical, canonicalLabel), 10, 64)
		if err != nil {
			return nil, err
		}
		labels[n] = g.macs[name]
	}
	return labels, nil
}
