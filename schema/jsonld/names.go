package jsonld

import (
	"context"
	"errors"
	"strconv"

	"merkki/schema"
)

// NameNodes returns a copy of a document in which every node object without an
// identifier has one: prefix and a number, and every blank node label has become
// an IRI with the prefix too. prefix is the beginning of an absolute IRI that
// occurs nowhere in the document. What is selected from the copy can so be
// recognised as a part of the whole (Data Integrity ECDSA Cryptosuites 1.0,
// section 3.4.6). The cells of lists and the names of graphs cannot be named in
// a document. Errors are those of [Register.Quads].
func (r *Register) NameNodes(ctx context.Context, root schema.Value, prefix string) (schema.Value, error) {
	list, err := r.entries(root)
	if err != nil {
		return schema.Value{}, err
	}
	top, err := r.top(list)
	if err != nil {
		return schema.Value{}, err
	}
	n := &naming{prefix: prefix}
	rd := &reader{scoper: scoper{register: r}, ctx: ctx, base: baseOf(list), naming: n}
	err = rd.read(top, root)
	if faults := rd.losses.sorted(); len(faults) > 0 {
		return schema.Value{}, faults
	}
	if err != nil {
		return schema.Value{}, err
	}
	if n.unnameable {
		return schema.Value{}, errors.New(`jsonld: a node in whose scope "id" is not the identifier`)
	}
	return n.apply(root, &n.top), nil
}

// A naming collects where a document has nodes without a name.
type naming struct {
	prefix     string
	top        place
	unnameable bool
	count      int
}

// A place is where something in a document stands, if there is anything to be
// done there or below. Pointers would say the same, and be as long as the names
// in a hostile document.
type place struct {
	node, label bool // a node object without identifier; a blank node label
	members     map[string]*place
	items       map[int]*place
}

// find returns the place of a location.
func (n *naming) find(at *location) *place {
	if at == nil {
		return &n.top
	}
	p := n.find(at.in)
	if at.item {
		return below(&p.items, at.index)
	}
	return below(&p.members, at.name)
}

func below[K comparable](m *map[K]*place, k K) *place {
	if *m == nil {
		*m = map[K]*place{}
	}
	if (*m)[k] == nil {
		(*m)[k] = &place{}
	}
	return (*m)[k]
}

// node notes a node object that is read in context c.
func (n *naming) node(c *active, v schema.Value, at *location) {
	for i := range v.Members {
		if c.expand(v.Members[i].Name, true) == "@id" {
			return
		}
	}
	n.unnameable = n.unnameable || c.expand("id", true) != "@id"
	n.find(at).node = true
}

func (n *naming) label(at *location) { n.find(at).label = true }

// apply writes the names.
func (n *naming) apply(v schema.Value, p *place) schema.Value {
	switch {
	case p == nil:
		return v
	case p.label:
		return schema.StringValue(n.prefix + "l" + v.Text[len("_:"):])
	case v.Kind == schema.Array:
		items := make([]schema.Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = n.apply(item, p.items[i])
		}
		return schema.ArrayValue(items...)
	}
	members := make([]schema.Member, 0, len(v.Members)+1)
	for _, m := range v.Members {
		members = append(members, schema.Member{Name: m.Name, Value: n.apply(m.Value, p.members[m.Name])})
	}
	if p.node {
		members = append(members, schema.Member{Name: "id", Value: schema.StringValue(n.prefix + "n" + strconv.Itoa(n.count))})
		n.count++
	}
	return schema.ObjectValue(members...)
}
