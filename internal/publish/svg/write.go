package svg

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Bytes writes the drawing: the same drawing is the same bytes.
func (d *Drawing) Bytes() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<svg xmlns="%s" viewBox="%g %g %g %g" width="%g" height="%g"`,
		namespace, d.x, d.y, d.width, d.height, d.width, d.height)
	for _, name := range slices.Sorted(maps.Keys(d.root.attrs)) {
		if paint[name] {
			attribute(&b, name, d.root.attrs[name])
		}
	}
	b.WriteString(">\n")
	for _, k := range d.root.kids {
		k.write(&b, false)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// write writes a node; within text white space is kept as it is.
func (n *node) write(b *bytes.Buffer, inText bool) {
	if n.name == "" {
		escape(b, n.text)
		return
	}
	b.WriteString("<" + n.name)
	for _, name := range slices.Sorted(maps.Keys(n.attrs)) {
		attribute(b, name, n.attrs[name])
	}
	inText = inText || n.name == "text"
	if len(n.kids) == 0 {
		b.WriteString("/>")
	} else {
		b.WriteString(">")
		for _, k := range n.kids {
			k.write(b, inText)
		}
		b.WriteString("</" + n.name + ">")
	}
	if !inText || n.name == "text" {
		b.WriteString("\n")
	}
}

func attribute(b *bytes.Buffer, name, v string) {
	b.WriteString(" " + name + `="`)
	escape(b, strings.Join(strings.Fields(v), " "))
	b.WriteString(`"`)
}

func escape(b *bytes.Buffer, s string) {
	_ = xml.EscapeText(b, []byte(s)) // a Buffer takes everything
}
