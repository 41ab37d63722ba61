package svg

import (
	"math"
	"strconv"

	"merkki/internal/publish/draw"
)

// A scanner reads the numbers and letters of path data, points and transforms
// (SVG 2, section 9.3.9). What it cannot read ends the list, as browsers do.
type scanner struct {
	s  string
	at int
}

func (s *scanner) space() {
	for s.at < len(s.s) && (s.s[s.at] == ' ' || s.s[s.at] == ',' || s.s[s.at] == '\t' || s.s[s.at] == '\n' || s.s[s.at] == '\r') {
		s.at++
	}
}

// number reads one number.
func (s *scanner) number() (float64, bool) {
	s.space()
	from := s.at
	digits := func() (n int) {
		for s.at < len(s.s) && s.s[s.at] >= '0' && s.s[s.at] <= '9' {
			s.at++
			n++
		}
		return n
	}
	sign := func() {
		if s.at < len(s.s) && (s.s[s.at] == '+' || s.s[s.at] == '-') {
			s.at++
		}
	}
	sign()
	n := digits()
	if s.at < len(s.s) && s.s[s.at] == '.' {
		s.at++
		n += digits()
	}
	if n == 0 {
		s.at = from
		return 0, false
	}
	if end := s.at; s.at < len(s.s) && (s.s[s.at] == 'e' || s.s[s.at] == 'E') {
		s.at++
		sign()
		if digits() == 0 {
			s.at = end
		}
	}
	v, err := strconv.ParseFloat(s.s[from:s.at], 64)
	return v, err == nil && math.Abs(v) < 1e9
}

// flag reads one flag of an arc, which needs no space after it.
func (s *scanner) flag() (float64, bool) {
	s.space()
	if s.at < len(s.s) && (s.s[s.at] == '0' || s.s[s.at] == '1') {
		s.at++
		return float64(s.s[s.at-1] - '0'), true
	}
	return 0, false
}

// numbers reads a list of numbers.
func numbers(s string) (all []float64) {
	sc := scanner{s: s}
	for {
		v, ok := sc.number()
		if !ok {
			return all
		}
		all = append(all, v)
	}
}

// operands is how many numbers a command takes.
var operands = map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'S': 4, 'Q': 4, 'T': 2, 'A': 7, 'Z': 0}

// A pen draws path data.
type pen struct {
	out       draw.Path
	at, start draw.Point
	control   draw.Point // of the curve before, for S and T
	before    byte
}

// pathOf reads path data. Every outline stays as open or closed as it was: the
// stroke wants to know.
func pathOf(data string) draw.Path {
	s := scanner{s: data}
	var p pen
	var cmd byte
	for {
		s.space()
		if s.at >= len(s.s) {
			return p.out
		}
		c := s.s[s.at]
		if upper := c &^ 0x20; c >= 'A' && operands[upper] > 0 || upper == 'Z' {
			cmd = c
			s.at++
		} else if cmd == 0 || cmd&^0x20 == 'Z' {
			return p.out
		}
		upper := cmd &^ 0x20
		var v [7]float64
		for i := range operands[upper] {
			var ok bool
			if upper == 'A' && (i == 3 || i == 4) {
				v[i], ok = s.flag()
			} else {
				v[i], ok = s.number()
			}
			if !ok {
				return p.out
			}
		}
		if len(p.out) == 0 && upper != 'M' {
			return p.out
		}
		p.step(upper, cmd != upper, v)
		if upper == 'M' { // further pairs are lines
			cmd--
		}
	}
}

// step does one command.
func (p *pen) step(cmd byte, relative bool, v [7]float64) {
	base := draw.Point{}
	if relative {
		base = p.at
	}
	pt := func(i int) draw.Point { return draw.Point{X: base.X + v[i], Y: base.Y + v[i+1]} }
	if cmd != 'M' && cmd != 'Z' && p.before == 'Z' {
		p.out.MoveTo(p.at) // after Z the next outline begins where the last one did
	}
	mirror := p.at
	switch {
	case cmd == 'S' && (p.before == 'C' || p.before == 'S'), cmd == 'T' && (p.before == 'Q' || p.before == 'T'):
		mirror = draw.Point{X: 2*p.at.X - p.control.X, Y: 2*p.at.Y - p.control.Y}
	}
	from := p.at
	switch cmd {
	case 'M':
		p.at = pt(0)
		p.start = p.at
		p.out.MoveTo(p.at)
	case 'L':
		p.at = pt(0)
		p.out.LineTo(p.at)
	case 'H':
		p.at.X = base.X + v[0]
		p.out.LineTo(p.at)
	case 'V':
		p.at.Y = base.Y + v[0]
		p.out.LineTo(p.at)
	case 'C':
		p.control, p.at = pt(2), pt(4)
		p.out.CubicTo(pt(0), p.control, p.at)
	case 'S':
		p.control, p.at = pt(0), pt(2)
		p.out.CubicTo(mirror, p.control, p.at)
	case 'Q':
		p.control, p.at = pt(0), pt(2)
		p.out.QuadTo(from, p.control, p.at)
	case 'T':
		p.control, p.at = mirror, pt(0)
		p.out.QuadTo(from, p.control, p.at)
	case 'A':
		p.at = pt(5)
		arc(&p.out, from, p.at, v)
	case 'Z':
		p.out.Close()
		p.at = p.start
	}
	p.before = cmd
}

