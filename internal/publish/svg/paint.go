package svg

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"merkki/internal/publish/draw"
)

// An UnpaintedError says that a drawing needs something that pixels and paper are
// not painted with here.
type UnpaintedError struct {
	Feature string // text, gradient, transparency, clipping, transform, colour, dashes or size
}

func (e *UnpaintedError) Error() string {
	return fmt.Sprintf("svg: this drawing is shown by browsers alone: it has %s", e.Feature)
}

// maxPoints bounds what is painted.
const maxPoints = 200_000

// Picture paints the drawing as filled outlines, from 0, 0 to its size. The error
// is an [*UnpaintedError].
func (d *Drawing) Picture() (*draw.Picture, error) {
	p := painter{d: d, out: &draw.Picture{Width: d.width, Height: d.height}}
	start := state{to: matrix{1, 0, 0, 1, -d.x, -d.y}, fill: "black", stroke: "none", width: 1, cap: "butt", join: "miter", rule: "nonzero", colour: "black", shown: true}
	if err := p.node(&d.root, start); err != nil {
		return nil, err
	}
	return p.out, nil
}

type painter struct {
	d      *Drawing
	out    *draw.Picture
	points int
}

// A state is what elements inherit.
type state struct {
	to                        matrix
	fill, stroke, rule        string
	cap, join, colour, dashes string
	width                     float64
	shown                     bool
}

func unpainted(feature string) error { return &UnpaintedError{feature} }

// inherit reads the attributes of an element.
func (s state) inherit(n *node, d *Drawing) (state, error) {
	for name, to := range map[string]*string{"fill": &s.fill, "stroke": &s.stroke, "fill-rule": &s.rule,
		"stroke-linecap": &s.cap, "stroke-linejoin": &s.join, "color": &s.colour, "stroke-dasharray": &s.dashes} {
		if v, ok := n.attrs[name]; ok && v != "inherit" {
			*to = v
		}
	}
	if v, ok := n.attrs["stroke-width"]; ok {
		m := length.FindStringSubmatch(v)
		if m == nil {
			return s, unpainted("size")
		}
		w, _ := strconv.ParseFloat(m[1], 64) // a number by its form
		s.width = w * units[m[2]]
	}
	for _, name := range []string{"opacity", "fill-opacity", "stroke-opacity"} {
		if v, ok := n.attrs[name]; ok {
			switch o := numbers(v); {
			case len(o) != 1 || strings.Contains(v, "%") || o[0] > 0 && o[0] < 1:
				return s, unpainted("transparency")
			case o[0] <= 0 && name == "fill-opacity":
				s.fill = "none"
			case o[0] <= 0 && name == "stroke-opacity":
				s.stroke = "none"
			case o[0] <= 0:
				s.shown = false
			}
		}
	}
	if v := n.attrs["display"]; v == "none" {
		s.shown = false
	}
	if v := n.attrs["visibility"]; v == "hidden" || v == "collapse" {
		s.shown = false
	}
	if id, ok := local(n.attrs["clip-path"]); ok && !d.coversAll(d.byID[id]) {
		return s, unpainted("clipping")
	}
	if t, ok := n.attrs["transform"]; ok && n.name != "svg" {
		m, ok := transformOf(t)
		if !ok {
			return s, unpainted("transform")
		}
		s.to = s.to.times(m)
	}
	return s, nil
}

// coversAll reports whether a clip path is one rectangle around the whole view
// box, as some programs write around everything: it clips nothing.
func (d *Drawing) coversAll(clip *node) bool {
	if clip == nil || len(clip.kids) != 1 || clip.kids[0].name != "rect" || clip.attrs["transform"] != "" || clip.kids[0].attrs["transform"] != "" || clip.attrs["clipPathUnits"] == "objectBoundingBox" {
		return false
	}
	r := clip.kids[0]
	x, y := r.number("x"), r.number("y")
	return x <= d.x && y <= d.y && x+r.number("width") >= d.x+d.width && y+r.number("height") >= d.y+d.height
}

// number is an attribute in the units of the drawing, 0 where it has none.
func (n *node) number(name string) float64 {
	v := numbers(n.attrs[name])
	if len(v) == 0 || strings.Contains(n.attrs[name], "%") {
		return 0
	}
	return v[0]
}

func (p *painter) node(n *node, s state) error {
	s, err := s.inherit(n, p.d)
	if err != nil || !s.shown {
		return err
	}
	switch n.name {
	case "svg", "g":
		return p.kids(n, s)
	case "defs", "clipPath", "linearGradient", "radialGradient", "stop":
		return nil
	case "use":
		s.to = s.to.times(matrix{1, 0, 0, 1, n.number("x"), n.number("y")})
		return p.node(p.d.byID[n.attrs["href"][1:]], s)
	case "text", "tspan":
		return unpainted("text")
	}
	for _, name := range []string{"x", "y", "width", "height", "r", "rx", "ry", "cx", "cy", "x1", "y1", "x2", "y2"} {
		if v := n.attrs[name]; strings.ContainsAny(v, "%ptmci") && v != "auto" && !strings.HasSuffix(v, "px") {
			return unpainted("size")
		}
	}
	return p.shape(outlineOf(n), s)
}

func (p *painter) kids(n *node, s state) error {
	for _, k := range n.kids {
		if err := p.node(k, s); err != nil {
			return err
		}
	}
	return nil
}

