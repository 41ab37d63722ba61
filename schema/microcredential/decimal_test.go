package microcredential_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	mc "merkki/schema/microcredential"
)

func decimal(t rapid.TB, s string) mc.Decimal {
	t.Helper()
	d, err := mc.ParseDecimal(s)
	if err != nil {
		t.Fatalf("ParseDecimal(%q): %v", s, err)
	}
	return d
}

func TestParseDecimal(t *testing.T) {
	for _, s := range []string{"0", "0.5", "1", "2.5", "59", "59.999999", "0.000001", "9999.999999"} {
		if got := decimal(t, s).String(); got != s {
			t.Errorf("%s is written as %s", s, got)
		}
	}
	for _, s := range []string{"", "-1", "+1", "01", "1.", ".5", "1.0", "2.50", "1e1", "0.0000001", "10000", "1,5", " 1", "１", "NaN"} {
		if d, err := mc.ParseDecimal(s); err == nil {
			t.Errorf("ParseDecimal(%q) = %s, want an error", s, d)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for literal, want := range map[string]string{
		"0.5": "0.5", "2.5": "2.5", "2.50": "2.5", "25e-1": "2.5", "0.25E1": "2.5", "59": "59", "5.9e+1": "59", "0": "0", "-0": "0", "1e-6": "0.000001",
	} {
		if d, err := mc.ParseNumber(literal); err != nil || d != decimal(t, want) {
			t.Errorf("ParseNumber(%s) = %v, %v, want %s", literal, d, err, want)
		}
	}
	for _, literal := range []string{"-1", "1e-7", "1e4", "1e999999999", "1e-99", "0.1234567", "", "x", "1/3", "0x1p2"} {
		if d, err := mc.ParseNumber(literal); err == nil {
			t.Errorf("ParseNumber(%s) = %s, want an error", literal, d)
		}
	}
}

// TestDecimalsAreExact: arithmetic agrees with rationals, and every decimal is
// read back as it was written.
func TestDecimalsAreExact(t *testing.T) {
	value := rapid.Custom(func(rt *rapid.T) mc.Decimal {
		d, err := mc.ParseNumber(big.NewRat(rapid.Int64Range(0, 9_999_999_999).Draw(rt, "millionths"), 1_000_000).FloatString(6))
		if err != nil {
			rt.Fatal(err)
		}
		return d
	})
	rat := func(d mc.Decimal) *big.Rat {
		r, _ := new(big.Rat).SetString(d.String())
		return r
	}
	rapid.Check(t, func(rt *rapid.T) {
		a, b, low, high := value.Draw(rt, "a"), value.Draw(rt, "b"), value.Draw(rt, "low"), value.Draw(rt, "high")
		if again := decimal(rt, a.String()); again != a {
			rt.Errorf("%s is read back as %s", a, again)
		}
		if sum, ok := a.Plus(b); ok && rat(sum).Cmp(new(big.Rat).Add(rat(a), rat(b))) != 0 {
			rt.Errorf("%s + %s = %s", a, b, sum)
		}
		if a.Less(b) != (rat(a).Cmp(rat(b)) < 0) {
			rt.Errorf("%s < %s is %v", a, b, a.Less(b))
		}
		if !b.IsZero() {
			q := new(big.Rat).Quo(rat(a), rat(b))
			if want := q.Cmp(rat(low)) >= 0 && q.Cmp(rat(high)) <= 0; a.RatioWithin(b, low, high) != want {
				rt.Errorf("%s for each %s between %s and %s: %v, want %v", a, b, low, high, !want, want)
			}
		}
	})
	if !decimal(t, "67").RatioWithin(decimal(t, "2.5"), decimal(t, "26"), decimal(t, "28")) {
		t.Error("67 hours for 2.5 credits are 26.8 each")
	}
	if decimal(t, "5").RatioWithin(decimal(t, "0"), decimal(t, "0"), decimal(t, "9999")) {
		t.Error("hours for no credit are within bounds")
	}
}

func TestIsMultipleOf(t *testing.T) {
	for _, c := range []struct {
		d, step string
		want    bool
	}{{"2.5", "0.5", true}, {"2.3", "0.5", false}, {"59", "1", true}, {"0.000001", "0.000001", true}, {"3", "0", true}} {
		if got := decimal(t, c.d).IsMultipleOf(decimal(t, c.step)); got != c.want {
			t.Errorf("%s in steps of %s: %v", c.d, c.step, got)
		}
	}
}
