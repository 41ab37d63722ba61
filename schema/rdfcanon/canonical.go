package rdfcanon

import (
	"bytes"
	"context"
	"crypto"
	_ "crypto/sha256" // SHA-256 for crypto.Hash.New
	_ "crypto/sha512" // SHA-384
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// A Canonical is the result of canonicalisation.
type Canonical struct {
	Lines  []string          // canonical N-Quads, each with its final LF, sorted, no two equal
	Labels map[string]string // label of the input → canonical label, both with "_:"
}

// Bytes returns the lines as one text.
func (c *Canonical) Bytes() []byte {
	n := 0
	for _, l := range c.Lines {
		n += len(l)
	}
	b := make([]byte, 0, n)
	for _, l := range c.Lines {
		b = append(b, l...)
	}
	return b
}

// Canonicalize computes the canonical form (RDFC-1.0, section 4.4) with SHA-256
// or SHA-384 inside the algorithm. The input may hold equal quads; a dataset is
// a set. Errors: a [*WorkError], the error of ctx, or a word about a quad that
// is none or a hash that is not offered.
func Canonicalize(ctx context.Context, quads []Quad, h crypto.Hash) (*Canonical, error) {
	if h != crypto.SHA256 && h != crypto.SHA384 {
		return nil, errors.New("rdfcanon: the hash is neither SHA-256 nor SHA-384")
	}
	if len(quads) > maxQuads {
		return nil, &WorkError{"rdf.quads", maxQuads}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d := &dataset{hash: h.New()}
	if err := d.load(quads); err != nil {
		return nil, err
	}
	if err := d.label(ctx); err != nil {
		return nil, err
	}
	return d.result(), nil
}

// label gives every node its canonical label: first those that their own
// statements tell apart, then the rest by search (RDFC-1.0, 4.4.3 steps 3 to 5).
func (d *dataset) label(ctx context.Context) error {
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
func (d *dataset) issue(n int32) {
	d.nodes[n].label = int32(d.next)
	d.next++
}

// firstDegree hashes what is said about a node directly (RDFC-1.0, 4.6): its
// lines with itself as _:a and every other blank node as _:z, sorted.
func (d *dataset) firstDegree(n int32) {
	buf := d.spare[:0]
	var few [16][2]int
	spans := few[:0]
	for _, i := range d.nodes[n].lines {
		start := len(buf)
		buf = d.lines[i].appendTo(buf, func(b []byte, m int32) []byte {
			if m == n {
				return append(b, "_:a"...)
			}
			return append(b, "_:z"...)
		})
		spans = append(spans, [2]int{start, len(buf)})
	}
	slices.SortFunc(spans, func(a, b [2]int) int {
		return bytes.Compare(buf[a[0]:a[1]], buf[b[0]:b[1]])
	})
	d.hash.Reset()
	for _, s := range spans {
		d.hash.Write(buf[s[0]:s[1]])
	}
	d.hash.Sum(d.nodes[n].first[:0])
	d.spare = buf
}

// appendTo writes the line with the labels that label appends.
func (l *line) appendTo(b []byte, label func([]byte, int32) []byte) []byte {
	from := 0
	for _, h := range l.holes {
		b = append(b, l.text[from:h.from]...)
		b = label(b, h.node)
		from = h.to
	}
	return append(b, l.text[from:]...)
}

// sum hashes b.
func (d *dataset) sum(b []byte) (out digest) {
	d.hash.Reset()
	d.hash.Write(b)
	d.hash.Sum(out[:0])
	return out
}

// appendHex writes a digest as lower-case hex.
func (d *dataset) appendHex(b []byte, v *digest) []byte {
	return hex.AppendEncode(b, v[:d.hash.Size()])
}

func (d *dataset) appendCanonical(b []byte, n int32) []byte {
	return strconv.AppendInt(append(b, "_:c14n"...), int64(d.nodes[n].label), 10)
}

// result writes the lines under canonical labels.
func (d *dataset) result() *Canonical {
	size := 0
	for i := range d.lines {
		size += len(d.lines[i].text) + 8*len(d.lines[i].holes)
	}
	var all strings.Builder // one string, of which lines are parts
	all.Grow(size)
	var buf []byte
	ends := make([]int, len(d.lines))
	for i := range d.lines {
		buf = d.lines[i].appendTo(buf[:0], d.appendCanonical)
		all.Write(buf)
		ends[i] = all.Len()
	}
	text := all.String()
	c := &Canonical{Lines: make([]string, len(ends)), Labels: make(map[string]string, len(d.names))}
	from := 0
	for i, e := range ends {
		c.Lines[i], from = text[from:e], e
	}
	// Bytewise order is code-point order in UTF-8.
	slices.SortFunc(c.Lines, strings.Compare)
	for i, name := range d.names {
		c.Labels[name] = string(d.appendCanonical(nil, int32(i)))
	}
	return c
}
