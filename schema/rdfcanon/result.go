package rdfcanon

import (
	"bytes"
	"slices"
	"strconv"
)

// A Canonical is the result of canonicalisation.
type Canonical struct {
	of     *Dataset
	kept   []int32 // the lines that are distinct
	labels []int32 // canonical number by node
	text   []byte
	ends   []int32 // of the lines in text
}

// Bytes returns the canonical N-Quads as one text, which must not be changed:
// lines with their final LF, sorted, no two equal.
func (c *Canonical) Bytes() []byte { return c.text }

// Lines returns the lines of the text.
func (c *Canonical) Lines() []string {
	text, from := string(c.text), int32(0)
	lines := make([]string, len(c.ends))
	for i, end := range c.ends {
		lines[i], from = text[from:end], end
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

// write writes and sorts the lines under their canonical labels. Bytewise order
// is code-point order in UTF-8.
func (c *Canonical) write(s *scratch) {
	b, spans := s.text[:0], s.spans[:0]
	for _, k := range c.kept {
		from := int32(len(b))
		b = c.of.fill(b, k, c.appendLabel)
		spans = append(spans, span{from, int32(len(b))})
	}
	slices.SortFunc(spans, func(x, y span) int { return bytes.Compare(b[x.from:x.to], b[y.from:y.to]) })
	c.text, c.ends = make([]byte, 0, len(b)), make([]int32, len(spans))
	for i, x := range spans {
		c.text = append(c.text, b[x.from:x.to]...)
		c.ends[i] = int32(len(c.text))
	}
	s.text, s.spans = b, spans
}
