package schema

import "strconv"

// maxPointer bounds the pointer of a fault, which would otherwise repeat the
// names of hostile input for every fault. A longer one stops at an ancestor.
const maxPointer = 1024

// maxFaults bounds what one check says about a document; nobody reads more.
const maxFaults = 64

// A place is where a value stands while a tree is walked. It becomes a pointer
// only when there is something to say: a pointer for each of many values under
// a long name would cost more than the whole document. The root is nil.
type place struct {
	parent *place
	name   string
	index  int // of an element; -1 for a member
}

func (p *place) in(name string) *place { return &place{p, name, -1} }

func (p *place) at(i int) *place { return &place{p, "", i} }

// pointer writes the place as an RFC 6901 JSON pointer.
func (p *place) pointer() string {
	pointer, _ := p.bounded()
	return pointer
}

// bounded also says whether the pointer is whole.
func (p *place) bounded() (pointer string, whole bool) {
	if p == nil {
		return "", true
	}
	parent, whole := p.parent.bounded()
	if !whole {
		return parent, false
	}
	name := p.name
	if p.index >= 0 {
		name = strconv.Itoa(p.index)
	}
	if len(parent)+len(name) >= maxPointer {
		return parent, false
	}
	return PointerTo(parent, name), true
}

// visit calls each for v and for everything in it, until each says no. What
// stands in @context are definitions and no values; package jsonld judges them.
func visit(v Value, p *place, each func(v Value, p *place) bool) bool {
	if !each(v, p) {
		return false
	}
	for i, item := range v.Items {
		if !visit(item, p.at(i), each) {
			return false
		}
	}
	for _, m := range v.Members {
		if m.Name != "@context" && !visit(m.Value, p.in(m.Name), each) {
			return false
		}
	}
	return true
}
