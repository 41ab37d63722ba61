// Package fonts has the letters of what we print: Source Serif 4 and Source Sans
// 3 (SIL Open Font License 1.1, texts beside them), the families of the pages, as
// TrueType. It measures lines, gives outlines to package draw and subsets to
// package pdf.
//
// A letter that a font lacks is taken from another, as ŧ is for the serif one; one
// that none has is glyph 0, a box that everybody sees, and [Font.Missing] names
// it. Text is put into composed form (NFC) by the caller: there
// is no shaping here, and so no script that needs it.
package fonts

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"merkki/internal/publish/draw"
)

//go:embed serif-semibold.ttf
var serifSemibold []byte

//go:embed sans-regular.ttf
var sansRegular []byte

//go:embed sans-semibold.ttf
var sansSemibold []byte

// The fonts. Each is read when it is first used.
var (
	SerifSemibold = sync.OnceValue(func() *Font {
		f := mustRead("SourceSerif4-Semibold", serifSemibold)
		f.other = SansSemibold()
		return f
	})
	Sans         = sync.OnceValue(func() *Font { return mustRead("SourceSans3-Regular", sansRegular) })
	SansSemibold = sync.OnceValue(func() *Font { return mustRead("SourceSans3-Semibold", sansSemibold) })
)

// A Font is one face. It is safe for concurrent use.
type Font struct {
	// Name is the PostScript name.
	Name string
	// UnitsPerEm is the size of the square in which its numbers are.
	UnitsPerEm int
	// Ascent, Descent (negative), CapHeight and Box (left, bottom, right, top) in
	// font units.
	Ascent, Descent, CapHeight int
	Box                        [4]int

	tables map[string][]byte
	sfnt   *sfnt.Font
	other  *Font // has the letters that this one lacks; nil: none
}

func mustRead(name string, b []byte) *Font {
	f, err := read(name, b)
	if err != nil {
		panic(fmt.Sprintf("fonts: %s: %v", name, err)) // embedded: cannot happen in a binary that was built
	}
	return f
}

func read(name string, b []byte) (*Font, error) {
	s, err := sfnt.Parse(b)
	if err != nil {
		return nil, err
	}
	f := &Font{Name: name, sfnt: s, tables: map[string][]byte{}, UnitsPerEm: int(s.UnitsPerEm())}
	for i := range int(binary.BigEndian.Uint16(b[4:])) {
		r := b[12+16*i:]
		from, n := binary.BigEndian.Uint32(r[8:]), binary.BigEndian.Uint32(r[12:])
		f.tables[string(r[:4])] = b[from : from+n]
	}
	head, hhea, os2 := f.tables["head"], f.tables["hhea"], f.tables["OS/2"]
	if f.tables["glyf"] == nil || len(head) < 54 || len(hhea) < 36 || len(os2) < 90 {
		return nil, fmt.Errorf("a table is missing")
	}
	for i := range f.Box {
		f.Box[i] = short(head, 36+2*i)
	}
	f.Ascent, f.Descent, f.CapHeight = short(hhea, 4), short(hhea, 6), short(os2, 88)
	return f, nil
}

func short(b []byte, at int) int { return int(int16(binary.BigEndian.Uint16(b[at:]))) }

// A Glyph is a letter as the font has it, and how far to go on from it: its
// advance and its kerning with the next one, in font units.
type Glyph struct {
	Font          *Font // this one, or the one that helped out; both have as many units
	ID            uint16
	Rune          rune
	Advance, Kern int
}

// Glyphs turns text into letters.
func (f *Font) Glyphs(s string) []Glyph {
	var buf sfnt.Buffer
	em := fixed.I(f.UnitsPerEm)
	var out []Glyph
	for _, r := range s {
		from, id := f.find(&buf, r)
		adv, err := from.sfnt.GlyphAdvance(&buf, id, em, font.HintingNone)
		if err != nil {
			adv = em / 2
		}
		if n := len(out); n > 0 && from == f && out[n-1].Font == f {
			// An error means that the font says nothing of this pair.
			if k, err := f.sfnt.Kern(&buf, sfnt.GlyphIndex(out[n-1].ID), id, em, font.HintingNone); err == nil {
				out[n-1].Kern = k.Round()
			}
		}
		out = append(out, Glyph{Font: from, ID: uint16(id), Rune: r, Advance: adv.Round()})
	}
	return out
}

// find looks for a letter here and then in the other font.
func (f *Font) find(buf *sfnt.Buffer, r rune) (*Font, sfnt.GlyphIndex) {
	if id, err := f.sfnt.GlyphIndex(buf, r); err == nil && id != 0 {
		return f, id
	}
	if f.other != nil {
		if from, id := f.other.find(buf, r); id != 0 {
			return from, id
		}
	}
	return f, 0
}

// Width measures text at a size, in the unit of the size.
func (f *Font) Width(s string, size float64) float64 {
	n := 0
	for _, g := range f.Glyphs(s) {
		n += g.Advance + g.Kern
	}
	return float64(n) * size / float64(f.UnitsPerEm)
}

// Outline returns text at a size as a path that begins at x on the baseline y.
func (f *Font) Outline(s string, size, x, y float64) draw.Path {
	var buf sfnt.Buffer
	var p draw.Path
	scale := size / float64(f.UnitsPerEm)
	for _, g := range f.Glyphs(s) {
		if segments, err := g.Font.sfnt.LoadGlyph(&buf, sfnt.GlyphIndex(g.ID), fixed.I(f.UnitsPerEm), nil); err == nil {
			p = append(p, outline(segments).Placed(scale, x, y)...)
		}
		x += float64(g.Advance+g.Kern) * scale
	}
	return p
}

// outline reads the segments of a glyph, which are in 64ths of a font unit.
func outline(segments sfnt.Segments) draw.Path {
	var p draw.Path
	var last draw.Point
	at := func(v fixed.Point26_6) draw.Point { return draw.Point{X: float64(v.X) / 64, Y: float64(v.Y) / 64} }
	for _, s := range segments {
		a := at(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if len(p) > 0 {
				p.Close()
			}
			p.MoveTo(a)
			last = a
		case sfnt.SegmentOpLineTo:
			p.LineTo(a)
			last = a
		case sfnt.SegmentOpQuadTo:
			to := at(s.Args[1])
			p.QuadTo(last, a, to)
			last = to
		case sfnt.SegmentOpCubeTo:
			last = at(s.Args[2])
			p.CubicTo(a, at(s.Args[1]), last)
		}
	}
	if len(p) > 0 {
		p.Close()
	}
	return p
}

// Missing lists the letters of a text that neither a font nor the one that helps
// it out has, each once.
func (f *Font) Missing(s string) []rune {
	var out []rune
	seen := map[rune]bool{}
	for _, g := range f.Glyphs(s) {
		if g.ID == 0 && !seen[g.Rune] {
			seen[g.Rune] = true
			out = append(out, g.Rune)
		}
	}
	return out
}
