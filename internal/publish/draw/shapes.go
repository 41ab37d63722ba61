package draw

import "math"

// arc is how far the control points of a quarter of a circle stand off.
const arc = 0.5522847498

// Rect is a rectangle.
func Rect(x, y, w, h float64) Path {
	return Polygon([]Point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}, 0)
}

// RoundRect is a rectangle with round corners.
func RoundRect(x, y, w, h, radius float64) Path {
	return Polygon([]Point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}, radius)
}

// Frame is the outline of a rectangle, drawn inwards with a width.
func Frame(x, y, w, h, width float64) Path {
	return append(Rect(x, y, w, h), Polygon([]Point{{x + width, y + width}, {x + width, y + h - width}, {x + w - width, y + h - width}, {x + w - width, y + width}}, 0)...)
}

// Polygon joins corners, each rounded by a radius along its sides.
func Polygon(corners []Point, radius float64) Path {
	var p Path
	n := len(corners)
	for i, c := range corners {
		if radius <= 0 {
			if i == 0 {
				p.MoveTo(c)
			} else {
				p.LineTo(c)
			}
			continue
		}
		a, b := toward(c, corners[(i+n-1)%n], radius), toward(c, corners[(i+1)%n], radius)
		if i == 0 {
			p.MoveTo(a)
		} else {
			p.LineTo(a)
		}
		p.CubicTo(between(a, c, arc), between(b, c, arc), b)
	}
	p.Close()
	return p
}

func toward(from, to Point, d float64) Point {
	return between(from, to, min(d/math.Hypot(to.X-from.X, to.Y-from.Y), 0.5))
}

// Circle is a disc.
func Circle(x, y, r float64) Path { return ellipse(x, y, r, r, 0, false) }

// Ring is the outline of an ellipse turned by an angle (radians), drawn inwards
// with a width.
func Ring(x, y, rx, ry, width, turn float64) Path {
	return append(ellipse(x, y, rx, ry, turn, false), ellipse(x, y, rx-width, ry-width, turn, true)...)
}

func ellipse(x, y, rx, ry, turn float64, back bool) Path {
	sin, cos := math.Sincos(turn)
	if back {
		ry = -ry
	}
	at := func(a, b float64) Point { return Point{x + a*rx*cos - b*ry*sin, y + a*rx*sin + b*ry*cos} }
	var p Path
	p.MoveTo(at(1, 0))
	p.CubicTo(at(1, arc), at(arc, 1), at(0, 1))
	p.CubicTo(at(-arc, 1), at(-1, arc), at(-1, 0))
	p.CubicTo(at(-1, -arc), at(-arc, -1), at(0, -1))
	p.CubicTo(at(arc, -1), at(1, -arc), at(1, 0))
	p.Close()
	return p
}

// Regular returns the corners of a regular polygon, the first one at the top
// turned by an angle (radians).
func Regular(x, y, r float64, n int, turn float64) []Point {
	corners := make([]Point, n)
	for i := range corners {
		sin, cos := math.Sincos(2*math.Pi*float64(i)/float64(n) + turn - math.Pi/2)
		corners[i] = Point{x + r*cos, y + r*sin}
	}
	return corners
}
