package rdfcanon

import (
	"bytes"
	"cmp"
	"slices"
)

// A neighbour is another blank node in a line of a node: at which position,
// through which predicate.
type neighbour struct {
	node      int32
	pos       byte
	predicate []byte // with its angle brackets; nil for position g
}

// relate notes at every node that still lacks a label who its neighbours are.
func (d *run) relate() {
	for i := range d.nodes {
		n := &d.nodes[i]
		for _, l := range n.lines {
			ln := d.lines[l]
			for _, h := range d.holesOf(l) {
				if h.node == int32(i) {
					continue
				}
				nb := neighbour{node: h.node, pos: h.pos}
				if h.pos != 'g' {
					nb.predicate = d.Dataset.text[ln.predicate:ln.afterPredicate]
				}
				n.related = append(n.related, nb)
				n.bytes += len(nb.predicate)
			}
		}
	}
}

// search labels the nodes that share a first-degree hash (RDFC-1.0, 4.4.3
// step 5): group by group in the order of the hashes.
func (d *run) search(groups [][]int32) error {
	type result struct {
		hash digest
		iss  *issuer
	}
	for _, g := range groups {
		var results []result
		for _, n := range g {
			if d.nodes[n].label >= 0 {
				continue
			}
			iss := d.newIssuer()
			iss.issue(n)
			h, iss, err := d.nDegree(n, iss)
			if err != nil {
				return err
			}
			results = append(results, result{h, iss})
		}
		slices.SortStableFunc(results, func(a, b result) int { return bytes.Compare(a.hash[:], b.hash[:]) })
		for _, r := range results {
			for _, n := range r.iss.order {
				if d.nodes[n].label < 0 {
					d.issue(n)
				}
			}
		}
	}
	return nil
}

// nDegree is Hash N-Degree Quads (RDFC-1.0, 4.8). It leaves iss as it is and
// returns it, or another issuer that the caller then owns.
func (d *run) nDegree(n int32, iss *issuer) (digest, *issuer, error) {
	if err := d.budget.call(len(d.nodes[n].related), d.nodes[n].bytes); err != nil {
		return digest{}, nil, err
	}
	given := iss
	related := d.hashRelated(n, iss)
	var data []byte
	for len(related) > 0 {
		k := 1
		for k < len(related) && related[k].hash == related[0].hash {
			k++
		}
		data = d.appendHex(data, &related[0].hash)
		list := make([]int32, k)
		for i := range list {
			list[i] = related[i].node
		}
		related = related[k:]
		path, chosen, err := d.choose(list, iss)
		if err != nil {
			return digest{}, nil, err
		}
		if iss != given {
			d.release(iss)
		}
		data, iss = append(data, path...), chosen
	}
	return d.sum(data), iss, nil
}

// A relatedHash is a neighbour under its related hash.
type relatedHash struct {
	hash digest
	node int32
}

// hashRelated is Hash Related Blank Node (RDFC-1.0, 4.7) for all neighbours,
// sorted by hash; equal ones by node, where permutations begin.
func (d *run) hashRelated(n int32, iss *issuer) []relatedHash {
	out := make([]relatedHash, len(d.nodes[n].related))
	var b []byte
	for i, nb := range d.nodes[n].related {
		b = append(append(b[:0], nb.pos), nb.predicate...)
		switch {
		case d.nodes[nb.node].label >= 0:
			b = d.appendCanonical(b, nb.node)
		case iss.has(nb.node):
			b = iss.append(b, nb.node)
		default:
			b = d.appendHex(b, &d.nodes[nb.node].first)
		}
		out[i] = relatedHash{d.sum(b), nb.node}
	}
	slices.SortFunc(out, func(a, b relatedHash) int {
		return cmp.Or(bytes.Compare(a.hash[:], b.hash[:]), cmp.Compare(a.node, b.node))
	})
	return out
}

// choose tries the permutations of list, which is sorted, and returns the
// smallest path with the issuer that made it (RDFC-1.0, 4.8.3 step 5.4). A list
// with repeats has fewer permutations; equal ones would give equal paths.
func (d *run) choose(list []int32, iss *issuer) ([]byte, *issuer, error) {
	var best []byte
	var chosen *issuer
	for {
		if err := d.budget.permutation(len(list) + len(iss.order)); err != nil {
			return nil, nil, err
		}
		path, c, err := d.try(list, iss, best)
		if err != nil {
			return nil, nil, err
		}
		if c != nil && (chosen == nil || bytes.Compare(path, best) < 0) {
			if chosen != nil {
				d.release(chosen)
			}
			best, chosen = path, c
		} else if c != nil {
			d.release(c)
		}
		if !nextPermutation(list) {
			return best, chosen, nil
		}
	}
}

// try follows one permutation. It returns no issuer when the path was abandoned
// because best is better already.
func (d *run) try(list []int32, iss *issuer, best []byte) ([]byte, *issuer, error) {
	c := d.copyIssuer(iss)
	var path []byte
	var recurse []int32
	worse := func() bool {
		return best != nil && len(path) >= len(best) && bytes.Compare(path, best) > 0
	}
	for _, r := range list {
		if d.nodes[r].label >= 0 {
			path = d.appendCanonical(path, r)
		} else {
			if !c.has(r) {
				recurse = append(recurse, r)
				c.issue(r)
			}
			path = c.append(path, r)
		}
		if worse() {
			d.release(c)
			return nil, nil, nil
		}
	}
	for _, r := range recurse {
		h, deeper, err := d.nDegree(r, c)
		if err != nil {
			return nil, nil, err
		}
		path = append(d.appendHex(append(c.append(path, r), '<'), &h), '>')
		if deeper != c {
			d.release(c)
			c = deeper
		}
		if worse() {
			d.release(c)
			return nil, nil, nil
		}
	}
	return path, c, nil
}

// nextPermutation steps to the next permutation in lexicographic order and
// reports whether there was one.
func nextPermutation(p []int32) bool {
	i := len(p) - 2
	for i >= 0 && p[i] >= p[i+1] {
		i--
	}
	if i < 0 {
		return false
	}
	j := len(p) - 1
	for p[j] <= p[i] {
		j--
	}
	p[i], p[j] = p[j], p[i]
	slices.Reverse(p[i+1:])
	return true
}
