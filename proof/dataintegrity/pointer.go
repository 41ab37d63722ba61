package dataintegrity

import (
	"fmt"
	"strconv"
	"strings"

	"merkki/schema"
)

// A PointerError says that a JSON pointer (RFC 6901) reaches nothing in the
// document, or nothing that can be shown by itself.
type PointerError struct{ Pointer string }

func (e *PointerError) Error() string {
	return fmt.Sprintf("dataintegrity: %q points to nothing in the document that could be shown by itself", e.Pointer)
}

// A selection is a tree of what pointers reach.
type selection struct {
	all   bool // everything from here on
	below map[string]*selection
}

// selectBy marks what the pointers reach in a document.
func selectBy(document schema.Value, pointers []string) (*selection, error) {
	top := &selection{}
	for _, p := range pointers {
		if _, ok := schema.Resolve(document, p); !ok {
			return nil, &PointerError{p}
		}
		top.mark(p)
	}
	return top, nil
}

func (s *selection) mark(pointer string) {
	for _, token := range strings.Split(pointer, "/")[1:] {
		name := strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		if s.below == nil {
			s.below = map[string]*selection{}
		}
		if s.below[name] == nil {
			s.below[name] = &selection{}
		}
		s = s.below[name]
	}
	s.all = true
}

// of returns the selected part of a value (Data Integrity ECDSA Cryptosuites
// 1.0, section 3.4.14). An object on the way keeps the whole of its @context, its
// type, and its id unless that is a blank node's: without them what is below
// would mean something else. An array keeps the selected elements, closed up.
func (s *selection) of(v schema.Value) schema.Value {
	switch {
	case s.all:
		return v
	case v.Kind == schema.Array:
		var items []schema.Value
		for i, item := range v.Items {
			if below, ok := s.below[strconv.Itoa(i)]; ok {
				items = append(items, below.of(item))
			}
		}
		return schema.ArrayValue(items...)
	}
	out := schema.ObjectValue()
	for _, m := range v.Members {
		if below, ok := s.below[m.Name]; ok && !isFrame(m) {
			m.Value = below.of(m.Value)
		} else if !isFrame(m) {
			continue
		}
		out.Members = append(out.Members, m)
	}
	return out
}

// isFrame reports whether a member of an object is shown with anything below it.
func isFrame(m schema.Member) bool {
	switch m.Name {
	case "@context", "type":
		return true
	case "id":
		return !strings.HasPrefix(m.Value.Text, "_:")
	}
	return false
}
