package rdfcanon

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// A Dataset is statements written down as lines, ready to be canonicalised. It
// keeps them in the order in which they came, equal ones too. A [Builder] makes
// it; it does not change then, and is safe for concurrent use.
type Dataset struct {
	text  []byte // the lines, each with its final LF, under the labels of the input
	lines []line
	holes []hole
	names []string // label of the input by node, in the order in which they occur

	count, size int // of all that was added; what is beyond the limits is not kept
	err         error

	// While it is built:
	numbered []int32          // node+1 by number, of labels of the form _:b12
	other    map[string]int32 // node by label, of all other labels
}

// A line is where a statement ends in the text and in the list of holes, and
// where its predicate stands, angle brackets included. It begins where the one
// before it ends.
type line struct{ end, holes, predicate, afterPredicate int32 }

// A hole is where a node's label stands in the text.
type hole struct {
	from, to int32
	node     int32
	pos      byte // 's', 'o' or 'g'
}

// A Builder is a dataset that is being put together, in memory that one after
// another uses.
type Builder struct{ Dataset }

// An ordinary credential of some kilobytes has eighty statements.
var builders = sync.Pool{New: func() any {
	return &Builder{Dataset{text: make([]byte, 0, 12<<10), lines: make([]line, 0, 96), holes: make([]hole, 0, 128)}}
}}

// NewBuilder returns an empty one.
func NewBuilder() *Builder { return builders.Get().(*Builder) }

// Finish returns the dataset. The builder must not be used afterwards.
func (b *Builder) Finish() *Dataset {
	d := b.Dataset
	d.text, d.lines, d.holes, d.names = slices.Clone(d.text), slices.Clone(d.lines), slices.Clone(d.holes), slices.Clone(d.names)
	d.numbered, d.other = nil, nil
	b.Discard()
	return &d
}

// Discard gives the memory back, unless a large dataset has made it large.
func (b *Builder) Discard() {
	if cap(b.text) > 1<<16 || cap(b.lines) > 1<<10 || len(b.names) > 1<<8 {
		return
	}
	clear(b.names)
	b.Dataset = Dataset{text: b.text[:0], lines: b.lines[:0], holes: b.holes[:0], names: b.names[:0], numbered: b.numbered[:0]}
	builders.Put(b)
}

// Len returns how many statements were added, each as often as it was.
func (d *Dataset) Len() int { return d.count }

// String returns the statements as N-Quads.
func (d *Dataset) String() string { return string(d.text) }

// Quads returns the statements one by one. The error is about a dataset that
// cannot be canonicalised either.
func (d *Dataset) Quads() ([]Quad, error) {
	if err := d.refusal(); err != nil {
		return nil, err
	}
	return ParseNQuads(string(d.text))
}

// Add adds a statement. What is no statement of RDF is remembered and refused
// when the dataset is canonicalised.
func (d *Builder) Add(s, p, o, g *Term) {
	d.count++
	d.size += 4*4 + s.size() + p.size() + o.size() + g.size()
	if d.count > maxQuads || d.size > MaxBytes || d.err != nil {
		return
	}
	if d.err = check(s, p, o, g); d.err != nil {
		return
	}
	d.term(s, 's')
	l := line{predicate: int32(len(d.text))}
	d.text = append(append(append(d.text, '<'), p.Value...), "> "...)
	l.afterPredicate = int32(len(d.text) - 1)
	d.term(o, 'o')
	if g.Kind != 0 {
		d.term(g, 'g')
	}
	d.text = append(d.text, ".\n"...)
	l.end, l.holes = int32(len(d.text)), int32(len(d.holes))
	d.lines = append(d.lines, l)
}

// term writes a subject, object or graph name, and a space.
func (d *Builder) term(t *Term, pos byte) {
	from := int32(len(d.text))
	d.text = appendTerm(d.text, t)
	if t.Kind == Blank {
		d.holes = append(d.holes, hole{from, int32(len(d.text)), d.node(t.Value), pos})
	}
	d.text = append(d.text, ' ')
}

// node gives each label a number, in the order in which they occur.
func (d *Builder) node(label string) int32 {
	if n, ok := numberOf(label); ok {
		for len(d.numbered) <= n {
			d.numbered = append(d.numbered, 0)
		}
		if d.numbered[n] == 0 {
			d.names = append(d.names, label)
			d.numbered[n] = int32(len(d.names))
		}
		return d.numbered[n] - 1
	}
	n, ok := d.other[label]
	if !ok {
		if d.other == nil {
			d.other = map[string]int32{}
		}
		n = int32(len(d.names))
		d.other[label] = n
		d.names = append(d.names, label)
	}
	return n
}

// numberOf reads a label of the form that package jsonld gives, the canonical
// spelling of a number that is not large.
func numberOf(label string) (n int, ok bool) {
	digits, ok := strings.CutPrefix(label, "_:b")
	if !ok || digits == "" || len(digits) > 5 || digits[0] == '0' && len(digits) > 1 {
		return 0, false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, false
		}
		n = 10*n + int(digits[i]-'0')
	}
	return n, true
}

// refusal says why the dataset is not canonicalised, nil if it is.
func (d *Dataset) refusal() error {
	switch {
	case d.count > maxQuads:
		return &WorkError{"rdf.quads", maxQuads}
	case d.size > MaxBytes:
		return &WorkError{"rdf.bytes", MaxBytes}
	case d.err != nil:
		return d.err
	case len(d.names) > maxBlankNodes:
		return &WorkError{"rdf.blankNodes", maxBlankNodes}
	}
	return nil
}

// size is about how long a term is in a line.
func (t *Term) size() int { return len(t.Value) + len(t.Datatype) + len(t.Language) + 6 }

// check refuses what is no statement of RDF.
func check(s, p, o, g *Term) error {
	switch {
	case s.Kind != IRI && s.Kind != Blank,
		p.Kind != IRI,
		o.Kind < IRI || o.Kind > Literal,
		g.Kind != 0 && g.Kind != IRI && g.Kind != Blank:
		return fmt.Errorf("rdfcanon: no RDF statement: %.200q", Quad{*s, *p, *o, *g}.String())
	}
	return nil
}

// span returns where line i begins and ends.
func (d *Dataset) span(i int32) (from, to int32) {
	if i > 0 {
		from = d.lines[i-1].end
	}
	return from, d.lines[i].end
}

// line returns the text of line i.
func (d *Dataset) line(i int32) []byte {
	from, to := d.span(i)
	return d.text[from:to]
}

// holesOf returns the holes of line i.
func (d *Dataset) holesOf(i int32) []hole {
	from := int32(0)
	if i > 0 {
		from = d.lines[i-1].holes
	}
	return d.holes[from:d.lines[i].holes]
}

// fill writes line i with the labels that label appends.
func (d *Dataset) fill(b []byte, i int32, label func([]byte, int32) []byte) []byte {
	from, to := d.span(i)
	for _, h := range d.holesOf(i) {
		b = append(b, d.text[from:h.from]...)
		b = label(b, h.node)
		from = h.to
	}
	return append(b, d.text[from:to]...)
}
