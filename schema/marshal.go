package schema

import "fmt"

// Marshal writes v as JSON: members in order, numbers as they were spelled, no
// insignificant white space, no HTML escaping, a final newline never.
func Marshal(v Value) []byte { return appendValue(nil, v) }

// AppendJSON is Marshal into memory that is at hand.
func AppendJSON(b []byte, v Value) []byte { return appendValue(b, v) }

func appendValue(b []byte, v Value) []byte {
	switch v.Kind {
	case Bool:
		return fmt.Append(b, v.True)
	case Number:
		return append(b, v.Text...)
	case String:
		return appendString(b, v.Text)
	case Array:
		b = append(b, '[')
		for i, item := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendValue(b, item)
		}
		return append(b, ']')
	case Object:
		b = append(b, '{')
		for i, m := range v.Members {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, m.Name)
			b = append(b, ':')
			b = appendValue(b, m.Value)
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

// appendString escapes only what RFC 8259, section 7, says must be.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for {
		i := ordinary(s)
		b = append(b, s[:i]...)
		if i == len(s) {
			return append(b, '"')
		}
		switch c := s[i]; c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = fmt.Appendf(b, `\u%04x`, c)
		}
		s = s[i+1:]
	}
}
