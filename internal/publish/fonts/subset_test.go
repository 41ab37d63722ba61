package fonts

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// tablesOf reads the directory of a font file as OpenType describes it and checks
// order, place and sum of every table.
func tablesOf(t *testing.T, b []byte) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	last := ""
	for i := range int(binary.BigEndian.Uint16(b[4:])) {
		r := b[12+16*i:]
		name, sum := string(r[:4]), binary.BigEndian.Uint32(r[4:])
		at, n := binary.BigEndian.Uint32(r[8:]), binary.BigEndian.Uint32(r[12:])
		if name <= last || at%4 != 0 || int(at+n) > len(b) {
			t.Fatalf("table %q at %d after %q", name, at, last)
		}
		table := b[at : at+n]
		if name == "head" { // its sum is taken with the adjustment at zero
			table = bytes.Clone(table)
			clear(table[8:12])
		}
		if checksum(table) != sum {
			t.Errorf("table %q has another check sum", name)
		}
		out[name], last = table, name
	}
	if checksum(b) != 0xB1B0AFBA {
		t.Errorf("the file has the check sum %x", checksum(b))
	}
	return out
}

// TestSubset: the glyphs that were asked for are there byte for byte, with what
// they are composed of; others draw nothing; widths stay.
func TestSubset(t *testing.T) {
	for _, f := range []*Font{SerifSemibold(), Sans(), SansSemibold()} {
		used := map[uint16]bool{}
		for _, g := range f.Glyphs("Ŋäžö½") {
			used[g.ID] = true
		}
		b := f.Subset(used)
		if len(b) > 40_000 {
			t.Errorf("%s: %d bytes for five letters", f.Name, len(b))
		}
		tables := tablesOf(t, b)
		for _, name := range []string{"glyf", "head", "hhea", "hmtx", "loca", "maxp"} {
			if tables[name] == nil {
				t.Errorf("%s: no table %s", f.Name, name)
			}
		}
		need := map[uint16]bool{0: true}
		for id := range used {
			f.require(id, need)
		}
		small := &Font{tables: tables}
		n := binary.BigEndian.Uint16(tables["maxp"][4:])
		for id := range n {
			got, want := small.glyph(id), f.glyph(id)
			if need[id] && !bytes.Equal(bytes.TrimRight(got, "\x00"), bytes.TrimRight(want, "\x00")) || !need[id] && len(got) > 0 {
				t.Errorf("%s: glyph %d has %d bytes, want %d (needed %v)", f.Name, id, len(got), len(want), need[id])
			}
			if !bytes.Equal(tables["hmtx"][4*id:4*id+4], f.tables["hmtx"][4*id:4*id+4]) {
				t.Errorf("%s: glyph %d has another width", f.Name, id)
			}
		}
	}
}
