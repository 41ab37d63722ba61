package rdfcanon

import (
	"bytes"
	"hash"
	"slices"
	"strconv"
)

// A Canonical is the result of canonicalisation.
type Canonical struct {
	of     *Dataset
	kept   []int32 // the lines that are distinct, in canonical order
	labels []int32 // canonical number by node
	sum    []byte
}

// Sum returns the hash of the canonical N-Quads, by the function that the
// algorithm used inside.
func (c *Canonical) Sum() []byte { return c.sum }

// Bytes writes the canonical N-Quads: lines with their final LF, sorted, no two
// equal.
func (c *Canonical) Bytes() []byte {
	b := make([]byte, 0, len(c.of.text)+4*len(c.of.holes))
	for _, k := range c.kept {
		b = c.of.fill(b, k, c.appendLabel)
	}
	return b
}

// Lines returns the lines one by one.
func (c *Canonical) Lines() []string {
	lines := make([]string, len(c.kept))
	for i, k := range c.kept {
		lines[i] = string(c.of.fill(nil, k, c.appendLabel))
	}
	return lines
}

// Labels maps the labels of the input to the canonical ones, both with "_:".
func (c *Canonical) Labels() map[string]string {
	m := make(map[string]string, len(c.labels))
	for i, name := range c.of.names {
		m[name] = string(c.appendLabel(nil, int32(i)))
	}
	return m
}

// Nodes returns how many blank nodes there are. Their canonical labels are
// numbered from 0.
func (c *Canonical) Nodes() int { return len(c.labels) }

// Relabel returns the lines under other labels, which label gives for the number
// of a canonical one, with "_:": sorted anew, equal ones once.
func (c *Canonical) Relabel(label func(n int) string) []string {
	lines := make([]string, len(c.kept))
	for i, k := range c.kept {
		lines[i] = string(c.of.fill(nil, k, func(b []byte, n int32) []byte { return append(b, label(int(c.labels[n]))...) }))
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

func (c *Canonical) appendLabel(b []byte, n int32) []byte {
	return strconv.AppendInt(append(b, "_:c14n"...), int64(c.labels[n]), 10)
}

// order sorts the lines by what they are under their canonical labels, and hashes
// them. Bytewise order is code-point order in UTF-8.
func (c *Canonical) order(s *scratch, h hash.Hash) {
	b, spans := s.text[:0], s.spans[:0]
	for _, k := range c.kept {
		from := int32(len(b))
		b = c.of.fill(b, k, c.appendLabel)
		spans = append(spans, span{from, int32(len(b)), k})
	}
	slices.SortFunc(spans, func(x, y span) int { return bytes.Compare(b[x.from:x.to], b[y.from:y.to]) })
	h.Reset()
	for i, x := range spans {
		h.Write(b[x.from:x.to])
		c.kept[i] = x.line
	}
	c.sum = h.Sum(nil)
	s.text, s.spans = b, spans
}
