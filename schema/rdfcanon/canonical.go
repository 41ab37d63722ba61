package rdfcanon

import (
	"bytes"
	"context"
	"crypto"
	_ "crypto/sha256" // SHA-256 for crypto.Hash.New
	_ "crypto/sha512" // SHA-384
	"encoding/hex"
	"errors"
	"hash"
	"hash/maphash"
	"slices"
	"strconv"
	"sync"
)

// Canonicalize is [Dataset.Canonicalize] of quads.
func Canonicalize(ctx context.Context, quads []Quad, h crypto.Hash) (*Canonical, error) {
	if len(quads) > maxQuads {
		return nil, &WorkError{"rdf.quads", maxQuads}
	}
	b := NewBuilder()
	for i := range quads {
		q := &quads[i]
		b.Add(&q.Subject, &q.Predicate, &q.Object, &q.Graph)
	}
	return b.Finish().Canonicalize(ctx, h)
}

// Canonicalize computes the canonical form (RDFC-1.0, section 4.4) with SHA-256
// or SHA-384 inside the algorithm. Errors: a [*WorkError], the error of ctx, or a
// word about a statement that is none or a hash that is not offered.
func (d *Dataset) Canonicalize(ctx context.Context, h crypto.Hash) (*Canonical, error) {
	if h != crypto.SHA256 && h != crypto.SHA384 {
		return nil, errors.New("rdfcanon: the hash is neither SHA-256 nor SHA-384")
	}
	if err := d.refusal(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := &run{Dataset: d, hash: h.New(), scratch: scratches.Get().(*scratch)}
	defer r.scratch.release()
	r.distinct()
	r.occurrences()
	if err := r.label(ctx); err != nil {
		return nil, err
	}
	c := &Canonical{of: d, kept: r.kept, labels: make([]int32, len(r.nodes))}
	for i := range r.nodes {
		c.labels[i] = r.nodes[i].label
	}
	c.order(r.scratch, r.hash)
	return c, nil
}

// A run is the state of one canonicalisation (the specification's
// canonicalization state): the distinct lines, and what is known of each node.
type run struct {
	*Dataset
	*scratch
	hash  hash.Hash
	kept  []int32 // distinct lines
	nodes []node

	next int // number of the next canonical label

	budget *budget
	free   []*issuer
}

// A node is a blank node.
type node struct {
	lines   []int32     // lines it occurs in, each once
	related []neighbour // the other blank nodes in those lines
	bytes   int         // of the predicates in related
	first   digest      // first-degree hash
	label   int32       // canonical number, or -1
}

// A digest is a hash value, zero-padded to the size of the largest.
type digest [48]byte

// A scratch is memory that one run after another uses.
type scratch struct {
	text  []byte
	spans []span
	table []int32
}

// A span is a part of a text that was made of a line.
type span struct{ from, to, line int32 }

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// release gives the memory back, unless a large dataset has made it large.
func (s *scratch) release() {
	if cap(s.text) <= 1<<16 && cap(s.table) <= 1<<12 {
		scratches.Put(s)
	}
}

var seed = maphash.MakeSeed()

// distinct finds the lines that are there for the first time: a dataset is a set.
func (r *run) distinct() {
	size := 16
	for size < 2*len(r.lines) {
		size *= 2
	}
	if cap(r.table) < size {
		r.table = make([]int32, size)
	}
	table := r.table[:size] // line+1
	clear(table)
	r.kept = make([]int32, 0, len(r.lines))
next:
	for i := range r.lines {
		text := r.line(int32(i))
		at := int(maphash.Bytes(seed, text)) & (size - 1)
		for table[at] != 0 {
			if bytes.Equal(r.line(table[at]-1), text) {
				continue next
			}
			at = (at + 1) & (size - 1)
		}
		table[at] = int32(i) + 1
		r.kept = append(r.kept, int32(i))
	}
}

// occurrences notes at each node in which lines it stands, each once.
func (r *run) occurrences() {
	r.nodes = make([]node, len(r.names))
	all := make([]int32, len(r.holes)+len(r.names)) // shared by the nodes
	count := all[len(r.holes):]
	for _, h := range r.holes {
		count[h.node]++
	}
	for i := range r.nodes {
		r.nodes[i].label = -1
		r.nodes[i].lines, all = all[:0:count[i]], all[count[i]:]
	}
	for _, k := range r.kept {
		for _, h := range r.holesOf(k) {
			n := &r.nodes[h.node]
			if len(n.lines) == 0 || n.lines[len(n.lines)-1] != k {
				n.lines = append(n.lines, k)
			}
		}
	}
}

// label gives every node its canonical label: first those that their own
// statements tell apart, then the rest by search (RDFC-1.0, 4.4.3 steps 3 to 5).
func (d *run) label(ctx context.Context) error {
	order := make([]int32, len(d.nodes))
	for i := range d.nodes {
		d.firstDegree(int32(i))
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		return bytes.Compare(d.nodes[a].first[:], d.nodes[b].first[:])
	})
	var shared [][]int32
	n := 0
	for i := 0; i < len(order); {
		j := i + 1
		for j < len(order) && d.nodes[order[j]].first == d.nodes[order[i]].first {
			j++
		}
		if j == i+1 {
			d.issue(order[i])
		} else {
			shared = append(shared, order[i:j])
			n += j - i
		}
		i = j
	}
	if len(shared) == 0 {
		return nil
	}
	d.budget = newBudget(ctx, n)
	d.relate()
	return d.search(shared)
}

// issue gives a node the next canonical label.
func (d *run) issue(n int32) {
	d.nodes[n].label = int32(d.next)
	d.next++
}

// firstDegree hashes what is said about a node directly (RDFC-1.0, 4.6): its
// lines with itself as _:a and every other blank node as _:z, sorted.
func (d *run) firstDegree(n int32) {
	buf, spans := d.scratch.text[:0], d.spans[:0]
	for _, i := range d.nodes[n].lines {
		from := int32(len(buf))
		buf = d.fill(buf, i, func(b []byte, m int32) []byte {
			if m == n {
				return append(b, "_:a"...)
			}
			return append(b, "_:z"...)
		})
		spans = append(spans, span{from, int32(len(buf)), i})
	}
	slices.SortFunc(spans, func(a, b span) int {
		return bytes.Compare(buf[a.from:a.to], buf[b.from:b.to])
	})
	d.hash.Reset()
	for _, s := range spans {
		d.hash.Write(buf[s.from:s.to])
	}
	d.hash.Sum(d.nodes[n].first[:0])
	d.scratch.text, d.spans = buf, spans
}

// sum hashes b.
func (d *run) sum(b []byte) (out digest) {
	d.hash.Reset()
	d.hash.Write(b)
	d.hash.Sum(out[:0])
	return out
}

// appendHex writes a digest as lower-case hex.
func (d *run) appendHex(b []byte, v *digest) []byte {
	return hex.AppendEncode(b, v[:d.hash.Size()])
}

func (d *run) appendCanonical(b []byte, n int32) []byte {
	return strconv.AppendInt(append(b, "_:c14n"...), int64(d.nodes[n].label), 10)
}
