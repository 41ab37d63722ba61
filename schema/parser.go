package schema

import (
	"slices"
	"strconv"
	"strings"
)

const jsonSpace = " \t\r\n"

// A parser reads RFC 8259 by recursive descent, bounded by limits.Depth. Its
// input is valid UTF-8. Strings without escapes share the input's memory.
type parser struct {
	in      string
	at      int
	limits  Limits
	path    []step // to the value being read; becomes a pointer only in a fault
	values  int
	objects int

	*stacks
}

// stacks are where the parser keeps what is open; one parser after another uses
// them.
type stacks struct {
	members []Member // of the objects being read, the innermost last
	items   []Value  // of the arrays being read
}

// A step is a member name or, when index ≥ 0, a place in an array.
type step struct {
	name  string
	index int
}

func (p *parser) document() (Value, *Fault) {
	p.space()
	if c := p.peek(); c != '{' && p.at < len(p.in) {
		return Value{}, p.notAnObject()
	}
	v, f := p.value()
	if f != nil {
		return v, f
	}
	p.space()
	if p.at < len(p.in) {
		return v, p.fault("syntax.trailing-data", nil)
	}
	return v, nil
}

// notAnObject decides between a JSON value that is no object and no JSON at
// all, so that the finding is true of what was sent.
func (p *parser) notAnObject() *Fault {
	start := p.at
	if _, f := p.value(); f != nil {
		return f
	}
	p.at = start
	return p.fault("syntax.not-an-object", nil)
}

func (p *parser) value() (Value, *Fault) {
	if p.values++; p.values > p.limits.Values {
		return Value{}, p.exceeded("syntax.values", "json.values", p.limits.Values)
	}
	switch c := p.peek(); {
	case c == '"':
		s, f := p.string()
		return Value{Kind: String, Text: s}, f
	case c == '{':
		return p.object()
	case c == '[':
		return p.array()
	case c == '-' || isDigit(c):
		return p.number()
	}
	for _, word := range literals {
		if strings.HasPrefix(p.in[p.at:], word.text) {
			p.at += len(word.text)
			return word.value, nil
		}
	}
	return Value{}, p.notJSON()
}

var literals = [...]struct {
	text  string
	value Value
}{
	{"true", Value{Kind: Bool, True: true}},
	{"false", Value{Kind: Bool}},
	{"null", Value{}},
}

func (p *parser) object() (Value, *Fault) {
	v := Value{Kind: Object}
	if p.objects++; p.objects > p.limits.Objects {
		return v, p.exceeded("syntax.values", "json.objects", p.limits.Objects)
	}
	if len(p.path) >= p.limits.Depth {
		return v, p.exceeded("syntax.depth", "json.depth", p.limits.Depth)
	}
	p.at++
	if p.skip('}') {
		return v, nil
	}
	var names nameSet
	from := len(p.members)
	p.path = append(p.path, step{index: -1})
	for {
		p.space()
		start := p.at
		if p.peek() != '"' {
			return v, p.notJSON()
		}
		name, f := p.string()
		if f != nil {
			return v, f
		}
		p.path[len(p.path)-1].name = name
		if len(p.members)-from == p.limits.Members {
			return v, p.exceeded("syntax.values", "json.members", p.limits.Members)
		}
		if !names.add(name, p.members[from:]) {
			p.at = start
			return v, p.fault("syntax.duplicate-name", map[string]any{"name": name})
		}
		if !p.skip(':') {
			return v, p.notJSON()
		}
		p.space()
		member, f := p.value()
		if f != nil {
			return v, f
		}
		p.members = append(p.members, Member{name, member})
		if p.skip(',') {
			continue
		}
		if p.skip('}') {
			p.path = p.path[:len(p.path)-1]
			v.Members = slices.Clone(p.members[from:])
			p.members = p.members[:from]
			return v, nil
		}
		return v, p.notJSON()
	}
}

func (p *parser) array() (Value, *Fault) {
	v := Value{Kind: Array}
	if len(p.path) >= p.limits.Depth {
		return v, p.exceeded("syntax.depth", "json.depth", p.limits.Depth)
	}
	p.at++
	if p.skip(']') {
		return v, nil
	}
	from := len(p.items)
	p.path = append(p.path, step{})
	for {
		p.path[len(p.path)-1].index = len(p.items) - from
		p.space()
		item, f := p.value()
		if f != nil {
			return v, f
		}
		p.items = append(p.items, item)
		if p.skip(',') {
			continue
		}
		if p.skip(']') {
			p.path = p.path[:len(p.path)-1]
			v.Items = slices.Clone(p.items[from:])
			p.items = p.items[:from]
			return v, nil
		}
		return v, p.notJSON()
	}
}

// A nameSet finds names that stand twice in an object. Small objects are looked
// through, which is quicker than a map and bounded by smallObject.
type nameSet struct{ large map[string]bool }

const smallObject = 16

func (s *nameSet) add(name string, before []Member) bool {
	if len(before) < smallObject {
		for i := range before {
			if before[i].Name == name {
				return false
			}
		}
		return true
	}
	if s.large == nil {
		s.large = make(map[string]bool, 2*smallObject)
		for i := range before {
			s.large[before[i].Name] = true
		}
	}
	if s.large[name] {
		return false
	}
	s.large[name] = true
	return true
}

// peek returns the next byte, or 0 at the end; U+0000 stands nowhere in JSON
// outside a string, and inside one only escaped.
func (p *parser) peek() byte {
	if p.at < len(p.in) {
		return p.in[p.at]
	}
	return 0
}

func (p *parser) space() {
	for p.at < len(p.in) {
		switch p.in[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

// skip goes over white space and then over c, if c is next.
func (p *parser) skip(c byte) bool {
	p.space()
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

func (p *parser) notJSON() *Fault {
	found := "end of text"
	for _, r := range p.in[min(p.at, len(p.in)):] {
		found = strconv.QuoteRune(r)
		break
	}
	return p.fault("syntax.not-json", map[string]any{"found": found})
}

func (p *parser) exceeded(finding, limit string, maximum int) *Fault {
	return p.fault(finding, map[string]any{"limit": limit, "max": maximum})
}

func (p *parser) fault(finding string, args map[string]any) *Fault {
	if args == nil {
		args = map[string]any{}
	}
	args["offset"] = p.at
	return Found(finding, pointerAt(p.path), args)
}

// pointerAt writes a path, and members after it, as a pointer.
func pointerAt(path []step, members ...string) string {
	var at *place
	for _, s := range path {
		at = &place{at, s.name, s.index}
	}
	for _, m := range members {
		at = at.in(m)
	}
	return at.pointer()
}
