package svg

import (
	"math"

	"merkki/internal/publish/draw"
)

// A line is an outline as straight pieces.
type line struct {
	points []draw.Point
	closed bool
}

// curvePieces is how many straight pieces stand for one curve.
const curvePieces = 16

// flatten makes lines of a path.
func flatten(p draw.Path) (all []line) {
	var l line
	end := func() {
		if len(l.points) > 0 {
			all = append(all, l)
		}
		l = line{}
	}
	add := func(a draw.Point) {
		if n := len(l.points); n == 0 || l.points[n-1] != a {
			l.points = append(l.points, a)
		}
	}
	for _, s := range p {
		switch s.Op {
		case draw.Move:
			end()
			add(s.P[0])
		case draw.Line:
			add(s.P[0])
		case draw.Cubic:
			a := l.points[len(l.points)-1]
			for i := 1; i <= curvePieces; i++ {
				t := float64(i) / curvePieces
				u := 1 - t
				add(draw.Point{
					X: u*u*u*a.X + 3*u*u*t*s.P[0].X + 3*u*t*t*s.P[1].X + t*t*t*s.P[2].X,
					Y: u*u*u*a.Y + 3*u*u*t*s.P[0].Y + 3*u*t*t*s.P[1].Y + t*t*t*s.P[2].Y,
				})
			}
		case draw.Close:
			l.closed = true
			if n := len(l.points); n > 1 && l.points[0] == l.points[n-1] {
				l.points = l.points[:n-1]
			}
			end()
		}
	}
	end()
	return all
}

// strokeOf is the outline of a stroke: a rectangle for each straight piece, and
// something for each join and each end, all turning the same way, so that the
// nonzero rule makes one of them.
func strokeOf(p draw.Path, s state) (out draw.Path) {
	w := s.width / 2
	for _, l := range flatten(p) {
		n := len(l.points)
		if n == 1 {
			if s.cap == "round" {
				out = append(out, draw.Circle(l.points[0].X, l.points[0].Y, w)...)
			}
			continue
		}
		last := n - 1
		if l.closed {
			last = n
		}
		for i := range last {
			a, b := l.points[i], l.points[(i+1)%n]
			if s.cap == "square" && !l.closed && i == 0 {
				a = beyond(b, a, w)
			}
			if s.cap == "square" && !l.closed && i == last-1 {
				b = beyond(a, b, w)
			}
			out = append(out, piece(a, b, w)...)
			if before := i - 1; before >= 0 || l.closed {
				out = append(out, join(l.points[(before+n)%n], l.points[i], l.points[(i+1)%n], w, s.join)...)
			}
		}
		if s.cap == "round" && !l.closed {
			for _, e := range []draw.Point{l.points[0], l.points[n-1]} {
				out = append(out, draw.Circle(e.X, e.Y, w)...)
			}
		}
	}
	return out
}

// beyond is the point w farther from a than b is.
func beyond(a, b draw.Point, w float64) draw.Point {
	d := math.Hypot(b.X-a.X, b.Y-a.Y)
	return draw.Point{X: b.X + (b.X-a.X)/d*w, Y: b.Y + (b.Y-a.Y)/d*w}
}

// piece is the rectangle around a straight piece.
func piece(a, b draw.Point, w float64) draw.Path {
	d := math.Hypot(b.X-a.X, b.Y-a.Y)
	x, y := -(b.Y-a.Y)/d*w, (b.X-a.X)/d*w
	return turned(draw.Point{X: a.X + x, Y: a.Y + y}, draw.Point{X: a.X - x, Y: a.Y - y}, draw.Point{X: b.X - x, Y: b.Y - y}, draw.Point{X: b.X + x, Y: b.Y + y})
}

// miterLimit is that of SVG where nothing is said.
const miterLimit = 4

// join fills the corner at b.
func join(a, b, c draw.Point, w float64, kind string) draw.Path {
	if kind == "round" {
		return draw.Circle(b.X, b.Y, w)
	}
	d1, d2 := math.Hypot(b.X-a.X, b.Y-a.Y), math.Hypot(c.X-b.X, c.Y-b.Y)
	ux, uy, vx, vy := (b.X-a.X)/d1, (b.Y-a.Y)/d1, (c.X-b.X)/d2, (c.Y-b.Y)/d2
	cross, dot := ux*vy-uy*vx, ux*vx+uy*vy
	if math.Abs(cross) < 1e-9 {
		return nil
	}
	side := w // of the outer edge
	if cross > 0 {
		side = -w
	}
	p, q := draw.Point{X: b.X - uy*side, Y: b.Y + ux*side}, draw.Point{X: b.X - vy*side, Y: b.Y + vx*side}
	if half := math.Sqrt((1 - dot) / 2); kind == "miter" && half > 0 {
		// half is the cosine of half the corner's inner angle
		if sine := math.Sqrt(max(0, 1-half*half)); sine > 1./miterLimit {
			mx, my := (p.X+q.X)/2-b.X, (p.Y+q.Y)/2-b.Y
			if m := math.Hypot(mx, my); m > 0 {
				far := w / sine
				return turned(b, p, draw.Point{X: b.X + mx/m*far, Y: b.Y + my/m*far}, q)
			}
		}
	}
	return turned(b, p, q)
}

// turned makes an outline that runs the way that circles do.
func turned(points ...draw.Point) draw.Path {
	if area(points) < 0 {
		for i, j := 0, len(points)-1; i < j; i, j = i+1, j-1 {
			points[i], points[j] = points[j], points[i]
		}
	}
	return draw.Polygon(points, 0)
}

// area is twice the area, positive for the way that circles run.
func area(points []draw.Point) (sum float64) {
	for i, a := range points {
		b := points[(i+1)%len(points)]
		sum += a.X*b.Y - b.X*a.Y
	}
	return sum
}

// nested turns the outlines of a path that is filled by the even-odd rule so that
// the nonzero rule fills the same: one inside an even number of others runs one
// way, one inside an odd number the other. Outlines that cross themselves are not
// told apart.
func nested(p draw.Path) draw.Path {
	lines := flatten(closed(p))
	if len(lines) > 500 { // each is compared with each
		return p
	}
	var out draw.Path
	for i, l := range lines {
		depth := 0
		for j, other := range lines {
			if i != j && inside(l.points[0], other.points) {
				depth++
			}
		}
		if (area(l.points) < 0) == (depth%2 == 0) {
			for a, b := 0, len(l.points)-1; a < b; a, b = a+1, b-1 {
				l.points[a], l.points[b] = l.points[b], l.points[a]
			}
		}
		out = append(out, draw.Polygon(l.points, 0)...)
	}
	return out
}

// inside counts crossings of a ray to the right.
func inside(a draw.Point, points []draw.Point) bool {
	in := false
	for i, p := range points {
		q := points[(i+1)%len(points)]
		if (p.Y > a.Y) != (q.Y > a.Y) && a.X < (q.X-p.X)*(a.Y-p.Y)/(q.Y-p.Y)+p.X {
			in = !in
		}
	}
	return in
}
