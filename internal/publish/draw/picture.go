package draw

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"strings"

	"golang.org/x/image/vector"
)

// A Shape is a path filled with a colour.
type Shape struct {
	Path Path
	Fill Colour
}

// A Picture is a number of shapes, painted one over the other on nothing.
type Picture struct {
	Width, Height float64
	Shapes        []Shape
}

// Fill adds a shape.
func (p *Picture) Fill(c Colour, path Path) { p.Shapes = append(p.Shapes, Shape{path, c}) }

var xmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// SVG writes the picture as a document that needs nothing but itself. The title
// is its text for those who do not see it.
func (p *Picture) SVG(title string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" role="img"><title>%s</title>
`, p.Width, p.Height, p.Width, p.Height, xmlEscaper.Replace(strings.Map(xmlRune, title)))
	for _, s := range p.Shapes {
		fmt.Fprintf(&b, "<path fill=\"%s\" d=\"%s\"/>\n", s.Fill, s.Path.Data())
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// xmlRune replaces what no XML document may hold (XML 1.0, section 2.2).
func xmlRune(r rune) rune {
	if r < 0x20 && r != '\n' && r != '\t' && r != '\r' || r == 0xfffe || r == 0xffff {
		return 0xfffd
	}
	return r
}

// PNG paints the picture in pixels, smooth at the edges and clear where nothing
// is painted. The width is at most 4096.
func (p *Picture) PNG(width int) ([]byte, error) {
	img, err := p.Paint(width)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("draw: %w", err)
	}
	return b.Bytes(), nil
}

// Paint is PNG without writing a file; neither side is above 4096 pixels.
func (p *Picture) Paint(width int) (*image.RGBA, error) {
	if width < 1 || width > maxPixels || p.Height/p.Width*float64(width) > maxPixels {
		return nil, fmt.Errorf("draw: %d pixels are no width for a picture", width)
	}
	scale := float64(width) / p.Width
	img := image.NewRGBA(image.Rect(0, 0, width, int(math.Ceil(p.Height*scale))))
	for _, s := range p.Shapes {
		s.paint(img, scale)
	}
	return img, nil
}

const maxPixels = 4096

// paint touches only the pixels around the shape.
func (s Shape) paint(img *image.RGBA, scale float64) {
	lo, hi := s.Path.Bounds()
	box := image.Rect(int(math.Floor(lo.X*scale)), int(math.Floor(lo.Y*scale)), int(math.Ceil(hi.X*scale)), int(math.Ceil(hi.Y*scale))).Intersect(img.Bounds())
	if len(s.Path) == 0 || box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	at := func(p Point) (float32, float32) {
		return float32(p.X*scale - float64(box.Min.X)), float32(p.Y*scale - float64(box.Min.Y))
	}
	for _, g := range s.Path {
		x, y := at(g.P[0])
		switch g.Op {
		case Move:
			r.MoveTo(x, y)
		case Line:
			r.LineTo(x, y)
		case Cubic:
			bx, by := at(g.P[1])
			cx, cy := at(g.P[2])
			r.CubeTo(x, y, bx, by, cx, cy)
		case Close:
			r.ClosePath()
		}
	}
	r.DrawOp = draw.Over
	r.Draw(img, box, image.NewUniform(s.Fill), image.Point{})
}
