// Package draw is a picture as data: filled outlines in flat colours, and nothing
// else. One picture becomes an SVG ([Picture.SVG]), pixels ([Picture.PNG]) and,
// by package pdf, ink on paper; all three come from the same numbers, so they
// look alike and are the same bytes every time.
//
// There are no strokes: a line is an outline that is filled ([Rect], [Ring]).
// Outlines are filled by the nonzero rule; a hole runs the other way round.
// Coordinates grow to the right and downwards, in whatever unit the picture has.
package draw

import (
	"math"
	"strconv"
)

// The operations of a path.
const (
	Move  = 'M' // to P[0]
	Line  = 'L' // to P[0]
	Cubic = 'C' // Bézier curve with control points P[0] and P[1], to P[2]
	Close = 'Z' // back to where the outline began
)

// A Point is a place in a picture.
type Point struct{ X, Y float64 }

// A Segment is one step of a path.
type Segment struct {
	Op byte
	P  [3]Point
}

// A Path is a number of closed outlines.
type Path []Segment

// MoveTo begins an outline.
func (p *Path) MoveTo(a Point) { *p = append(*p, Segment{Move, [3]Point{a}}) }

// LineTo goes straight to a.
func (p *Path) LineTo(a Point) { *p = append(*p, Segment{Line, [3]Point{a}}) }

// CubicTo goes to c along a cubic Bézier curve.
func (p *Path) CubicTo(a, b, c Point) { *p = append(*p, Segment{Cubic, [3]Point{a, b, c}}) }

// QuadTo goes from one point to another along a quadratic Bézier curve.
func (p *Path) QuadTo(from, control, to Point) {
	p.CubicTo(between(from, control, 2./3), between(to, control, 2./3), to)
}

// Close ends the outline.
func (p *Path) Close() { *p = append(*p, Segment{Op: Close}) }

func between(a, b Point, t float64) Point { return Point{a.X + (b.X-a.X)*t, a.Y + (b.Y-a.Y)*t} }

// Placed returns the path scaled and then moved.
func (p Path) Placed(scale, x, y float64) Path {
	out := make(Path, len(p))
	for i, s := range p {
		for j := range s.P {
			s.P[j] = Point{s.P[j].X*scale + x, s.P[j].Y*scale + y}
		}
		out[i] = s
	}
	return out
}

// points is how many points an operation has.
func (s Segment) points() int {
	switch s.Op {
	case Cubic:
		return 3
	case Close:
		return 0
	}
	return 1
}

// Bounds returns the corners of a rectangle that holds the path: that of its
// points, control points included.
func (p Path) Bounds() (lo, hi Point) {
	lo, hi = Point{math.Inf(1), math.Inf(1)}, Point{math.Inf(-1), math.Inf(-1)}
	for _, s := range p {
		for _, a := range s.P[:s.points()] {
			lo = Point{min(lo.X, a.X), min(lo.Y, a.Y)}
			hi = Point{max(hi.X, a.X), max(hi.Y, a.Y)}
		}
	}
	return lo, hi
}

// Data writes the path as SVG path data, to a hundredth of the unit.
func (p Path) Data() string {
	var b []byte
	for _, s := range p {
		b = append(b, s.Op)
		for i, a := range s.P[:s.points()] {
			if i > 0 {
				b = append(b, ' ')
			}
			b = append(AppendNumber(b, a.X), ' ')
			b = AppendNumber(b, a.Y)
		}
	}
	return string(b)
}

// AppendNumber writes a number to a hundredth, without needless zeros.
func AppendNumber(b []byte, v float64) []byte {
	v = math.Round(v*100) / 100
	if v == 0 {
		v = 0 // never -0
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}
