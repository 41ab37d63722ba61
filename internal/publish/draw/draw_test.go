package draw_test

import (
	"bytes"
	"image/color"
	"image/png"
	"testing"

	"merkki/internal/publish/draw"
)

// TestPathData writes each operation, to a hundredth and without needless zeros.
func TestPathData(t *testing.T) {
	var p draw.Path
	p.MoveTo(draw.Point{X: 1, Y: 2.006})
	p.LineTo(draw.Point{X: -0.001, Y: 100})
	p.CubicTo(draw.Point{X: 1, Y: 1}, draw.Point{X: 2, Y: 2}, draw.Point{X: 3.14159, Y: 3})
	p.Close()
	if got, want := p.Data(), "M1 2.01L0 100C1 1 2 2 3.14 3Z"; got != want {
		t.Error(got)
	}
	if got, want := draw.Rect(0, 0, 2, 1).Placed(10, 5, 5).Data(), "M5 5L25 5L25 15L5 15Z"; got != want {
		t.Error(got)
	}
}

// TestPixels: a rectangle on the grid is painted to the pixel, a frame and a ring
// have a hole, the last shape lies on top, and shapes may reach over the edge.
func TestPixels(t *testing.T) {
	red, blue := draw.Colour{R: 255}, draw.Colour{B: 255}
	p := &draw.Picture{Width: 40, Height: 20}
	p.Fill(red, draw.Rect(-10, -10, 30, 20))
	p.Fill(blue, draw.Frame(4, 2, 8, 6, 2))
	p.Fill(red, draw.Ring(30, 10, 8, 8, 3, 1))
	p.Fill(red, nil)
	b, err := p.PNG(80)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if s := img.Bounds().Size(); s.X != 80 || s.Y != 40 {
		t.Fatalf("%v", s)
	}
	none := color.NRGBA{}
	for _, c := range []struct {
		x, y int
		want color.Color
	}{{0, 0, red}, {39, 19, red}, {40, 10, none}, {39, 20, none}, {8, 4, blue}, {11, 7, blue}, {12, 8, red}, {19, 11, red}, {23, 15, blue}, {24, 15, red}, {60, 20, none}, {74, 20, red}} {
		r, g, b, a := img.At(c.x, c.y).RGBA()
		wr, wg, wb, wa := c.want.RGBA()
		if r != wr || g != wg || b != wb || a != wa {
			t.Errorf("pixel %d, %d is %v, want %v", c.x, c.y, img.At(c.x, c.y), c.want)
		}
	}
	for _, width := range []int{0, -1, 4097} {
		if _, err := p.PNG(width); err == nil {
			t.Errorf("a picture %d pixels wide was painted", width)
		}
	}
}

// TestSVG: the picture as a document, its title escaped.
func TestSVG(t *testing.T) {
	p := &draw.Picture{Width: 2, Height: 1}
	p.Fill(draw.Colour{R: 0x1d, G: 0x4d, B: 0x4f}, draw.Rect(0, 0, 2, 1))
	want := `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1" width="2" height="1" role="img"><title>a &lt;b&gt; &amp; ` + "\ufffd" + `</title>
<path fill="#1d4d4f" d="M0 0L2 0L2 1L0 1Z"/>
</svg>
`
	if got := string(p.SVG("a <b> & \x00")); got != want {
		t.Error(got)
	}
}

// TestContrast: the ends and a middle of the scale of WCAG 2.2.
func TestContrast(t *testing.T) {
	if c := draw.Black.Contrast(draw.White); c < 20.99 || c > 21.01 {
		t.Errorf("black on white: %g", c)
	}
	if c := (draw.Colour{R: 0x76, G: 0x76, B: 0x76}).Contrast(draw.White); c < 4.53 || c > 4.55 {
		t.Errorf("#767676 on white: %g", c)
	}
}
