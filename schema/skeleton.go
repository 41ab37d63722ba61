package schema

import (
	"strconv"
	"strings"
)

// Shape returns what a document has in common with others that were written to
// one pattern: the names in order, nesting, lengths of arrays, numbers, booleans
// and nulls, @context and type as they stand, and of every other string only
// whether it is like an IRI, its scheme, and which of these are the same. Of two
// documents of one shape the one expands without loss where the other does, but
// for what the strings themselves are. The text is for comparing whole and for
// nothing else; it is about as long as the names of the document.
func Shape(v Value) string {
	s := shaper{seen: map[string]int{}}
	s.value(v)
	return s.b.String()
}

type shaper struct {
	b    strings.Builder
	seen map[string]int // strings that are like IRIs, numbered as they come
}

func (s *shaper) value(v Value) {
	switch v.Kind {
	case Object:
		s.b.WriteByte('{')
		for _, m := range v.Members {
			s.b.WriteString(strconv.Quote(m.Name))
			if m.Name == "@context" || m.Name == "type" || m.Name == "@type" {
				s.b.Write(Marshal(m.Value))
			} else {
				s.value(m.Value)
			}
			s.b.WriteByte(',')
		}
		s.b.WriteByte('}')
	case Array:
		s.b.WriteByte('[')
		for _, item := range v.Items {
			s.value(item)
			s.b.WriteByte(',')
		}
		s.b.WriteByte(']')
	case String:
		s.text(v.Text)
	default:
		s.b.Write(Marshal(v))
	}
}

// text writes a string: nothing of it, or the scheme and which IRI it is.
func (s *shaper) text(text string) {
	scheme, _, ok := strings.Cut(text, ":")
	if !ok || strings.ContainsAny(scheme, " \"\\") || len(scheme) > 64 {
		s.b.WriteByte('.')
		return
	}
	n, ok := s.seen[text]
	if !ok {
		n = len(s.seen)
		s.seen[text] = n
	}
	s.b.WriteString(strconv.Quote(scheme))
	s.b.WriteString(strconv.Itoa(n))
}
