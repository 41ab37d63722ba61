package jsonld

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"merkki/schema"
)

// canonicalJSON writes a value in the form of RFC 8785 (JCS), which is the
// lexical form of a JSON literal (JSON-LD 1.1 API, section 8.6). A number that
// is none is written as it came.
func canonicalJSON(v schema.Value) string { return string(appendJSON(nil, v)) }

func appendJSON(b []byte, v schema.Value) []byte {
	switch v.Kind {
	case schema.Null:
		return append(b, "null"...)
	case schema.Bool:
		return strconv.AppendBool(b, v.True)
	case schema.Number:
		f, err := strconv.ParseFloat(v.Text, 64)
		if err != nil {
			return append(b, v.Text...)
		}
		return appendNumber(b, f)
	case schema.String:
		return appendString(b, v.Text)
	case schema.Array:
		b = append(b, '[')
		for i, item := range v.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, item)
		}
		return append(b, ']')
	}
	b = append(b, '{')
	members := slices.SortedFunc(slices.Values(v.Members), func(a, b schema.Member) int {
		return slices.Compare(utf16.Encode([]rune(a.Name)), utf16.Encode([]rune(b.Name)))
	})
	for i, m := range members {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(append(appendString(b, m.Name), ':'), m.Value)
	}
	return append(b, '}')
}

// appendNumber writes a number as ECMAScript does (RFC 8785, section 3.2.2.3).
func appendNumber(b []byte, f float64) []byte {
	abs := f
	if abs < 0 {
		abs = -abs
	}
	switch {
	case f == 0:
		return append(b, '0')
	case abs >= 1e-6 && abs < 1e21:
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	s := strconv.FormatFloat(f, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	return append(b, fmt.Sprintf("%se%s%s", mantissa, exponent[:1], strings.TrimLeft(exponent[1:], "0"))...)
}

// appendString writes a string with the escapes of RFC 8785, section 3.2.2.2.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"', c == '\\':
			b = append(b, '\\', c)
		case c >= 0x20:
			b = append(b, c)
		default:
			if k := strings.IndexByte("\b\t\n\f\r", c); k >= 0 {
				b = append(b, '\\', "btnfr"[k])
			} else {
				b = fmt.Appendf(b, `\u%04x`, c)
			}
		}
	}
	return append(b, '"')
}
