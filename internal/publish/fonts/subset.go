package fonts

import (
	"encoding/binary"
	"maps"
	"slices"
)

// Subset returns a TrueType font with the glyphs of used and nothing drawn for
// others. Glyphs keep their numbers; those beyond the highest one used are left
// out. The tables are those that PDF asks of an embedded font (ISO 32000-1,
// section 9.9).
func (f *Font) Subset(used map[uint16]bool) []byte {
	need := map[uint16]bool{0: true}
	for id := range used {
		f.require(id, need)
	}
	n := int(slices.Max(slices.Collect(maps.Keys(need)))) + 1
	var glyf []byte
	loca := make([]byte, 0, 4*(n+1))
	for id := range n {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		if need[uint16(id)] {
			glyf = append(glyf, f.glyph(uint16(id))...)
			for len(glyf)%4 != 0 {
				glyf = append(glyf, 0)
			}
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))

	tables := map[string][]byte{"glyf": glyf, "loca": loca}
	for _, name := range []string{"head", "hhea", "maxp", "cvt ", "fpgm", "prep"} {
		if t := f.tables[name]; t != nil {
			tables[name] = slices.Clone(t)
		}
	}
	binary.BigEndian.PutUint16(tables["head"][50:], 1) // long offsets in loca
	binary.BigEndian.PutUint32(tables["head"][8:], 0)  // check sum, filled in by assemble
	binary.BigEndian.PutUint16(tables["maxp"][4:], uint16(n))
	metrics := min(n, int(binary.BigEndian.Uint16(f.tables["hhea"][34:])))
	binary.BigEndian.PutUint16(tables["hhea"][34:], uint16(metrics))
	full := int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	hmtx := slices.Clone(f.tables["hmtx"][:4*metrics])
	if n > metrics {
		hmtx = append(hmtx, f.tables["hmtx"][4*full:4*full+2*(n-metrics)]...)
	}
	tables["hmtx"] = hmtx
	return assemble(tables)
}

// require adds a glyph and those that it is composed of.
func (f *Font) require(id uint16, need map[uint16]bool) {
	if need[id] && id != 0 {
		return
	}
	need[id] = true
	g := f.glyph(id)
	if len(g) < 10 || int16(binary.BigEndian.Uint16(g)) >= 0 {
		return
	}
	const wordArgs, scaled, more, twoScales, matrix = 0x1, 0x8, 0x20, 0x40, 0x80
	for at := 10; at+4 <= len(g); {
		flags := binary.BigEndian.Uint16(g[at:])
		if part := binary.BigEndian.Uint16(g[at+2:]); part != id {
			f.require(part, need)
		}
		at += 6
		if flags&wordArgs != 0 {
			at += 2
		}
		switch {
		case flags&scaled != 0:
			at += 2
		case flags&twoScales != 0:
			at += 4
		case flags&matrix != 0:
			at += 8
		}
		if flags&more == 0 {
			return
		}
	}
}

// glyph returns the description of a glyph, empty for one that draws nothing.
func (f *Font) glyph(id uint16) []byte {
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	at := func(i int) uint32 {
		if short(f.tables["head"], 50) == 0 {
			return 2 * uint32(binary.BigEndian.Uint16(loca[2*i:]))
		}
		return binary.BigEndian.Uint32(loca[4*i:])
	}
	return glyf[at(int(id)):at(int(id)+1)]
}

// assemble writes a font file: a directory sorted by name, then the tables on
// borders of four bytes, with their check sums (OpenType, "Font file").
func assemble(tables map[string][]byte) []byte {
	names := slices.Sorted(maps.Keys(tables))
	log := 0
	for 2<<log <= len(names) {
		log++
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(names), 16 << log, log, 16*len(names) - 16<<log} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at := 12 + 16*len(names)
	for _, name := range names {
		out = append(out, name...)
		out = binary.BigEndian.AppendUint32(out, checksum(tables[name]))
		out = binary.BigEndian.AppendUint32(out, uint32(at))
		out = binary.BigEndian.AppendUint32(out, uint32(len(tables[name])))
		at += (len(tables[name]) + 3) &^ 3
	}
	head := 0
	for _, name := range names {
		if name == "head" {
			head = len(out)
		}
		out = append(out, tables[name]...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	binary.BigEndian.PutUint32(out[head+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(b []byte) (sum uint32) {
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	var rest [4]byte
	copy(rest[:], b)
	return sum + binary.BigEndian.Uint32(rest[:])
}
