package schema

import "strings"

const (
	maxNumberText  = 64
	maxSafeInteger = "9007199254740991" // 2⁵³−1, RFC 7493, section 2.2
	maxDigits      = 15                 // that every IEEE double keeps
)

// number reads a number of RFC 8259, section 6, keeps its spelling, and refuses
// those that readers round in different ways (security model, section 6.2).
func (p *parser) number() (Value, *Fault) {
	start := p.at
	if p.peek() == '-' {
		p.at++
	}
	whole := p.digits()
	if whole == "" || len(whole) > 1 && whole[0] == '0' {
		if whole != "" { // the digit after a leading zero is what is wrong
			p.at -= len(whole) - 1
		}
		return Value{}, p.notJSON()
	}
	fraction, exponent, integer := "", 0, true
	if p.peek() == '.' {
		p.at++
		integer = false
		if fraction = p.digits(); fraction == "" {
			return Value{}, p.notJSON()
		}
	}
	if p.peek()|0x20 == 'e' {
		integer = false
		var ok bool
		if exponent, ok = p.exponent(); !ok {
			return Value{}, p.notJSON()
		}
	}
	text := p.in[start:p.at]
	if len(text) > maxNumberText || !isPortable(whole, fraction, exponent, integer) {
		p.at = start
		return Value{}, p.fault("syntax.number-range", map[string]any{"found": text})
	}
	return Value{Kind: Number, Text: text}, nil
}

func (p *parser) digits() string {
	start := p.at
	for isDigit(p.peek()) {
		p.at++
	}
	return p.in[start:p.at]
}

// exponent reads e, sign and digits. Beyond ±999 it says 999: no literal that
// short reaches back into the range.
func (p *parser) exponent() (n int, ok bool) {
	p.at++
	negative := p.peek() == '-'
	if negative || p.peek() == '+' {
		p.at++
	}
	digits := p.digits()
	for _, d := range digits {
		n = min(n*10+int(d-'0'), 999)
	}
	if negative {
		n = -n
	}
	return n, digits != ""
}

// isPortable says whether every reader keeps the number: integers within
// ±(2⁵³−1), others with 15 significant digits at most and a magnitude from
// 10⁻⁶ to below 10¹⁵, or zero.
func isPortable(whole, fraction string, exponent int, integer bool) bool {
	if integer {
		return len(whole) < len(maxSafeInteger) || len(whole) == len(maxSafeInteger) && whole <= maxSafeInteger
	}
	all := whole + fraction
	significant := strings.TrimLeft(all, "0")
	if significant == "" {
		return true
	}
	magnitude := len(whole) - 1 - (len(all) - len(significant)) + exponent // of the first significant digit
	return len(significant) <= maxDigits && -6 <= magnitude && magnitude < 15
}
