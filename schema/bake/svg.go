package bake

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"

	"merkki/schema"
)

// Bounds on a drawing. A tag stands between two "<", and each attribute has a
// "=": so counting those bounds what the XML reader keeps of one element.
const (
	maxXMLDepth      = 256
	maxXMLElements   = 100_000
	maxXMLAttributes = 10_000
)

const namespaceSVG = "http://www.w3.org/2000/svg"

// FromSVG finds the credential in an SVG. Faults: container.svg-malformed,
// container.limit, container.two-credentials, container.none,
// container.legacy-badge.
//
// No document type is accepted, but for the public ones of the W3C's own SVG
// versions, by name alone: that line stands in what drawing programs have written
// for years, declares nothing and is never retrieved.
func FromSVG(b []byte) (*Content, error) {
	d, err := scan(b)
	switch {
	case err != nil:
		return nil, err
	case len(d.found) > 1:
		return nil, twice()
	case len(d.found) == 1:
		return d.found[0].content()
	case d.legacy:
		return nil, legacy()
	}
	return nil, none("svg")
}

// A drawing is what reading an SVG to its end leaves.
type drawing struct {
	root   span   // the start tag
	found  []held // credential elements, in order
	legacy bool
}

// A span is a part of a file, in bytes.
type span struct{ from, to int }

// held is one credential element.
type held struct {
	at     span
	verify *string // the attribute
	text   []byte  // all text and CDATA within
}

func (h held) content() (*Content, error) {
	body := bytes.Trim(h.text, xmlSpace)
	switch {
	case h.verify != nil && len(body) > 0:
		return nil, twice()
	case h.verify != nil && *h.verify != "":
		return &Content{Credential: []byte(*h.verify), Place: "verify"}, nil
	case len(body) > 0:
		return &Content{Credential: body, Place: "credential"}, nil
	}
	return nil, none("svg")
}

// xmlSpace is the white space of XML and of JSON.
const xmlSpace = " \t\r\n"

// A reader goes through an SVG once.
type reader struct {
	xml             *xml.Decoder
	out             drawing
	depth, elements int
	inside          bool // a credential element
	typed           bool // a document type was there
}

// scan reads an SVG to its end.
func scan(b []byte) (*drawing, error) {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	for part := range bytes.SplitSeq(b, []byte("<")) {
		if n := bytes.Count(part, []byte("=")); n > maxXMLAttributes {
			return nil, limited("xml.attributes", maxXMLAttributes, n)
		}
	}
	r := reader{xml: xml.NewDecoder(bytes.NewReader(b))} // strict, no entities, no other encodings
	for {
		from := int(r.xml.InputOffset())
		token, err := r.xml.Token()
		if errors.Is(err, io.EOF) && r.depth == 0 && r.elements > 0 {
			return &r.out, nil
		}
		if err != nil {
			return nil, brokenSVG(from, "syntax")
		}
		if err := r.token(token, from); err != nil {
			return nil, err
		}
	}
}

func brokenSVG(offset int, reason string) *schema.Fault {
	return schema.Found("container.svg-malformed", "", map[string]any{"offset": offset, "reason": reason})
}

func (r *reader) token(token xml.Token, from int) error {
	switch t := token.(type) {
	case xml.StartElement:
		return r.start(t, span{from, int(r.xml.InputOffset())})
	case xml.EndElement:
		r.end()
	case xml.CharData:
		if r.depth == 0 && len(bytes.Trim(t, xmlSpace)) > 0 {
			return brokenSVG(from, "text outside")
		}
		if r.inside {
			h := &r.out.found[len(r.out.found)-1]
			h.text = append(h.text, t...)
		}
	case xml.Directive:
		if r.typed || r.elements > 0 || !publicType.Match(t) {
			return brokenSVG(from, "document type")
		}
		r.typed = true
	}
	return nil
}

// publicType is a document type declaration that names a version of SVG by its
// public identifier and has no internal subset.
var publicType = regexp.MustCompile(`^DOCTYPE\s+svg\s+PUBLIC\s+"-//W3C//DTD SVG [A-Za-z0-9. ]{1,40}//EN"(\s+"https?://www\.w3\.org/[A-Za-z0-9./_-]{1,100}")?\s*$`)

// start takes a start tag. What is no drawing at all is not read to its end.
func (r *reader) start(t xml.StartElement, at span) error {
	r.depth++
	r.elements++
	switch {
	case r.depth > maxXMLDepth:
		return limited("xml.depth", maxXMLDepth, r.depth)
	case r.elements > maxXMLElements:
		return limited("xml.elements", maxXMLElements, r.elements)
	case r.inside:
		return brokenSVG(at.from, "element inside the credential")
	case r.depth == 1 && r.elements > 1:
		return brokenSVG(at.from, "second root")
	case r.depth == 1 && t.Name.Local != "svg":
		return none("svg")
	case repeats(t.Attr):
		return brokenSVG(at.from, "attribute twice")
	}
	if r.depth == 1 {
		r.out.root = at
	}
	switch t.Name {
	case xml.Name{Space: namespaceLegacy, Local: "assertion"}:
		r.out.legacy = true
	case xml.Name{Space: namespaceBadge, Local: "credential"}, xml.Name{Space: namespaceCLR, Local: "credential"}:
		h := held{at: at}
		for _, a := range t.Attr {
			if a.Name == (xml.Name{Local: "verify"}) {
				h.verify = &a.Value
			}
		}
		r.out.found = append(r.out.found, h)
		r.inside = true
	}
	return nil
}

func (r *reader) end() {
	r.depth--
	if r.inside { // nothing else can end in it
		r.out.found[len(r.out.found)-1].at.to = int(r.xml.InputOffset())
		r.inside = false
	}
}

// repeats says whether an attribute stands twice, which the XML reader lets pass.
func repeats(attributes []xml.Attr) bool {
	if len(attributes) < 2 {
		return false
	}
	seen := make(map[xml.Name]bool, len(attributes))
	for _, a := range attributes {
		if seen[a.Name] {
			return true
		}
		seen[a.Name] = true
	}
	return false
}
