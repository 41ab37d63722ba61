package pdf

import (
	"bytes"
)

// open reads the cross-reference sections of a PDF, newest first (sections 7.5.4
// to 7.5.8).
func open(b []byte) (*document, error) {
	d := &document{
		b: b, places: map[int]place{}, objects: map[int]any{}, packs: map[int]*pack{}, busy: map[int]bool{},
		left: budget{maxRead, maxValues}, inflate: maxExpanded,
	}
	start := bytes.LastIndex(b, []byte("startxref"))
	if start < 0 {
		return nil, errDamaged
	}
	v, err := d.parser(b, start+len("startxref")).value(0)
	if err != nil {
		return nil, err
	}
	at, ok := v.(int)
	seen := map[int]bool{}
	for n := 0; ok && !seen[at]; n++ {
		if n >= maxSections {
			return nil, limited("pdf.sections", maxSections)
		}
		seen[at] = true
		trailer, err := d.section(at)
		if err != nil {
			return nil, err
		}
		if _, locked := trailer["Encrypt"]; locked {
			return nil, errEncrypted
		}
		if d.trailer == nil {
			d.trailer = trailer
		}
		at, ok = trailer["Prev"].(int)
	}
	if d.trailer == nil {
		return nil, errDamaged
	}
	return d, nil
}

// section reads one cross-reference section, table or stream, and returns its
// trailer.
func (d *document) section(at int) (dict, error) {
	if at < 0 || at >= len(d.b) {
		return nil, errDamaged
	}
	p := d.parser(d.b, at)
	if isTable, err := p.follows("xref"); err != nil || !isTable {
		if err != nil {
			return nil, err
		}
		return d.streamSection(at)
	}
	p.at += len("xref")
	table, trailer, err := d.table(p)
	if err != nil {
		return nil, err
	}
	// In a hybrid file the table calls free what stands in the stream beside it.
	if beside, ok := trailer["XRefStm"].(int); ok {
		if _, err := d.streamSection(beside); err != nil {
			return nil, err
		}
	}
	for _, e := range table {
		if err := d.put(e.num, e.place); err != nil {
			return nil, err
		}
	}
	return trailer, nil
}

// numbered is an entry of a table.
type numbered struct {
	num int
	place
}

// table reads a cross-reference table and the trailer after it.
func (d *document) table(p *parser) (entries []numbered, trailer dict, err error) {
	for {
		v, err := p.value(0)
		if err != nil {
			return nil, nil, err
		}
		if v == word("trailer") {
			v, err := p.value(0)
			trailer, ok := v.(dict)
			if err != nil || !ok {
				return nil, nil, firstOf(err)
			}
			return entries, trailer, nil
		}
		first, okFirst := v.(int)
		v, err = p.value(0)
		count, okCount := v.(int)
		if err != nil || !okFirst || !okCount || first < 0 || count < 0 {
			return nil, nil, firstOf(err)
		}
		for i := range count {
			e, err := entry(p)
			if err != nil {
				return nil, nil, err
			}
			if entries = append(entries, numbered{first + i, e}); len(entries) > maxObjects {
				return nil, nil, limited("pdf.objects", maxObjects)
			}
		}
	}
}

// entry reads a line of a table: offset, generation, n or f.
func entry(p *parser) (place, error) {
	var parts [3]any
	for i := range parts {
		var err error
		if parts[i], err = p.value(0); err != nil {
			return place{}, err
		}
	}
	offset, ok := parts[0].(int)
	switch {
	case !ok || parts[2] != word("n") && parts[2] != word("f"):
		return place{}, errDamaged
	case parts[2] == word("n") && offset > 0:
		return place{kind: 1, where: offset}, nil
	}
	return place{}, nil
}

// put notes where an object stands, unless a newer section has said so.
func (d *document) put(num int, at place) error {
	if _, ok := d.places[num]; ok {
		return nil
	}
	if len(d.places) >= maxObjects {
		return limited("pdf.objects", maxObjects)
	}
	d.places[num] = at
	return nil
}

// streamSection reads a cross-reference stream (section 7.5.8).
func (d *document) streamSection(at int) (dict, error) {
	v, err := d.objectAt(at, -1)
	if err != nil {
		return nil, err
	}
	s, ok := v.(stream)
	if !ok || s.dict["Type"] != name("XRef") {
		return nil, errDamaged
	}
	data, err := d.expand(s)
	if err != nil {
		return nil, err
	}
	widths, ok := integers(s.dict["W"], 3)
	if !ok || widths[0]+widths[1]+widths[2] == 0 {
		return nil, errDamaged
	}
	ranges, ok := integers(s.dict["Index"], -1)
	if s.dict["Index"] == nil {
		size, isInt := s.dict["Size"].(int)
		ranges, ok = []int{0, size}, isInt && size >= 0
	}
	if !ok || len(ranges)%2 != 0 {
		return nil, errDamaged
	}
	for i := 0; i < len(ranges); i += 2 {
		for num := ranges[i]; num < ranges[i]+ranges[i+1]; num++ {
			var e place
			if e, data, ok = packedEntry(data, widths); !ok {
				return nil, errDamaged
			}
			if err := d.put(num, e); err != nil {
				return nil, err
			}
		}
	}
	return s.dict, nil
}

// packedEntry takes an entry off the front of the data of a stream.
func packedEntry(data []byte, widths []int) (place, []byte, bool) {
	fields := [3]int{1, 0, 0} // a kind that is not written is 1
	for i, w := range widths {
		if w > len(data) {
			return place{}, nil, false
		}
		if w > 0 {
			fields[i] = 0
		}
		for _, c := range data[:w] {
			if fields[i] > 1<<40 {
				return place{}, nil, false
			}
			fields[i] = fields[i]<<8 | int(c)
		}
		data = data[w:]
	}
	if fields[0] > 2 { // to be taken for null
		fields[0] = 0
	}
	return place{fields[0], fields[1], fields[2]}, data, true
}

// integers reads an array of n (any number: -1) that are not negative and small
// enough to add up.
func integers(v any, n int) ([]int, bool) {
	list, ok := v.(array)
	if !ok || n >= 0 && len(list) != n {
		return nil, false
	}
	var out []int
	for _, v := range list {
		i, ok := v.(int)
		if !ok || i < 0 || i > 1<<40 {
			return nil, false
		}
		out = append(out, i)
	}
	return out, true
}
