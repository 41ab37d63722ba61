package microcredential

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// A Decimal is a number of credits or a share, exact: 0 to 9999.999999. The zero
// value is 0. Decimals compare with ==.
type Decimal struct{ micro int64 }

// ErrDecimal: not a decimal as credentials write it.
var ErrDecimal = errors.New("a decimal number such as 5 or 2.5, with at most six decimals, without a zero that says nothing")

var decimalForm = regexp.MustCompile(`^(0|[1-9][0-9]{0,3})(\.[0-9]{0,5}[1-9])?$`)

// numberForm is a JSON number (RFC 8259, section 6) with an exponent that is no
// larger than anybody needs.
var numberForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$`)

// decimals is how many of them there are at most: the limit of the national data
// service of Finnish higher education.
const decimals = 6

// ParseDecimal reads a decimal in its one spelling: no sign, no exponent, no zero
// in front or at the end.
func ParseDecimal(s string) (Decimal, error) {
	if !decimalForm.MatchString(s) {
		return Decimal{}, ErrDecimal
	}
	whole, rest, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole+rest+strings.Repeat("0", decimals-len(rest)), 10, 64)
	if err != nil {
		return Decimal{}, ErrDecimal
	}
	return Decimal{n}, nil
}

// ParseNumber reads the literal of a JSON number whose value a Decimal can hold,
// whatever its spelling: 2.5, 2.50 and 25e-1 are the same.
func ParseNumber(literal string) (Decimal, error) {
	// Bounded before it is computed: an exponent can ask for any length.
	if len(literal) > 64 || !numberForm.MatchString(literal) {
		return Decimal{}, ErrDecimal
	}
	r, ok := new(big.Rat).SetString(literal)
	if !ok {
		return Decimal{}, ErrDecimal
	}
	r.Mul(r, new(big.Rat).SetInt64(1_000_000))
	if !r.IsInt() || r.Sign() < 0 || r.Num().Cmp(big.NewInt(9_999_999_999)) > 0 {
		return Decimal{}, ErrDecimal
	}
	return Decimal{r.Num().Int64()}, nil
}

// String writes d in its one spelling.
func (d Decimal) String() string {
	whole, rest := d.micro/1_000_000, d.micro%1_000_000
	if rest == 0 {
		return strconv.FormatInt(whole, 10)
	}
	return strings.TrimRight(fmt.Sprintf("%d.%06d", whole, rest), "0")
}

// IsZero reports whether d is 0.
func (d Decimal) IsZero() bool { return d.micro == 0 }

// Less reports whether d is less than e.
func (d Decimal) Less(e Decimal) bool { return d.micro < e.micro }

// Plus returns d + e; false if a Decimal cannot hold the sum.
func (d Decimal) Plus(e Decimal) (Decimal, bool) {
	sum := Decimal{d.micro + e.micro}
	return sum, sum.micro <= 9_999_999_999
}

// IsMultipleOf reports whether d is a whole number of steps, as credits in steps
// of 0.5; of no step at all everything is.
func (d Decimal) IsMultipleOf(step Decimal) bool {
	return step.micro == 0 || d.micro%step.micro == 0
}

// RatioWithin reports whether d for each of e, as hours for each credit, lies
// between two bounds, both included. No number of none is within bounds.
func (d Decimal) RatioWithin(e, low, high Decimal) bool {
	if e.micro == 0 {
		return false
	}
	scaled := new(big.Int).Mul(big.NewInt(d.micro), big.NewInt(1_000_000))
	at := func(bound Decimal) int {
		return scaled.Cmp(new(big.Int).Mul(big.NewInt(bound.micro), big.NewInt(e.micro)))
	}
	return at(low) >= 0 && at(high) <= 0
}

var hoursForm = regexp.MustCompile(`^PT([1-9][0-9]{0,3})H(?:([1-5]?[0-9])M)?$`)

// ErrHours: not a workload as credentials write it.
var ErrHours = errors.New("hours and minutes as in PT67H and PT67H30M")

// ParseHours reads a workload: hours, and minutes to the sixth decimal of an
// hour. Days and months are no measure of work: one document of the Commission
// has P60M, sixty months, where it means sixty hours.
func ParseHours(s string) (Decimal, error) {
	m := hoursForm.FindStringSubmatch(s)
	if m == nil {
		return Decimal{}, ErrHours
	}
	hours, _ := strconv.ParseInt(m[1], 10, 64)
	minutes, _ := strconv.ParseInt("0"+m[2], 10, 64)
	return Decimal{hours*1_000_000 + minutes*1_000_000/60}, nil
}
