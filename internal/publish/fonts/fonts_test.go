package fonts_test

import (
	"testing"

	"merkki/internal/publish/fonts"
)

var all = map[string]*fonts.Font{"serif": fonts.SerifSemibold(), "sans": fonts.Sans(), "strong": fonts.SansSemibold()}

// letters are those of Finnish, Swedish and Northern Sámi, and signs that
// certificates are written with.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖŠŽÁČĐŊŦabcdefghijklmnopqrstuvwxyzåäöšžáčđŋŧõüéèøæß0123456789 .,:;!?–—-…·()/%&@\"'’“”+×°€"

// TestLetters: every font has every letter of the three languages and of Sámi.
func TestLetters(t *testing.T) {
	for name, f := range all {
		if m := f.Missing(letters); len(m) > 0 {
			t.Errorf("%s lacks %q", name, m)
		}
		if m := f.Missing("中a\u202e"); len(m) != 2 {
			t.Errorf("%s: of three letters %q are missing", name, m)
		}
	}
}

// TestWidth: width grows with the size, and a pair that is kerned is narrower
// than its letters.
func TestWidth(t *testing.T) {
	f := fonts.SerifSemibold()
	if a, b := f.Width("Merkki", 10), f.Width("Merkki", 20); a <= 0 || b != 2*a {
		t.Errorf("%g at 10, %g at 20", a, b)
	}
	if pair, apart := f.Width("AV", 10), f.Width("A", 10)+f.Width("V", 10); pair >= apart {
		t.Errorf("AV is %g wide, its letters are %g", pair, apart)
	}
	if f.Outline("", 10, 0, 0) != nil {
		t.Error("nothing has an outline")
	}
}
