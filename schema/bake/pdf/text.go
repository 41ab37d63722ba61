package pdf

import (
	"bytes"
	"encoding/hex"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// literal reads a string in parentheses (section 7.3.4.2), after the first one.
func (p *parser) literal() (any, error) {
	var out []byte
	for open := 1; p.at < len(p.b) && len(out) <= maxString; p.at++ {
		switch c := p.b[p.at]; c {
		case '(':
			open++
			out = append(out, c)
		case ')':
			if open--; open == 0 {
				p.at++
				return text(out), nil
			}
			out = append(out, c)
		case '\\':
			p.at++
			out = p.escape(out)
		default:
			out = append(out, c)
		}
	}
	if len(out) > maxString {
		return nil, limited("pdf.string", maxString)
	}
	return nil, errDamaged
}

// escape reads what stands after a backslash, and ends on its last character.
func (p *parser) escape(out []byte) []byte {
	if p.at >= len(p.b) {
		return out
	}
	c := p.b[p.at]
	switch i := strings.IndexByte("nrtbf", c); {
	case i >= 0:
		return append(out, "\n\r\t\b\f"[i])
	case c == '\r' && bytes.HasPrefix(p.b[p.at:], []byte("\r\n")):
		p.at++
		return out
	case c == '\n', c == '\r':
		return out
	case c >= '0' && c <= '7':
		n := 0
		for digits := 0; digits < 3 && p.at < len(p.b) && p.b[p.at] >= '0' && p.b[p.at] <= '7'; digits++ {
			n = n<<3 | int(p.b[p.at]-'0')
			p.at++
		}
		p.at--
		return append(out, byte(n))
	}
	return append(out, c)
}

// hexadecimal reads a string in angle brackets, after the first one.
func (p *parser) hexadecimal() (any, error) {
	end := bytes.IndexByte(p.b[p.at:], '>')
	if end < 0 {
		return nil, errDamaged
	}
	if end > 2*maxString {
		return nil, limited("pdf.string", maxString)
	}
	b, err := unhex(p.b[p.at : p.at+end])
	p.at += end + 1
	return text(b), err
}

// unhex decodes hexadecimal digits between white space; a missing last one is 0.
func unhex(b []byte) ([]byte, error) {
	digits := bytes.Map(func(r rune) rune {
		if strings.ContainsRune(space, r) {
			return -1
		}
		return r
	}, b)
	if len(digits)%2 == 1 {
		digits = append(digits, '0')
	}
	out := make([]byte, len(digits)/2)
	if _, err := hex.Decode(out, digits); err != nil {
		return nil, errDamaged
	}
	return out, nil
}

// String returns a text string (section 7.9.2.2) as UTF-8. What is in the
// encoding of PDF itself is taken for Latin-1, which it mostly is.
func (t text) String() string {
	b := []byte(t)
	switch {
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		var units []uint16
		for i := 2; i+1 < len(b); i += 2 {
			units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
		}
		return string(utf16.Decode(units))
	case utf8.Valid(b):
		return strings.TrimPrefix(string(b), "\ufeff")
	}
	var out []rune
	for _, c := range b {
		out = append(out, rune(c))
	}
	return string(out)
}
