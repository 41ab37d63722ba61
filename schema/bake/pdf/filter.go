package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"io"
)

// expand undoes the filters of a stream (section 7.4). Only those are read that
// files and tables are packed with in the field; of others the file counts as
// damaged.
func (d *document) expand(s stream) ([]byte, error) {
	filters, err := d.each(s.dict["Filter"])
	if err != nil {
		return nil, err
	}
	parameters, err := d.each(s.dict["DecodeParms"])
	if err != nil || len(filters) > 8 {
		return nil, firstOf(err)
	}
	data := s.raw
	for i, f := range filters {
		if d.left.bytes -= len(data); d.left.bytes < 0 {
			return nil, limited("pdf.read", maxRead)
		}
		switch f {
		case name("FlateDecode"):
			data, err = d.inflated(data)
			if err == nil && i < len(parameters) {
				data, err = unpredict(data, parameters[i])
			}
		case name("ASCIIHexDecode"):
			data, err = unhex(bytes.TrimRight(bytes.TrimRight(data, space), ">"))
		case name("ASCII85Decode"):
			data, err = d.unascii85(data)
		default:
			err = errDamaged
		}
		if err != nil {
			return nil, err
		}
	}
	return data, nil
}

// each returns the elements of an array, or the one thing that stands instead.
func (d *document) each(v any) ([]any, error) {
	v, err := d.resolve(v)
	if err != nil || v == nil {
		return nil, err
	}
	list, ok := v.(array)
	if !ok {
		return []any{v}, nil
	}
	var out []any
	for _, e := range list {
		if e, err = d.resolve(e); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func (d *document) inflated(data []byte) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, errDamaged
	}
	return d.bounded(z)
}

func (d *document) unascii85(data []byte) ([]byte, error) {
	data = bytes.TrimPrefix(bytes.TrimRight(data, space), []byte("<~"))
	return d.bounded(ascii85.NewDecoder(bytes.NewReader(bytes.TrimSuffix(data, []byte("~>")))))
}

// bounded reads to the end, within what may yet be expanded.
func (d *document) bounded(r io.Reader) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(r, int64(d.inflate)+1))
	if d.inflate -= len(out); d.inflate < 0 {
		return nil, limited("pdf.expanded", maxExpanded)
	}
	if err != nil {
		return nil, errDamaged
	}
	return out, nil
}

// unpredict undoes the predictor of a stream (section 7.4.4.4): none, or those of
// PNG, whose every row begins with the number of its own.
func unpredict(data []byte, parameters any) ([]byte, error) {
	p, _ := parameters.(dict)
	number := func(key name, otherwise int) int {
		if n, ok := p[key].(int); ok {
			return n
		}
		return otherwise
	}
	predictor := number("Predictor", 1)
	if predictor == 1 {
		return data, nil
	}
	colours, bits, columns := number("Colors", 1), number("BitsPerComponent", 8), number("Columns", 1)
	if predictor < 10 || colours < 1 || colours > 32 || bits < 1 || bits > 16 || columns < 1 || columns > 1<<20 {
		return nil, errDamaged
	}
	row, pixel := (colours*bits*columns+7)/8, max(1, colours*bits/8)
	if len(data)%(row+1) != 0 {
		return nil, errDamaged
	}
	out := make([]byte, 0, len(data))
	above := make([]byte, min(row, len(data)))
	for len(data) > 0 {
		line := data[1 : row+1] // ours: it has just been expanded
		if !unfilter(data[0], line, above, pixel) {
			return nil, errDamaged
		}
		out, above, data = append(out, line...), line, data[row+1:]
	}
	return out, nil
}

// unfilter undoes a filter of PNG (PNG, section 9.2) in a row.
func unfilter(kind byte, line, above []byte, pixel int) bool {
	for i := range line {
		var left, up, corner int
		up = int(above[i])
		if i >= pixel {
			left, corner = int(line[i-pixel]), int(above[i-pixel])
		}
		switch kind {
		case 0:
		case 1:
			line[i] += byte(left)
		case 2:
			line[i] += byte(up)
		case 3:
			line[i] += byte((left + up) / 2)
		case 4:
			line[i] += byte(paeth(left, up, corner))
		default:
			return false
		}
	}
	return true
}

func paeth(a, b, c int) int {
	distance := func(x int) int { return max(x-(a+b-c), (a+b-c)-x) }
	switch pa, pb, pc := distance(a), distance(b), distance(c); {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}
