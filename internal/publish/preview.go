package publish

import (
	"image"
	xdraw "image/draw"
	"math"
	"strings"

	"merkki/internal/publish/draw"
	"merkki/internal/publish/fonts"
)

// A Preview is the picture that stands beside a link where people talk with each
// other: what was achieved and who says so, and never to whom. It is made from
// the record alone, so the same record gives the same bytes; what has ended, or
// is a test, says so.
type Preview struct {
	Title  string
	Issuer string // as it was proven
	Domain string
	Facts  string // credits, level, kind; may be empty
	Ask    string // that the page answers whether it is in force
	Badge  Badge
	Own    *Image // of the achievement; nil: the badge is drawn
	Test   string // the word TEST and what it means; "" for none
	Ended  string // what ended it; "" while nothing did
}

// PreviewWidth and PreviewHeight are those that networks ask for (Open Graph, 1.91
// to 1).
const (
	PreviewWidth  = 1200
	PreviewHeight = 630
)

// The parts of a preview, in pixels.
const (
	panelWidth = 372.0
	bandHeight = 74.0
	textLeft   = panelWidth + 64
	textRight  = PreviewWidth - 72.0
)

// PNG paints the preview, 1200 by 630.
func (v Preview) PNG() ([]byte, error) {
	img, err := v.Picture().Paint(PreviewWidth)
	if err != nil {
		return nil, err
	}
	if own := v.pixels(); own != nil {
		x, y, _ := emblem(v.top())
		b := own.Bounds()
		at := b.Sub(b.Min).Add(image.Pt(int(x)-b.Dx()/2, int(y)-b.Dy()/2))
		xdraw.Draw(img, at, own, b.Min, xdraw.Over)
	}
	return encoded(img)
}

// pixels are those of the achievement's own picture; nil where a badge is drawn.
func (v Preview) pixels() image.Image {
	if v.Own == nil || v.Own.Unpainted != "" {
		return nil
	}
	_, _, size := emblem(v.top())
	return v.Own.Pixels(int(size), int(size))
}

// top is where the bands end.
func (v Preview) top() (y float64) {
	for _, text := range []string{v.Test, v.Ended} {
		if text != "" {
			y += bandHeight
		}
	}
	return y
}

// emblem is the middle and the size of the badge on its panel.
func emblem(top float64) (x, y, size float64) {
	return (panelWidth - 6) / 2, (top + PreviewHeight) / 2, min(304, (PreviewHeight-top)*0.62)
}

// Picture draws the preview, but for pixels that somebody sent.
func (v Preview) Picture() *draw.Picture {
	p := &draw.Picture{Width: PreviewWidth, Height: PreviewHeight}
	c := v.Badge.Ground()
	p.Fill(paper, draw.Rect(0, 0, PreviewWidth, PreviewHeight))
	v.bands(p)
	v.panel(p, c, v.top())
	v.words(p, c, v.top())
	return p
}

// panel is the field in the issuer's colour at the left, with the badge in it
// and the engraving of the badge around it.
func (v Preview) panel(p *draw.Picture, c draw.Colour, top float64) {
	x, y, size := emblem(top)
	p.Fill(c.Mixed(draw.White, 0.86), draw.Rect(0, top, panelWidth, PreviewHeight-top))
	for i := range 14 {
		p.Fill(c.Mixed(draw.White, 0.72), within(draw.Ring(x, y, 330, 168, 1.6, math.Pi*float64(i)/14), panelWidth-3, top))
	}
	p.Fill(c, draw.Rect(panelWidth-6, top, 6, PreviewHeight-top))
	if v.pixels() != nil {
		return // it is painted over this
	}
	for _, s := range v.Badge.Picture().Shapes {
		p.Fill(s.Fill, s.Path.Placed(size/side, x-size/2, y-size/2))
	}
}

// within keeps an outline left of x and below y: a point beyond is moved to the
// edge.
func within(path draw.Path, x, y float64) draw.Path {
	out := make(draw.Path, len(path))
	for i, s := range path {
		for j := range s.P {
			s.P[j] = draw.Point{X: min(s.P[j].X, x), Y: max(s.P[j].Y, y)}
		}
		out[i] = s
	}
	return out
}

// bands stand over everything: that it is a test, that it has ended.
func (v Preview) bands(p *draw.Picture) {
	y := 0.0
	for _, b := range []struct {
		text string
		c    draw.Colour
	}{{v.Test, purple}, {v.Ended, bad}} {
		if b.text == "" {
			continue
		}
		p.Fill(b.c, draw.Rect(0, y, PreviewWidth, bandHeight))
		f := fonts.SansSemibold()
		size, lines := fit(f, []float64{34, 30, 26, 23}, PreviewWidth-128, 1, b.text)
		p.Fill(draw.White, f.Outline(lines[0], size, 64, middle(f, size, y, bandHeight)))
		y += bandHeight
	}
}

// middle is the baseline of a line whose capitals stand in the middle of a band.
func middle(f *fonts.Font, size, y, height float64) float64 {
	return math.Round(y + (height+size*float64(f.CapHeight)/float64(f.UnitsPerEm))/2)
}

// words are issuer, title and facts, one below the other in the middle of what
// the bands leave, and the address at the foot.
func (v Preview) words(p *draw.Picture, c draw.Colour, top float64) {
	const width, foot = textRight - textLeft, 548.0
	semibold, regular, serif := fonts.SansSemibold(), fonts.Sans(), fonts.SerifSemibold()
	bySize, by := fit(semibold, []float64{34, 30, 27}, width, 2, v.Issuer)
	sizes := []float64{76, 68, 60, 53, 47, 41, 36}
	if top > bandHeight {
		sizes = sizes[3:]
	}
	titleSize, title := fit(serif, sizes, width, 4, v.Title)
	factSize, facts := 0.0, []string(nil)
	if v.Facts != "" {
		factSize, facts = fit(regular, []float64{32, 29, 26}, width, 2, v.Facts)
	}
	const gap = 22.0
	total := setHeight(bySize, by) + gap + setHeight(titleSize, title)
	if len(facts) > 0 {
		total += gap + setHeight(factSize, facts)
	}
	y := top + max(24, (foot-20-top-total)/2)
	put := func(f *fonts.Font, size float64, c draw.Colour, lines []string) {
		for _, l := range lines {
			p.Fill(c, f.Outline(l, size, textLeft, math.Round(y+size*0.92)))
			y += size * previewLead
		}
		y += gap
	}
	put(semibold, bySize, c, by)
	put(serif, titleSize, ink, title)
	put(regular, factSize, soft, facts)
	v.foot(p, foot)
}

const previewLead = 1.16

func setHeight(size float64, lines []string) float64 {
	return size * previewLead * float64(len(lines))
}

// foot says where to ask.
func (v Preview) foot(p *draw.Picture, y float64) {
	p.Fill(line, draw.Rect(textLeft, y, textRight-textLeft, 2))
	f := fonts.Sans()
	words := strings.TrimSpace(v.Ask)
	size, lines := fit(f, []float64{27, 25, 23, 21}, textRight-textLeft, 1, words)
	if len(lines) > 0 {
		p.Fill(soft, f.Outline(lines[0], size, textLeft, y+44))
	}
}
