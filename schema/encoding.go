package schema

import (
	"strings"
	"unicode/utf8"
)

// checkEncoding refuses what is not UTF-8, and what is UTF-8 with a byte order
// mark. Nothing is ever replaced: a reader that writes U+FFFD for what it could
// not read sees another document than the signer.
func checkEncoding(s string) *Fault {
	found := ""
	switch {
	case strings.HasPrefix(s, "\xEF\xBB\xBF"):
		found = "byte order mark"
	case strings.HasPrefix(s, "\xFE\xFF"), strings.HasPrefix(s, "\xFF\xFE"),
		// Without a mark: JSON begins with two ASCII characters (RFC 4627, section 3).
		len(s) >= 2 && (s[0] == 0 || s[1] == 0):
		found = "UTF-16"
	case utf8.ValidString(s):
		return nil
	default:
		return Found("syntax.encoding", "", map[string]any{"offset": validPrefix(s), "found": "not UTF-8"})
	}
	return Found("syntax.encoding", "", map[string]any{"offset": 0, "found": found})
}

// validPrefix returns how many bytes of s are UTF-8.
func validPrefix(s string) int {
	at := 0
	for at < len(s) {
		r, n := utf8.DecodeRuneInString(s[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	return at
}
