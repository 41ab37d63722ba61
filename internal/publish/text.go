package publish

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// maxShown is how many characters of one text a page shows; the document itself
// has the rest.
const maxShown = 10_000

// Visible replaces what a page must not carry: control characters but line
// breaks and tabs, and broken UTF-8, by U+FFFD. Bidirectional controls stay, for
// they belong to some languages; pages isolate every text with <bdi>.
func Visible(s string) string {
	if clean(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if control(r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

func clean(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, control) < 0
}

func control(r rune) bool {
	return r < 0x20 && r != '\n' && r != '\t' && r != '\r' || r >= 0x7f && r < 0xa0
}

// Bidi reports whether s holds characters that reorder what stands around them.
func Bidi(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
	})
}

func show(s string) string { return clipRunes(Visible(s), maxShown) }

func clipRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}

// A Link is an address from a document. Only https without user information is
// one that a reader can follow; everything else is shown as text.
type Link struct {
	Text string // the address as it stands
	Href string // "" when it must not be followed
	Host string // said in words beside the link
}

// NewLink judges an address.
func NewLink(s string) Link {
	l := Link{Text: show(s)}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(s) > 2048 || !clean(s) {
		return l
	}
	l.Href, l.Host = u.String(), u.Hostname()
	return l
}
