package rdfcanon

import (
	"bytes"
	"context"
	"crypto"
	_ "crypto/sha256" // SHA-256 for crypto.Hash.New
	_ "crypto/sha512" // SHA-384
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
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

// A dataset is the state of one run (the specification's canonicalization
// state): lines with holes where blank nodes stand, and what is known of each
// node.
type dataset struct {
	hash  hash.Hash
	lines []line
	nodes []node
	names []string // label of the input by node

	next int // number of the next canonical label

	budget *budget
	free   []*issuer
	spare  []byte // scratch of firstDegree
}

// A line is a serialised quad; where a blank node stands, its label in the
// input is a hole to be filled with another.
type line struct {
	text      string
	predicate string // with its angle brackets, part of text
	holes     []hole
}

// A hole is where in the text a node's label stands.
type hole struct {
	from, to int
	node     int32
	pos      byte // 's', 'o' or 'g'
}

// A node is a blank node.
type node struct {
	lines   []int32     // lines it occurs in, each once
	related []neighbour // the other blank nodes in those lines
	first   digest      // first-degree hash
	label   int32       // canonical number, or -1
}

// A digest is a hash value, zero-padded to the size of the largest.
type digest [48]byte

// load writes the quads as one text and cuts it into lines, equal ones once.
func (d *dataset) load(quads []Quad) error {
	size := 0
	for i := range quads {
		size += quads[i].size()
	}
	text := make([]byte, 0, size)
	holes := make([]hole, 0, len(quads)+len(quads)/2)
	ends := make([]end, len(quads))
	numbers := map[string]int32{}
	for i := range quads {
		q := &quads[i]
		if err := check(q); err != nil {
			return err
		}
		start, e := len(text), &ends[i]
		for pos, t := range [...]*Term{&q.Subject, &q.Predicate, &q.Object, &q.Graph} {
			if t.Kind == 0 {
				continue
			}
			from := len(text)
			text = appendTerm(text, *t)
			switch {
			case pos == 1:
				e.predicate = [2]int{from, len(text)}
			case t.Kind == Blank:
				holes = append(holes, hole{from - start, len(text) - start, d.number(numbers, t.Value), "spog"[pos]})
			}
			text = append(text, ' ')
		}
		text = append(text, ".\n"...)
		e.text, e.holes = len(text), len(holes)
	}
	if len(d.names) > maxBlankNodes {
		return &WorkError{"rdf.blankNodes", maxBlankNodes}
	}
	d.cut(string(text), holes, ends)
	return nil
}

// number gives each label a number, in the order in which they occur.
func (d *dataset) number(numbers map[string]int32, label string) int32 {
	n, ok := numbers[label]
	if !ok {
		n = int32(len(d.names))
		numbers[label] = n
		d.names = append(d.names, label)
	}
	return n
}

// size is about how long the line of a quad is.
func (q *Quad) size() int {
	n := 16
	for _, t := range [...]*Term{&q.Subject, &q.Predicate, &q.Object, &q.Graph} {
		n += len(t.Value) + len(t.Datatype) + len(t.Language) + 6
	}
	return n
}

// An end says where in the whole text and list of holes a line ends, and where
// its predicate stands.
type end struct {
	text, holes int
	predicate   [2]int
}

// cut makes lines of the whole text and notes at each node where it occurs.
func (d *dataset) cut(text string, holes []hole, ends []end) {
	d.nodes = make([]node, len(d.names))
	for i := range d.nodes {
		d.nodes[i].label = -1
	}
	d.lines = make([]line, 0, len(ends))
	seen := make(map[string]struct{}, len(ends))
	t, h := 0, 0
	for _, e := range ends {
		l := line{text[t:e.text], text[e.predicate[0]:e.predicate[1]], holes[h:e.holes]}
		t, h = e.text, e.holes
		if _, dup := seen[l.text]; dup {
			continue
		}
		seen[l.text] = struct{}{}
		i := int32(len(d.lines))
		d.lines = append(d.lines, l)
		for _, x := range l.holes {
			n := &d.nodes[x.node]
			if len(n.lines) == 0 || n.lines[len(n.lines)-1] != i {
				n.lines = append(n.lines, i)
			}
		}
	}
}

// check refuses what is no statement of RDF.
func check(q *Quad) error {
	switch {
	case q.Subject.Kind != IRI && q.Subject.Kind != Blank,
		q.Predicate.Kind != IRI,
		q.Object.Kind < IRI || q.Object.Kind > Literal,
		q.Graph.Kind != 0 && q.Graph.Kind != IRI && q.Graph.Kind != Blank:
		return fmt.Errorf("rdfcanon: no RDF statement: %.200q", q.String())
	}
	return nil
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
	buf := make([]byte, 0, size)
	ends := make([]int, len(d.lines))
	for i := range d.lines {
		buf = d.lines[i].appendTo(buf, d.appendCanonical)
		ends[i] = len(buf)
	}
	text := string(buf)
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
