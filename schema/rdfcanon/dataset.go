package rdfcanon

import (
	"fmt"
	"hash"
	"strings"
)

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
	bytes   int         // of the predicates in related
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
	if size > MaxBytes {
		return &WorkError{"rdf.bytes", MaxBytes}
	}
	var all strings.Builder // one string, of which lines are parts
	all.Grow(size)
	var text []byte
	holes := make([]hole, 0, len(quads)+len(quads)/2)
	ends := make([]end, len(quads))
	numbers := map[string]int32{}
	for i := range quads {
		q := &quads[i]
		if err := check(q); err != nil {
			return err
		}
		text = text[:0]
		start, e := all.Len(), &ends[i]
		for pos, t := range [...]*Term{&q.Subject, &q.Predicate, &q.Object, &q.Graph} {
			if t.Kind == 0 {
				continue
			}
			from := len(text)
			text = appendTerm(text, *t)
			switch {
			case pos == 1:
				e.predicate = [2]int{start + from, start + len(text)}
			case t.Kind == Blank:
				holes = append(holes, hole{from, len(text), d.number(numbers, t.Value), "spog"[pos]})
			}
			text = append(text, ' ')
		}
		all.Write(append(text, ".\n"...))
		e.text, e.holes = all.Len(), len(holes)
	}
	if len(d.names) > maxBlankNodes {
		return &WorkError{"rdf.blankNodes", maxBlankNodes}
	}
	d.cut(all.String(), holes, ends)
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
