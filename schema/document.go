package schema

import "sync"

// Limits bound what the parser reads; zero fields mean the defaults (security
// model, section 5).
type Limits struct {
	Bytes   int // of the document; default 1 MiB
	Depth   int // of arrays and objects in each other; default 64
	Values  int // of every type, containers included; default 20,000
	Objects int // default 2,000
	Members int // of one object; default 512
}

func (l Limits) orDefault() Limits {
	for _, f := range []struct {
		field *int
		def   int
	}{{&l.Bytes, 1 << 20}, {&l.Depth, 64}, {&l.Values, 20_000}, {&l.Objects, 2_000}, {&l.Members, 512}} {
		if *f.field <= 0 {
			*f.field = f.def
		}
	}
	return l
}

// A Document is the strict parse of one JSON object: the bytes as they came,
// and the one tree from which every view is made. It cannot be changed.
type Document struct {
	raw  string
	root Value
}

// Parse reads a JSON object under the rules of the security model, section
// 6.2: I-JSON (RFC 7493) and a little more. The error is a [*Fault] of the
// checks input.size, input.container (nothing at all, or a JWS in JSON
// serialisation, which is named if it is a kind that is known) or document.syntax; it has the place as an RFC 6901 pointer
// and, where there is one, as a byte offset in Args["offset"].
func Parse(b []byte, l Limits) (*Document, error) {
	l = l.orDefault()
	if len(b) > l.Bytes {
		return nil, exceeded("size.too-large", "", "document.bytes", l.Bytes, len(b))
	}
	if len(b) == 0 {
		return nil, Found("container.empty", "", nil)
	}
	raw := string(b)
	if f := checkEncoding(raw); f != nil {
		return nil, f
	}
	p := parser{in: raw, limits: l, stacks: spare.Get().(*stacks)}
	root, f := p.document()
	p.release()
	if f != nil {
		return nil, f
	}
	if isJSONSerialisedJWS(root) {
		return nil, sealedFault(root)
	}
	if f := checkCounts(root); f != nil {
		return nil, f
	}
	return &Document{raw: raw, root: root}, nil
}

// Build makes a document from a tree that was built rather than read: it is
// marshalled and read back under the default limits, so that a built document
// obeys the same rules.
func Build(root Value) (*Document, error) {
	b := texts.Get().(*[]byte)
	*b = appendValue((*b)[:0], root)
	d, err := Parse(*b, Limits{})
	if cap(*b) <= 1<<16 {
		texts.Put(b)
	}
	return d, err
}

var spare = sync.Pool{New: func() any { return &stacks{make([]Member, 0, 32), make([]Value, 0, 32)} }}

// release gives the stacks back, empty, unless a large document has made them
// large.
func (s *stacks) release() {
	if cap(s.members) > 256 || cap(s.items) > 256 {
		return
	}
	clear(s.members[:cap(s.members)]) // keeps no document alive
	clear(s.items[:cap(s.items)])
	s.members, s.items = s.members[:0], s.items[:0]
	spare.Put(s)
}

// texts are what Build writes into; Parse keeps a copy.
var texts = sync.Pool{New: func() any { return new([]byte) }}

// Raw returns a copy of the bytes as they were read.
func (d *Document) Raw() []byte { return []byte(d.raw) }

// Root returns the object.
func (d *Document) Root() Value { return d.root }

// isJSONSerialisedJWS recognises the form of RFC 7515, section 7.2.
func isJSONSerialisedJWS(v Value) bool {
	return has(v, "payload") && (has(v, "signature") || has(v, "signatures")) && !has(v, "@context")
}

func exceeded(finding, pointer, limit string, maximum, found int) *Fault {
	return Found(finding, pointer, map[string]any{"limit": limit, "max": maximum, "found": found})
}
