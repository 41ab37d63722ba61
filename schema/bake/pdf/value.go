package pdf

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"strings"
)

// The values of a PDF are nil, bool, int, float64 and these.
type (
	name  string
	text  string
	array []any
	dict  map[name]any
	ref   int // the number of an object
	word  string
)

// A stream is a dictionary and the bytes that follow it, as they stand.
type stream struct {
	dict dict
	raw  []byte
}

// A budget is what is left to read: by the parsers of a document, which share
// it, and as input of its filters.
type budget struct{ bytes, values int }

// A parser reads values one after another.
type parser struct {
	b    []byte
	at   int
	left *budget
}

const (
	space      = "\x00\t\n\f\r "
	delimiters = "()<>[]{}/%"
)

func (p *parser) spend(from int) error {
	if p.left.bytes -= p.at - from; p.left.bytes < 0 {
		return limited("pdf.read", maxRead)
	}
	return nil
}

// skip goes over white space and comments.
func (p *parser) skip() {
	for p.at < len(p.b) {
		switch c := p.b[p.at]; {
		case strings.IndexByte(space, c) >= 0:
			p.at++
		case c == '%':
			for p.at < len(p.b) && p.b[p.at] != '\n' && p.b[p.at] != '\r' {
				p.at++
			}
		default:
			return
		}
	}
}

// follows says whether something stands next, after white space.
func (p *parser) follows(s string) (bool, error) {
	from := p.at
	p.skip()
	return bytes.HasPrefix(p.b[p.at:], []byte(s)), p.spend(from)
}

// value reads a value, or a word such as "obj".
func (p *parser) value(depth int) (any, error) {
	from := p.at
	p.skip()
	if p.left.values--; p.left.values < 0 {
		return nil, limited("pdf.values", maxValues)
	}
	if p.at >= len(p.b) || depth > maxDepth {
		return nil, errDamaged
	}
	switch rest := p.b[p.at:]; {
	case bytes.HasPrefix(rest, []byte("<<")):
		p.at += 2
		return p.dictionary(depth)
	case rest[0] == '[':
		p.at++
		list, err := p.list("]", depth)
		return array(list), err
	case bytes.HasPrefix(rest, []byte(">>")):
		p.at += 2
		return word(">>"), p.spend(from)
	case rest[0] == ']', rest[0] == '{', rest[0] == '}', rest[0] == ')', rest[0] == '>':
		p.at++
		return word(rest[:1]), p.spend(from)
	}
	v, err := p.simple()
	if err != nil {
		return nil, err
	}
	return v, p.spend(from)
}

func (p *parser) simple() (any, error) {
	switch p.b[p.at] {
	case '/':
		p.at++
		return p.name(), nil
	case '(':
		p.at++
		return p.literal()
	case '<':
		p.at++
		return p.hexadecimal()
	}
	return plain(p.regular()), nil
}

// regular reads the characters of a word or a number.
func (p *parser) regular() string {
	from := p.at
	for p.at < len(p.b) && strings.IndexByte(space+delimiters, p.b[p.at]) < 0 {
		p.at++
	}
	return string(p.b[from:p.at])
}

// plain is what a word means.
func plain(s string) any {
	switch s {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	}
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return f
	}
	return word(s)
}

func (p *parser) name() name {
	s := p.regular()
	var out []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '#' && i+2 < len(s) {
			if c, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				out = append(out, c[0])
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return name(out)
}

// list reads values up to a word, and puts references together.
func (p *parser) list(end word, depth int) ([]any, error) {
	var out []any
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		w, isWord := v.(word)
		switch {
		case w == end && isWord:
			return out, nil
		case isWord && w != "R":
			return nil, errDamaged
		case isWord:
			if len(out) < 2 {
				return nil, errDamaged
			}
			num, ok := out[len(out)-2].(int)
			if _, isGen := out[len(out)-1].(int); !ok || !isGen {
				return nil, errDamaged
			}
			out = append(out[:len(out)-2], ref(num))
		default:
			out = append(out, v)
		}
	}
}

func (p *parser) dictionary(depth int) (any, error) {
	list, err := p.list(">>", depth)
	if err != nil || len(list)%2 != 0 {
		return nil, firstOf(err)
	}
	d := make(dict, len(list)/2)
	for i := 0; i < len(list); i += 2 {
		key, ok := list[i].(name)
		if !ok {
			return nil, errDamaged
		}
		d[key] = list[i+1]
	}
	return d, nil
}

func firstOf(err error) error {
	if err != nil {
		return err
	}
	return errDamaged
}
