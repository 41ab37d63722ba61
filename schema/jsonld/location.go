package jsonld

import (
	"strconv"

	"merkki/schema"
)

// A location is where in a document something stands; nil is the whole.
type location struct {
	in    *location
	name  string
	index int
	item  bool // an element of an array, at index
}

// pointer writes the place as an RFC 6901 JSON pointer.
func (p *location) pointer() string {
	if p == nil {
		return ""
	}
	if p.item {
		return schema.PointerTo(p.in.pointer(), strconv.Itoa(p.index))
	}
	return schema.PointerTo(p.in.pointer(), p.name)
}
