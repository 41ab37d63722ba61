package jsonld

import (
	"strings"

	"merkki/schema/internal/swar"
)

// hasScheme reports whether s begins with a URI scheme and a colon (RFC 3986,
// section 3.1).
func hasScheme(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return i > 0 && c == ':'
		}
	}
	return false
}

// cleanIRI reports whether s holds none of the characters that an IRI in
// N-Quads cannot have: controls, space and <>"{}|\^ and the backtick.
func cleanIRI(s string) bool {
	i := 0
	for ; i+8 <= len(s) && cleanWord(swar.Load(s, i)); i += 8 {
	}
	for ; i < len(s); i++ {
		switch iriBytes[s[i]] {
		case neverInIRI:
			return false
		case mayLead: // U+0080 to U+009F
			if i+1 < len(s) && s[i+1] < 0xa0 {
				return false
			}
		}
	}
	return true
}

// cleanWord reports whether eight bytes are ASCII and belong in an IRI; others are
// looked at one by one.
func cleanWord(x uint64) bool {
	return swar.Below(x, '!')|swar.High(x)|swar.Is(x, 0x7f)|
		swar.Is(x, '<')|swar.Is(x, '>')|swar.Is(x, '"')|swar.Is(x, '{')|swar.Is(x, '}')|
		swar.Is(x, '|')|swar.Is(x, '\\')|swar.Is(x, '^')|swar.Is(x, '`') == 0
}

// What a byte means in an IRI.
const (
	neverInIRI = iota + 1
	mayLead    // a control character
)

var iriBytes = func() (t [256]byte) {
	for b := range ' ' + 1 {
		t[b] = neverInIRI
	}
	for _, b := range []byte("\x7f<>\"{}|\\^`") {
		t[b] = neverInIRI
	}
	t[0xc2] = mayLead
	return t
}()

func isAbsoluteIRI(s string) bool { return hasScheme(s) && cleanIRI(s) }

// isBlank reports whether s is the label of a blank node.
func isBlank(s string) bool { return strings.HasPrefix(s, "_:") }

// isLanguage reports whether s is a well-formed language tag as far as JSON-LD
// asks (BCP 47, section 2.2.9, without its registry).
func isLanguage(s string) bool {
	for i, sub := range strings.Split(s, "-") {
		if len(sub) < 1 || len(sub) > 8 {
			return false
		}
		for _, b := range []byte(sub) {
			letter := 'a' <= b|0x20 && b|0x20 <= 'z'
			if !letter && (i == 0 || b < '0' || b > '9') {
				return false
			}
		}
	}
	return true
}
