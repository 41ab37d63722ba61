package rdfcanon

import (
	"unicode/utf8"

	"merkki/schema/internal/swar"
)

const xsdString = "http://www.w3.org/2001/XMLSchema#string"

// appendQuad writes a line in the canonical form of N-Quads (RDFC-1.0,
// appendix A): one space between terms, nothing optional.
func appendQuad(b []byte, q Quad) []byte {
	b = append(appendTerm(b, &q.Subject), ' ')
	b = append(appendTerm(b, &q.Predicate), ' ')
	b = append(appendTerm(b, &q.Object), ' ')
	if q.Graph.Kind != 0 {
		b = append(appendTerm(b, &q.Graph), ' ')
	}
	return append(b, ".\n"...)
}

// appendTerm writes one term. IRIs and labels go out as they are: who makes
// quads has checked that an IRI holds nothing N-Quads does not allow there.
func appendTerm(b []byte, t *Term) []byte {
	switch t.Kind {
	case IRI:
		return append(append(append(b, '<'), t.Value...), '>')
	case Blank:
		return append(b, t.Value...)
	}
	b = append(appendEscaped(append(b, '"'), t.Value), '"')
	switch {
	case t.Language != "":
		return append(append(b, '@'), t.Language...)
	case t.Datatype != "" && t.Datatype != xsdString:
		return append(append(append(b, "^^<"...), t.Datatype...), '>')
	}
	return b
}

// appendEscaped writes a lexical form. Escaped are the characters with a short
// escape, the other controls, and what XML 1.1 does not call a Char.
func appendEscaped(b []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		if i+8 <= len(s) {
			if x := swar.Load(s, i); swar.Below(x, 0x20)|swar.Is(x, '"')|swar.Is(x, '\\')|swar.Is(x, 0x7f)|swar.High(x) == 0 {
				i += 8
				continue
			}
		}
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < 0x7f {
			i++
			continue
		}
		n := 1
		if c >= utf8.RuneSelf {
			// U+FFFE and U+FFFF are EF BF BE and EF BF BF.
			if c != 0xef || i+2 >= len(s) || s[i+1] != 0xbf || s[i+2] < 0xbe {
				i++
				continue
			}
			n = 3
		}
		b = append(b, s[from:i]...)
		if n == 3 {
			b = append(b, `\uFFF`...)
			b = append(b, "EF"[s[i+2]-0xbe])
		} else {
			b = appendEscape(b, c)
		}
		i += n
		from = i
	}
	return append(b, s[from:]...)
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '\b':
		return append(b, `\b`...)
	case '\t':
		return append(b, `\t`...)
	case '\n':
		return append(b, `\n`...)
	case '\f':
		return append(b, `\f`...)
	case '\r':
		return append(b, `\r`...)
	case '"', '\\':
		return append(b, '\\', c)
	}
	const hex = "0123456789ABCDEF"
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
