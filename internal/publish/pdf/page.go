package pdf

import (
	"bytes"
	"fmt"
	"strings"

	"merkki/internal/publish/draw"
	"merkki/internal/publish/fonts"
)

// The roles of elements (ISO 32000-1, section 14.8.4).
const (
	Heading   = "H1"
	Paragraph = "P"
	Figure    = "Figure" // needs words
	Reference = "Link"   // what a link stands on
)

// perMillimetre is how many points a millimetre has.
const perMillimetre = 72 / 25.4

// A Page is drawn on from top to bottom: what is written first is read first.
type Page struct {
	d             *Document
	width, height float64
	content       bytes.Buffer
	elements      []element
	links         []link
	lang          string // of the elements that are begun; "" for that of the document
	ref           int    // number of its object, once it is written
}

// An element is a piece of the page that has a role. Its place in the list is
// its number among the marks of the page.
type element struct {
	role, words string
	link        int    // index in links, -1: none
	lang        string // "" for that of the document
}

type link struct {
	x, y, w, h float64
	address    string
	ref, key   int // number of its object, and its key in the parent tree, once written
}

// A Style is how text looks; the size is in millimetres.
type Style struct {
	Font   *fonts.Font
	Size   float64
	Colour draw.Colour
}

// Points turns a font size in points into millimetres.
func Points(n float64) float64 { return n / perMillimetre }

// Page adds a page.
func (d *Document) Page(width, height float64) *Page {
	p := &Page{d: d, width: width, height: height}
	fmt.Fprintf(&p.content, "%.6f 0 0 -%.6f 0 %.4f cm\n", perMillimetre, perMillimetre, height*perMillimetre)
	d.pages = append(d.pages, p)
	return p
}

// Element marks what draw draws as a piece of content. Words are its text for
// those who do not see it.
func (p *Page) Element(role, words string, draw func()) {
	fmt.Fprintf(&p.content, "/%s << /MCID %d >> BDC\n", role, len(p.elements))
	p.elements = append(p.elements, element{role, words, -1, p.lang})
	draw()
	p.content.WriteString("EMC\n")
}

// In marks the elements of what draw draws as being in another language.
func (p *Page) In(lang string, draw func()) {
	p.lang = lang
	draw()
	p.lang = ""
}

// Decoration marks what draw draws as nothing to be read.
func (p *Page) Decoration(draw func()) {
	p.content.WriteString("/Artifact BMC\n")
	draw()
	p.content.WriteString("EMC\n")
}

// Link makes a rectangle lead to an address; draw draws what stands there.
func (p *Page) Link(x, y, w, h float64, address string, draw func()) {
	p.Element(Reference, address, draw)
	p.elements[len(p.elements)-1].link = len(p.links)
	p.links = append(p.links, link{x: x, y: y, w: w, h: h, address: address})
}

// Text writes one line from x on the baseline y.
func (p *Page) Text(s Style, x, y float64, line string) {
	var b strings.Builder
	var u *usedFont
	for _, g := range s.Font.Glyphs(line) {
		if u == nil || g.Font != u.font {
			if u != nil {
				b.WriteString("]TJ ")
			}
			u = p.d.use(g.Font)
			fmt.Fprintf(&b, "/%s %.3f Tf [", u.name, s.Size)
		}
		if old, ok := u.used[g.ID]; !ok || g.Rune < old {
			u.used[g.ID] = g.Rune
		}
		fmt.Fprintf(&b, "<%04X>", g.ID)
		if g.Kern != 0 {
			fmt.Fprintf(&b, "%d", -thousandths(g.Kern, s.Font))
		}
	}
	if u == nil {
		return // nothing to write
	}
	p.colour(s.Colour)
	fmt.Fprintf(&p.content, "BT 1 0 0 -1 %s %s Tm %s]TJ ET\n", number(x), number(y), strings.ReplaceAll(b.String(), "><", ""))
}

// Fill paints a path.
func (p *Page) Fill(c draw.Colour, path draw.Path) {
	p.colour(c)
	for _, s := range path {
		switch s.Op {
		case draw.Move:
			p.command("m", s.P[0])
		case draw.Line:
			p.command("l", s.P[0])
		case draw.Cubic:
			p.command("c", s.P[0], s.P[1], s.P[2])
		case draw.Close:
			p.content.WriteString("h\n")
		}
	}
	p.content.WriteString("f\n")
}

// Picture paints a picture with its upper left corner at x, y.
func (p *Page) Picture(pic *draw.Picture, x, y, width float64) {
	for _, s := range pic.Shapes {
		p.Fill(s.Fill, s.Path.Placed(width/pic.Width, x, y))
	}
}

// Cells paints the true cells of a grid black, one path, runs in a row joined,
// on a white square of the side given. The grid's numbers stay whole, so that no
// seam shows between its rows.
func (p *Page) Cells(grid [][]bool, x, y, side float64) {
	cell := side / float64(len(grid))
	fmt.Fprintf(&p.content, "q %.6f 0 0 %.6f %s %s cm\n", cell, cell, number(x), number(y))
	p.colour(draw.White)
	fmt.Fprintf(&p.content, "0 0 %d %d re f\n", len(grid), len(grid))
	p.colour(draw.Black)
	for y, row := range grid {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			from := x
			for x < len(row) && row[x] {
				x++
			}
			fmt.Fprintf(&p.content, "%d %d %d 1 re\n", from, y, x-from)
		}
	}
	p.content.WriteString("f Q\n")
}

func (p *Page) colour(c draw.Colour) {
	fmt.Fprintf(&p.content, "%.3f %.3f %.3f rg\n", float64(c.R)/255, float64(c.G)/255, float64(c.B)/255)
}

func (p *Page) command(op string, points ...draw.Point) {
	for _, a := range points {
		p.content.WriteString(number(a.X) + " " + number(a.Y) + " ")
	}
	p.content.WriteString(op + "\n")
}

func number(v float64) string { return string(draw.AppendNumber(nil, v)) }

func thousandths(v int, f *fonts.Font) int { return (v*1000 + f.UnitsPerEm/2) / f.UnitsPerEm }