// arc draws an elliptical arc as curves of at most a quarter (SVG 2, appendix
// B.2).
func arc(out *draw.Path, from, to draw.Point, v [7]float64) {
	rx, ry := math.Abs(v[0]), math.Abs(v[1])
	if rx == 0 || ry == 0 || from == to {
		out.LineTo(to)
		return
	}
	sin, cos := math.Sincos(v[2] * math.Pi / 180)
	dx, dy := (from.X-to.X)/2, (from.Y-to.Y)/2
	x, y := cos*dx+sin*dy, cos*dy-sin*dx
	if l := x*x/(rx*rx) + y*y/(ry*ry); l > 1 {
		rx, ry = rx*math.Sqrt(l), ry*math.Sqrt(l)
	}
	f := math.Sqrt(max(0, (rx*rx*ry*ry-rx*rx*y*y-ry*ry*x*x)/(rx*rx*y*y+ry*ry*x*x)))
	if v[3] == v[4] {
		f = -f
	}
	cx, cy := f*rx*y/ry, -f*ry*x/rx
	first := math.Atan2((y-cy)/ry, (x-cx)/rx)
	sweep := math.Atan2((-y-cy)/ry, (-x-cx)/rx) - first
	if v[4] == 0 && sweep > 0 {
		sweep -= 2 * math.Pi
	} else if v[4] == 1 && sweep < 0 {
		sweep += 2 * math.Pi
	}
	mx, my := (from.X+to.X)/2, (from.Y+to.Y)/2
	at := func(a, b float64) draw.Point { // on the unit circle, moved back
		a, b = rx*a+cx, ry*b+cy
		return draw.Point{X: cos*a - sin*b + mx, Y: sin*a + cos*b + my}
	}
	n := math.Ceil(math.Abs(sweep) / (math.Pi/2 + 1e-9))
	step := sweep / n
	k := 4. / 3 * math.Tan(step/4)
	for i := range int(n) {
		s0, c0 := math.Sincos(first + step*float64(i))
		s1, c1 := math.Sincos(first + step*float64(i+1))
		end := at(c1, s1)
		if i == int(n)-1 {
			end = to
		}
		out.CubicTo(at(c0-k*s0, s0+k*c0), at(c1+k*s1, s1-k*c1), end)
	}
}

// A matrix is an affine map: x' = a x + c y + e, y' = b x + d y + f.
type matrix [6]float64

var unit = matrix{1, 0, 0, 1, 0, 0}

// times returns the map that does m first, and then n.
func (n matrix) times(m matrix) matrix {
	return matrix{
		n[0]*m[0] + n[2]*m[1], n[1]*m[0] + n[3]*m[1],
		n[0]*m[2] + n[2]*m[3], n[1]*m[2] + n[3]*m[3],
		n[0]*m[4] + n[2]*m[5] + n[4], n[1]*m[4] + n[3]*m[5] + n[5],
	}
}

func (n matrix) point(p draw.Point) draw.Point {
	return draw.Point{X: n[0]*p.X + n[2]*p.Y + n[4], Y: n[1]*p.X + n[3]*p.Y + n[5]}
}

func (n matrix) path(p draw.Path) draw.Path {
	out := make(draw.Path, len(p))
	for i, s := range p {
		for j := range s.P {
			s.P[j] = n.point(s.P[j])
		}
		out[i] = s
	}
	return out
}

// transformOf reads an attribute transform; false where it has something else
// than the six functions of SVG.
func transformOf(s string) (matrix, bool) {
	m := unit
	sc := scanner{s: s}
	for {
		sc.space()
		if sc.at >= len(s) {
			return m, true
		}
		from := sc.at
		for sc.at < len(s) && (s[sc.at]|0x20 >= 'a' && s[sc.at]|0x20 <= 'z') {
			sc.at++
		}
		name := s[from:sc.at]
		if sc.space(); sc.at >= len(s) || s[sc.at] != '(' {
			return m, false
		}
		sc.at++
		var v [6]float64
		n := 0
		for ; n < 6; n++ {
			f, ok := sc.number()
			if !ok {
				break
			}
			v[n] = f
		}
		if sc.space(); sc.at >= len(s) || s[sc.at] != ')' {
			return m, false
		}
		sc.at++
		one, ok := function(name, n, v)
		if !ok {
			return m, false
		}
		m = m.times(one)
	}
}

func function(name string, n int, v [6]float64) (matrix, bool) {
	sin, cos := math.Sincos(v[0] * math.Pi / 180)
	switch {
	case name == "matrix" && n == 6:
		return matrix(v), true
	case name == "translate" && (n == 1 || n == 2):
		return matrix{1, 0, 0, 1, v[0], v[1]}, true
	case name == "scale" && n == 1:
		return matrix{v[0], 0, 0, v[0], 0, 0}, true
	case name == "scale" && n == 2:
		return matrix{v[0], 0, 0, v[1], 0, 0}, true
	case name == "rotate" && n == 1:
		return matrix{cos, sin, -sin, cos, 0, 0}, true
	case name == "rotate" && n == 3:
		to, back := matrix{1, 0, 0, 1, v[1], v[2]}, matrix{1, 0, 0, 1, -v[1], -v[2]}
		return to.times(matrix{cos, sin, -sin, cos, 0, 0}).times(back), true
	case name == "skewX" && n == 1:
		return matrix{1, 0, math.Tan(v[0] * math.Pi / 180), 1, 0, 0}, true
	case name == "skewY" && n == 1:
		return matrix{1, math.Tan(v[0] * math.Pi / 180), 0, 1, 0, 0}, true
	}
	return unit, false
}
