// Package jcs writes JSON in the one form of RFC 8785, the JSON
// Canonicalization Scheme, so that the same content always gives the same
// bytes to hash.
//
//	b, err := jcs.Marshal(doc.Root())
//
// Names are sorted by UTF-16 code units, numbers are written as ECMAScript
// writes them, strings escape what they must and nothing else, and there is no
// white space. A number is its IEEE 754 value: 1, 1.0 and 10e-1 give the same
// bytes, so nobody may decide by how a number is spelled in a document that a
// JCS signature covers.
package jcs

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"merkki/schema"
)

// Marshal returns the canonical form of v. What the strict parser read never
// fails; the error is about a tree that was built otherwise: a number that is
// no JSON number or beyond the range of a double, text that is not UTF-8, or an
// object with two members of one name (RFC 8785, section 3.1).
func Marshal(v schema.Value) ([]byte, error) { return appendValue(nil, v) }

func appendValue(b []byte, v schema.Value) ([]byte, error) {
	switch v.Kind {
	case schema.Bool:
		return strconv.AppendBool(b, v.True), nil
	case schema.Number:
		return appendLiteral(b, v.Text)
	case schema.String:
		return appendString(b, v.Text)
	case schema.Array:
		return appendArray(b, v.Items)
	case schema.Object:
		return appendObject(b, v.Members)
	}
	return append(b, "null"...), nil
}

func appendArray(b []byte, items []schema.Value) ([]byte, error) {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendValue(b, item); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func appendObject(b []byte, members []schema.Member) ([]byte, error) {
	sorted := slices.SortedFunc(slices.Values(members), func(x, y schema.Member) int {
		return compareUTF16(x.Name, y.Name)
	})
	b = append(b, '{')
	for i, m := range sorted {
		if i > 0 {
			if m.Name == sorted[i-1].Name {
				return nil, fmt.Errorf("jcs: two members are called %q", m.Name)
			}
			b = append(b, ',')
		}
		var err error
		if b, err = appendString(b, m.Name); err != nil {
			return nil, err
		}
		if b, err = appendValue(append(b, ':'), m.Value); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// compareUTF16 compares valid UTF-8 text by UTF-16 code units (RFC 8785, section
// 3.2.3). That is the order of code points but for one thing: what needs two
// units begins with D800 to DBFF, and so comes before U+E000 to U+FFFF.
func compareUTF16(x, y string) int {
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	for n > 0 && (n < len(x) && !utf8.RuneStart(x[n]) || n < len(y) && !utf8.RuneStart(y[n])) {
		n--
	}
	if n == len(x) || n == len(y) {
		return cmp.Compare(len(x), len(y))
	}
	a, _ := utf8.DecodeRuneInString(x[n:])
	b, _ := utf8.DecodeRuneInString(y[n:])
	return cmp.Compare(order(a), order(b))
}

// order maps code points to numbers in the order of their UTF-16 units.
func order(r rune) rune {
	switch {
	case r > 0xffff:
		return r - 0x10000 + 0xd800
	case r >= 0xe000:
		return r + 0x100000
	}
	return r
}

// appendLiteral writes a JSON number as ECMAScript does (RFC 8785, section
// 3.2.2.3): the shortest digits that give the same double.
func appendLiteral(b []byte, text string) ([]byte, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.Trim(text, "0123456789+-.eE") != "" {
		return nil, fmt.Errorf("jcs: %q is no JSON number within the range of a double", text)
	}
	if f == 0 {
		return append(b, '0'), nil // and never -0
	}
	if abs := math.Abs(f); abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(b, f, 'f', -1, 64), nil
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	b = append(append(b, mantissa...), 'e', exponent[0])
	return append(b, strings.TrimLeft(exponent[1:], "0")...), nil
}

// appendString escapes what RFC 8785, section 3.2.2.2, says and nothing else.
func appendString(b []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return nil, errors.New("jcs: text that is not UTF-8")
	}
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		if k := strings.IndexByte("\"\\\b\f\n\r\t", c); k >= 0 {
			b = append(b, '\\', `"\bfnrt`[k])
		} else {
			b = fmt.Appendf(b, `\u%04x`, c)
		}
	}
	b = append(b, s[from:]...)
	return append(b, '"'), nil
}
