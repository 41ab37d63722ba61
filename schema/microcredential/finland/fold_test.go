package finland

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestNoDigitHides: what is passed over unread could not become a part of an
// identifier, whatever it looks like in plain characters.
func TestNoDigitHides(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if plain := fold(string(r)); !mayIdentify(r) && strings.ContainsAny(plain, "0123456789:") {
			t.Errorf("%U looks like %q and is passed over", r, plain)
		}
	}
	if !FindPersonal("311299-999E")[0].Certain {
		t.Error("the control character of a temporary code")
	}
}
