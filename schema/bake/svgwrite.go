package bake

import (
	"bytes"
	"encoding/xml"
)

// IntoSVG returns the SVG with the credential in it, directly after the start tag
// of its root: a JWS in the attribute verify, JSON in CDATA. In JSON "]]>" becomes
// "]]\u003e", which says the same and does not end the CDATA. Faults are those of
// [FromSVG] and, for the credential, as for [IntoPNG]; what has no root in the
// namespace of SVG is container.svg-malformed.
func IntoSVG(image, credential []byte) ([]byte, error) {
	credential = bytes.Trim(credential, xmlSpace)
	token, err := secured(credential)
	if err != nil {
		return nil, err
	}
	image = bytes.TrimPrefix(image, []byte("\ufeff"))
	d, err := scan(image)
	if err != nil {
		return nil, err
	}
	if len(d.found) > 0 {
		return nil, twice()
	}
	text := credential
	if !token {
		text = inCDATA(credential)
	}
	out, err := d.insert(image, func(declare string) []byte { return element(text, token, declare) })
	if err != nil {
		return nil, err
	}
	return readBack(out, text, FromSVG)
}

// CleanSVG returns the SVG without its credential elements.
func CleanSVG(image []byte) ([]byte, error) {
	image = bytes.TrimPrefix(image, []byte("\ufeff"))
	d, err := scan(image)
	if err != nil {
		return nil, err
	}
	var out []byte
	at := 0
	for _, h := range d.found {
		out = append(out, image[at:h.at.from]...)
		at = h.at.to
	}
	return append(out, image[at:]...), nil
}

// inCDATA writes JSON so that it comes out of CDATA as it went in. The characters
// that need it stand in strings only, where an escape says the same; a carriage
// return, which XML reads as a line feed, stands only between values.
func inCDATA(json []byte) []byte {
	for _, c := range [][2]string{{"]]>", `]]\u003e`}, {"\ufffe", `\ufffe`}, {"\uffff", `\uffff`}, {"\r\n", "\n"}, {"\r", "\n"}} {
		json = bytes.ReplaceAll(json, []byte(c[0]), []byte(c[1]))
	}
	return json
}

// element writes the credential element. declare is a declaration of its prefix,
// or nothing where the root has one.
func element(text []byte, token bool, declare string) []byte {
	var out bytes.Buffer
	out.WriteString("<openbadges:credential" + declare)
	if token {
		out.WriteString(` verify="` + string(text) + `"></openbadges:credential>`)
	} else {
		out.WriteString("><![CDATA[" + string(text) + "]]></openbadges:credential>")
	}
	return out.Bytes()
}

// insert puts an element after the root's start tag. The prefix is declared in
// that tag, as the specification has it; where the tag gives it another meaning
// (Open Badges 2 uses the same prefix), on the element.
func (d *drawing) insert(image []byte, element func(declare string) []byte) ([]byte, error) {
	tag := image[d.root.from:d.root.to]
	name, declared, err := rootOf(tag)
	if err != nil {
		return nil, brokenSVG(d.root.from, "root")
	}
	const declaration = ` xmlns:openbadges="` + namespaceBadge + `"`
	onElement, onRoot := "", ""
	switch declared {
	case "":
		onRoot = declaration
	case namespaceBadge:
	default:
		onElement = declaration
	}
	afterName := d.root.from + 1 + len(name)
	out := append([]byte(nil), image[:afterName]...)
	out = append(out, onRoot...)
	rest := image[afterName:d.root.to]
	closed := bytes.HasSuffix(rest, []byte("/>"))
	if closed {
		rest = append(bytes.Clone(rest[:len(rest)-2]), '>')
	}
	out = append(out, rest...)
	out = append(out, element(onElement)...)
	if closed {
		out = append(out, "</"+name+">"...)
	}
	return append(out, image[d.root.to:]...), nil
}

// rootOf reads the start tag of an SVG: its name as written, and what the prefix
// openbadges means there.
func rootOf(tag []byte) (name, declared string, err error) {
	token, err := xml.NewDecoder(bytes.NewReader(tag)).Token()
	start, ok := token.(xml.StartElement)
	if err != nil || !ok || start.Name != (xml.Name{Space: namespaceSVG, Local: "svg"}) {
		return "", "", brokenSVG(0, "root")
	}
	for _, a := range start.Attr {
		if a.Name == (xml.Name{Space: "xmlns", Local: "openbadges"}) {
			declared = a.Value
		}
	}
	end := bytes.IndexAny(tag, " \t\r\n/>")
	return string(tag[1:end]), declared, nil
}