// shape fills and strokes an outline.
func (p *painter) shape(path draw.Path, s state) error {
	if len(path) == 0 {
		return nil
	}
	if p.points += len(path); p.points > maxPoints || len(path)*curvePieces > maxPoints {
		return unpainted("size")
	}
	if c, ok, err := colourOf(s.fill, s.colour); err != nil {
		return err
	} else if ok {
		filled := s.to.path(path)
		if s.rule == "evenodd" {
			filled = nested(filled)
		}
		p.out.Fill(c, closed(filled))
	}
	c, ok, err := colourOf(s.stroke, s.colour)
	if err != nil || !ok || s.width <= 0 {
		return err
	}
	if s.dashes != "" && s.dashes != "none" {
		return unpainted("dashes")
	}
	stroke := strokeOf(path, s)
	if p.points += len(stroke); p.points > maxPoints {
		return unpainted("size")
	}
	p.out.Fill(c, s.to.path(stroke))
	return nil
}

// closed ends every outline, as filling does.
func closed(p draw.Path) draw.Path {
	var out draw.Path
	open := false
	for _, s := range p {
		if s.Op == draw.Move && open {
			out.Close()
		}
		open = s.Op != draw.Close
		out = append(out, s)
	}
	if open {
		out.Close()
	}
	return out
}

// outlineOf makes a path of a basic shape (SVG 2, section 10).
func outlineOf(n *node) draw.Path {
	v := n.number
	switch n.name {
	case "path":
		return pathOf(n.attrs["d"])
	case "rect":
		return rectOf(v("x"), v("y"), v("width"), v("height"), n)
	case "circle":
		return ellipseOf(v("cx"), v("cy"), v("r"), v("r"))
	case "ellipse":
		return ellipseOf(v("cx"), v("cy"), v("rx"), v("ry"))
	case "line":
		var p draw.Path
		p.MoveTo(draw.Point{X: v("x1"), Y: v("y1")})
		p.LineTo(draw.Point{X: v("x2"), Y: v("y2")})
		return p
	case "polyline", "polygon":
		all := numbers(n.attrs["points"])
		var p draw.Path
		for i := 0; i+1 < len(all); i += 2 {
			if a := (draw.Point{X: all[i], Y: all[i+1]}); i == 0 {
				p.MoveTo(a)
			} else {
				p.LineTo(a)
			}
		}
		if n.name == "polygon" && len(p) > 0 {
			p.Close()
		}
		return p
	}
	return nil
}

func rectOf(x, y, w, h float64, n *node) draw.Path {
	if w <= 0 || h <= 0 {
		return nil
	}
	rx, ry := n.number("rx"), n.number("ry")
	if _, ok := n.attrs["rx"]; !ok {
		rx = ry
	}
	if _, ok := n.attrs["ry"]; !ok {
		ry = rx
	}
	rx, ry = min(rx, w/2), min(ry, h/2)
	if rx <= 0 || ry <= 0 {
		return draw.Rect(x, y, w, h)
	}
	k := rx / ry // a round rectangle in another measure, stretched
	return matrix{k, 0, 0, 1, x, y}.path(draw.RoundRect(0, 0, w/k, h, ry))
}

func ellipseOf(x, y, rx, ry float64) draw.Path {
	if rx <= 0 || ry <= 0 {
		return nil
	}
	return matrix{rx, 0, 0, ry, x, y}.path(draw.Circle(0, 0, 1))
}

// names are the colours by name that drawing programs write.
var names = map[string]draw.Colour{
	"black": {}, "white": {R: 255, G: 255, B: 255}, "red": {R: 255}, "lime": {G: 255}, "blue": {B: 255}, "green": {G: 128},
	"yellow": {R: 255, G: 255}, "navy": {B: 128}, "maroon": {R: 128}, "teal": {G: 128, B: 128}, "purple": {R: 128, B: 128},
	"olive": {R: 128, G: 128}, "gray": {R: 128, G: 128, B: 128}, "grey": {R: 128, G: 128, B: 128}, "silver": {R: 192, G: 192, B: 192},
	"orange": {R: 255, G: 165}, "gold": {R: 255, G: 215}, "crimson": {R: 220, G: 20, B: 60}, "indigo": {R: 75, B: 130},
	"darkblue": {B: 139}, "darkgreen": {G: 100}, "darkred": {R: 139}, "steelblue": {R: 70, G: 130, B: 180}, "tomato": {R: 255, G: 99, B: 71},
}

// colourOf reads a paint; ok is false for none.
func colourOf(s, current string) (c draw.Colour, ok bool, err error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "currentcolor" {
		s = strings.ToLower(current)
	}
	if s == "none" || s == "transparent" {
		return c, false, nil
	}
	if _, ok := local(s); ok || strings.HasPrefix(s, "url(") {
		return c, false, unpainted("gradient")
	}
	if named, ok := names[s]; ok {
		return named, true, nil
	}
	if len(s) == 4 && s[0] == '#' {
		s = string([]byte{'#', s[1], s[1], s[2], s[2], s[3], s[3]})
	}
	if c, err = draw.ParseColour(s); err == nil {
		return c, true, nil
	}
	if in, ok := strings.CutPrefix(s, "rgb("); ok && !strings.Contains(in, "%") {
		if v := numbers(in); len(v) == 3 {
			at := func(i int) uint8 { return uint8(math.Round(min(max(v[i], 0), 255))) }
			return draw.Colour{R: at(0), G: at(1), B: at(2)}, true, nil
		}
	}
	return c, false, unpainted("colour")
}
