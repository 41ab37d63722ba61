package rdfcanon

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseNQuads reads N-Quads (RDF 1.1 N-Quads, section 4) strictly: absolute
// IRIs without characters that IRIREF excludes, no replacement of bad UTF-8,
// one statement a line. Labels keep their "_:", language tags their case. The
// error names the line.
func ParseNQuads(text string) ([]Quad, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("rdfcanon: N-Quads have to be UTF-8")
	}
	var out []Quad
	n := 0
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		n++
		p := &nquads{rest: line}
		q, ok, err := p.statement()
		if err != nil {
			return nil, fmt.Errorf("rdfcanon: N-Quads, line %d (of those with content): %w", n, err)
		}
		if ok {
			out = append(out, q)
		}
	}
	return out, nil
}

// nquads reads one line.
type nquads struct{ rest string }

func (p *nquads) space() { p.rest = strings.TrimLeft(p.rest, " \t") }

// statement reads a quad, or nothing from an empty line or a comment.
func (p *nquads) statement() (q Quad, ok bool, err error) {
	p.space()
	if p.rest == "" || p.rest[0] == '#' {
		return q, false, nil
	}
	for _, t := range []*Term{&q.Subject, &q.Predicate, &q.Object, &q.Graph} {
		if t == &q.Graph && strings.HasPrefix(p.rest, ".") {
			break
		}
		if *t, err = p.term(); err != nil {
			return q, false, err
		}
		p.space()
	}
	if !strings.HasPrefix(p.rest, ".") {
		return q, false, errors.New("a full stop is missing")
	}
	p.rest = p.rest[1:]
	p.space()
	if p.rest != "" && p.rest[0] != '#' {
		return q, false, errors.New("something follows the full stop")
	}
	return q, true, check(&q.Subject, &q.Predicate, &q.Object, &q.Graph)
}

func (p *nquads) term() (Term, error) {
	switch {
	case strings.HasPrefix(p.rest, "<"):
		iri, err := p.iri()
		return Term{Kind: IRI, Value: iri}, err
	case strings.HasPrefix(p.rest, "_:"):
		return p.blank()
	case strings.HasPrefix(p.rest, `"`):
		return p.literal()
	}
	return Term{}, errors.New("no term where one has to stand")
}

// iri reads IRIREF and wants a scheme in it.
func (p *nquads) iri() (string, error) {
	in, rest, ok := strings.Cut(p.rest[1:], ">")
	if !ok {
		return "", errors.New("an IRI does not end")
	}
	p.rest = rest
	if strings.ContainsFunc(in, func(r rune) bool { return r <= ' ' || strings.ContainsRune(`<"{}|^`+"`", r) }) {
		return "", errors.New("a character that IRIs do not have")
	}
	s, err := unescape(in, false)
	if err != nil {
		return "", err
	}
	if !hasScheme(s) {
		return "", errors.New("a relative IRI")
	}
	return s, nil
}

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

// blank reads BLANK_NODE_LABEL.
func (p *nquads) blank() (Term, error) {
	end := 2
	for i, r := range p.rest[2:] {
		if !labelRune(r) && (i == 0 || r != '-' && r != '.' && r != 0xb7 && !(0x300 <= r && r <= 0x36f) && r != 0x203f && r != 0x2040) {
			break
		}
		end = 2 + i + utf8.RuneLen(r)
	}
	label := strings.TrimRight(p.rest[:end], ".")
	if len(label) == 2 {
		return Term{}, errors.New("a blank node without a label")
	}
	p.rest = p.rest[len(label):]
	return Term{Kind: Blank, Value: label}, nil
}

// labelRune reports whether r is PN_CHARS_U, a digit or a colon.
func labelRune(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == ':':
		return true
	case r < 0xc0, r == 0xd7, r == 0xf7, 0x300 <= r && r <= 0x36f, r == 0x37e:
		return false
	}
	for _, x := range [][2]rune{{0xc0, 0x1fff}, {0x200c, 0x200d}, {0x2070, 0x218f}, {0x2c00, 0x2fef},
		{0x3001, 0xd7ff}, {0xf900, 0xfdcf}, {0xfdf0, 0xfffd}, {0x10000, 0xeffff}} {
		if x[0] <= r && r <= x[1] {
			return true
		}
	}
	return false
}

// literal reads a string with its language tag or datatype.
func (p *nquads) literal() (Term, error) {
	end := 1
	for end < len(p.rest) && p.rest[end] != '"' {
		if p.rest[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(p.rest) {
		return Term{}, errors.New("a string does not end")
	}
	s, err := unescape(p.rest[1:end], true)
	if err != nil {
		return Term{}, err
	}
	t := Term{Kind: Literal, Value: s}
	p.rest = p.rest[end+1:]
	switch {
	case strings.HasPrefix(p.rest, "^^<"):
		p.rest = p.rest[2:]
		t.Datatype, err = p.iri()
		if t.Datatype == xsdString {
			t.Datatype = ""
		}
	case strings.HasPrefix(p.rest, "@"):
		t.Language, err = p.language()
	}
	return t, err
}

// language reads LANGTAG: letters, then subtags of letters and digits.
func (p *nquads) language() (string, error) {
	end, sub, letters := 1, 0, true
	for ; end < len(p.rest); end++ {
		c := p.rest[end]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z', !letters && '0' <= c && c <= '9':
			sub++
			continue
		case c == '-' && sub > 0:
			sub, letters = 0, false
			continue
		}
		break
	}
	if sub == 0 {
		return "", errors.New("a language tag that is none")
	}
	tag := p.rest[1:end]
	p.rest = p.rest[end:]
	return tag, nil
}

// unescape resolves UCHAR and, in strings, ECHAR.
func unescape(s string, short bool) (string, error) {
	if !strings.Contains(s, `\`) {
		return s, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		if i++; i == len(s) {
			return "", errors.New("a backslash at the end")
		}
		size := map[byte]int{'u': 4, 'U': 8}[s[i]]
		if size == 0 {
			k := strings.IndexByte(`tbnrf"'\`, s[i])
			if k < 0 || !short {
				return "", errors.New("an unknown escape")
			}
			b.WriteByte("\t\b\n\r\f\"'\\"[k])
			continue
		}
		if i+size >= len(s) {
			return "", errors.New("an escape that is cut off")
		}
		r, err := strconv.ParseUint(s[i+1:i+1+size], 16, 32)
		if err != nil || !utf8.ValidRune(rune(r)) || r > utf8.MaxRune {
			return "", errors.New("an escape that is no character")
		}
		b.WriteRune(rune(r))
		i += size
	}
	return b.String(), nil
}
