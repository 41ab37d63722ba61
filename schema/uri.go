package schema

import (
	"net/url"
	"strings"
)

// IsURI says whether s is an absolute, well formed identifier: a scheme, a
// colon and something after it, with no character that RFC 3987 keeps out of
// IRIs and no broken percent escape; http and https have a host. A blank node
// label such as _:b0 is none. VC Data Model 2.0 calls what it means a URL.
func IsURI(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || rest == "" || !isScheme(scheme) {
		return false
	}
	for i, r := range s {
		switch {
		case r <= ' ', 0x7f <= r && r < 0xa0, strings.ContainsRune("<>\"{}|\\^`", r):
			return false
		case r == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])):
			return false
		}
	}
	if strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https") {
		u, err := url.Parse(s)
		return err == nil && u.Hostname() != ""
	}
	return true
}

// isScheme follows RFC 3986, section 3.1.
func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if letter := 'a' <= c && c <= 'z'; letter || i > 0 && (isDigit(s[i]) || strings.IndexByte("+-.", s[i]) >= 0) {
			continue
		}
		return false
	}
	return s != ""
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
