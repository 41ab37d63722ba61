package jsonld

import (
	"slices"
	"strconv"
	"strings"
)

// A location is where in a document something stands; nil is the whole. It
// becomes text only when there is something to say about it.
type location struct {
	in    *location
	name  string
	index int
	item  bool // an element of an array, at index
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// pointer writes the location as an RFC 6901 JSON pointer.
func (p *location) pointer() string {
	var steps []*location
	for ; p != nil; p = p.in {
		steps = append(steps, p)
	}
	var b strings.Builder
	for _, s := range slices.Backward(steps) {
		b.WriteByte('/')
		if s.item {
			b.WriteString(strconv.Itoa(s.index))
		} else {
			_, _ = pointerEscapes.WriteString(&b, s.name)
		}
	}
	return b.String()
}
