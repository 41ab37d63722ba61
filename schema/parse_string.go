package schema

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"merkki/schema/internal/swar"
)

// unescaped are the bytes that stand for themselves in a string.
var unescaped = func() (t [256]bool) {
	for i := range t {
		t[i] = i >= 0x20 && i != '"' && i != '\\'
	}
	return t
}()

// ordinary returns how many bytes at the beginning of s stand for themselves.
func ordinary(s string) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		if x := swar.Load(s, i); swar.Below(x, 0x20)|swar.Is(x, '"')|swar.Is(x, '\\') != 0 {
			break
		}
	}
	for i < len(s) && unescaped[s[i]] {
		i++
	}
	return i
}

// string reads a string of RFC 8259, section 7. The next byte is the quote.
func (p *parser) string() (string, *Fault) {
	p.at++
	start := p.at
	at := start + ordinary(p.in[start:])
	p.at = at
	if at == len(p.in) {
		return "", p.notJSON()
	}
	switch p.in[at] {
	case '"':
		p.at++
		return p.in[start:at], nil
	case '\\':
		return p.escapedString(start)
	}
	return "", p.notJSON()
}

// escapedString goes on where the first escape stands.
func (p *parser) escapedString(start int) (string, *Fault) {
	var b strings.Builder
	b.WriteString(p.in[start:p.at])
	for p.at < len(p.in) {
		switch c := p.in[p.at]; {
		case c == '"':
			p.at++
			return b.String(), nil
		case c == '\\':
			r, f := p.escape()
			if f != nil {
				return "", f
			}
			b.WriteRune(r)
		case c < 0x20:
			return "", p.notJSON()
		default:
			b.WriteByte(c)
			p.at++
		}
	}
	return "", p.notJSON()
}

// escape reads one escape, both halves of a surrogate pair being one. A half
// alone is no character (RFC 7493, section 2.1): encoding/json would replace
// it, and the signer may have signed something else.
func (p *parser) escape() (rune, *Fault) {
	start := p.at
	p.at++
	c := p.peek()
	if c == 'u' {
		p.at++
		r, ok := p.hex4()
		if !ok {
			return 0, p.notJSON()
		}
		if !utf16.IsSurrogate(r) {
			return r, nil
		}
		if strings.HasPrefix(p.in[p.at:], `\u`) {
			p.at += 2
			low, ok := p.hex4()
			if !ok {
				return 0, p.notJSON()
			}
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, nil
			}
		}
		p.at = start
		return 0, p.fault("syntax.encoding", map[string]any{"found": "lone surrogate"})
	}
	i := strings.IndexByte(`"\/bfnrt`, c)
	if p.at >= len(p.in) || i < 0 {
		return 0, p.notJSON()
	}
	p.at++
	return rune("\"\\/\b\f\n\r\t"[i]), nil
}

// hex4 reads four hexadecimal digits; on failure p.at is at the first byte
// that is none.
func (p *parser) hex4() (r rune, ok bool) {
	for range 4 {
		d := strings.IndexByte("0123456789abcdef", p.peek()|0x20)
		if d < 0 || p.at >= len(p.in) || p.peek() < '0' {
			return 0, false
		}
		r = r<<4 | rune(d)
		p.at++
	}
	return r, true
}
