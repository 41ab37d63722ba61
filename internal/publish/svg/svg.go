// Package svg reads drawings from outside and writes them anew from an allow-list:
// nothing of a file comes through that this package did not understand and write
// itself.
//
//	d, err := svg.Read(upload)
//	d.Bytes()            // the drawing, for browsers
//	p, err := d.Picture() // the same as outlines, for pixels and paper
//
// What comes through: groups, the basic shapes, paths, text, gradients, clip paths
// and local uses, with their geometry and their paint. Rules of a style element
// and style attributes become attributes. What is dropped without a word: scripts,
// event handlers, foreign objects, pictures and fonts inside, animation, links,
// filters, masks, metadata, whatever has another namespace. A value comes through
// if it is made of letters, digits and the signs of numbers and functions, so none
// can hold an address; the one reference is to an element of the same file.
//
// What is refused (container.svg-malformed, LIMIT_EXCEEDED): what is no well-formed
// SVG or declares entities, more than 10,000 elements, uses within uses counted, and
// a drawing without a size.
//
// Painting knows flat colours, strokes, transforms and uses. A drawing that needs
// more (text, gradients, transparency, clipping) is shown by browsers alone, and
// [Drawing.Picture] says what it was.
package svg

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"

	"merkki/schema"
	"merkki/schema/bake"
)

const (
	namespace   = "http://www.w3.org/2000/svg"
	maxElements = 10_000 // with those that uses repeat
	maxDepth    = 64
	maxSide     = 100_000.0 // of the view box, in its units
)

// A Drawing is a file that was read.
type Drawing struct {
	root                node
	x, y, width, height float64 // of the view box
	byID                map[string]*node
}

// A node is an element that came through, or, without a name, text.
type node struct {
	name  string
	attrs map[string]string
	text  string
	kids  []*node
}

// elements are those that come through.
var elements = words("g defs path rect circle ellipse line polyline polygon text tspan " +
	"linearGradient radialGradient stop clipPath use")

func words(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// Read reads a drawing.
func Read(b []byte) (*Drawing, error) {
	b, err := bake.CleanSVG(b) // judges form, depth and document types, and takes a credential out
	if err != nil {
		return nil, err
	}
	r := reader{xml: xml.NewDecoder(bytes.NewReader(b))}
	d := &Drawing{byID: map[string]*node{}}
	if err := r.read(d); err != nil {
		return nil, err
	}
	r.rules.apply(&d.root)
	if err := d.measure(); err != nil {
		return nil, err
	}
	d.root.index(d.byID)
	return d, d.tie()
}

// A reader goes through a file once.
type reader struct {
	xml      *xml.Decoder
	elements int
	rules    rules
}

func (r *reader) read(d *Drawing) error {
	open := []*node{{}}
	for {
		token, err := r.xml.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return malformed("syntax")
		}
		switch t := token.(type) {
		case xml.StartElement:
			if r.elements++; r.elements > maxElements {
				return limited(maxElements, r.elements)
			}
			top := open[len(open)-1]
			switch {
			case len(open) == 1 && t.Name != xml.Name{Space: namespace, Local: "svg"}:
				return malformed("root")
			case len(open) == 1:
				d.root = node{name: "svg", attrs: attributes(t.Attr)}
				open = append(open, &d.root)
			case t.Name == xml.Name{Space: namespace, Local: "style"}:
				if err := r.style(); err != nil {
					return err
				}
			case t.Name.Space != namespace || !elements[t.Name.Local] || len(open) > maxDepth:
				if err := r.xml.Skip(); err != nil {
					return malformed("syntax")
				}
			default:
				n := &node{name: t.Name.Local, attrs: attributes(t.Attr)}
				top.kids = append(top.kids, n)
				open = append(open, n)
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if top := open[len(open)-1]; top.name == "text" || top.name == "tspan" {
				top.kids = append(top.kids, &node{text: string(t)})
			}
		}
	}
}

// style reads the rules of a style element.
func (r *reader) style() error {
	var css strings.Builder
	for {
		token, err := r.xml.Token()
		if err != nil {
			return malformed("syntax")
		}
		switch t := token.(type) {
		case xml.CharData:
			css.Write(t)
		case xml.StartElement:
			return malformed("style")
		case xml.EndElement:
			r.rules.add(css.String())
			return nil
		}
	}
}

func (n *node) index(byID map[string]*node) {
	if id := n.attrs["id"]; id != "" && byID[id] == nil {
		byID[id] = n
	}
	for _, k := range n.kids {
		k.index(byID)
	}
}

var length = regexp.MustCompile(`^\s*([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)(px|pt|mm|cm|in)?\s*$`)

// units are the lengths of CSS in pixels.
var units = map[string]float64{"": 1, "px": 1, "pt": 96. / 72, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96}

// measure finds the view box: the root's own, or one from its width and height.
func (d *Drawing) measure() error {
	box := numbers(d.root.attrs["viewBox"])
	if len(box) != 4 {
		box = []float64{0, 0, 0, 0}
		for i, name := range []string{"width", "height"} {
			if m := length.FindStringSubmatch(d.root.attrs[name]); m != nil {
				v, _ := strconv.ParseFloat(m[1], 64) // a number by its form; what is too large is refused below
				box[2+i] = v * units[m[2]]
			}
		}
	}
	d.x, d.y, d.width, d.height = box[0], box[1], box[2], box[3]
	if !(d.width > 0 && d.height > 0 && d.width <= maxSide && d.height <= maxSide && math.Abs(d.x) <= maxSide && math.Abs(d.y) <= maxSide) {
		return malformed("size")
	}
	return nil
}

// Size is width and height in the units of the drawing.
func (d *Drawing) Size() (width, height float64) { return d.width, d.height }

// tie looks at the references of a drawing: those that lead nowhere, or to an
// element that is of another kind, are taken away. What a use repeats must not
// itself use anything, and is counted: so no drawing is much larger than its file.
func (d *Drawing) tie() error {
	total := d.root.size()
	var walk func(n *node, clipped bool)
	walk = func(n *node, clipped bool) {
		if id, ok := local(n.attrs["clip-path"]); ok && (clipped || d.byID[id] == nil || d.byID[id].name != "clipPath") {
			delete(n.attrs, "clip-path")
		}
		if n.name == "use" {
			to := d.byID[strings.TrimPrefix(n.attrs["href"], "#")]
			if to == nil || to.has("use") || to.name == "svg" || to.name == "clipPath" {
				n.name, n.attrs = "g", map[string]string{}
			} else {
				total += to.size()
			}
		}
		for _, k := range n.kids {
			walk(k, clipped || n.name == "clipPath")
		}
	}
	walk(&d.root, false)
	if total > maxElements {
		return limited(maxElements, total)
	}
	return nil
}

func (n *node) size() int {
	s := 1
	for _, k := range n.kids {
		s += k.size()
	}
	return s
}

func (n *node) has(name string) bool {
	if n.name == name {
		return true
	}
	for _, k := range n.kids {
		if k.has(name) {
			return true
		}
	}
	return false
}

func malformed(reason string) error {
	return schema.Found("container.svg-malformed", "", map[string]any{"offset": 0, "reason": reason})
}

func limited(most, found int) error {
	return schema.Refusal(schema.CodeLimitExceeded, "", map[string]any{"limit": "svg.elements", "max": most, "found": found})
}
