package main

import (
	"bytes"
	"testing"
)

func TestCleanDisarms(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Äänekoski 5 op", "Äänekoski 5 op"},
		{"escape sequence", "\x1b[2Jgenuine", "\uFFFD[2Jgenuine"},
		{"C1 control", "a\u009b31mb", "a\uFFFD31mb"},
		{"new line that would forge a check", "x\n  pass  proof.signature", "x\uFFFD  pass  proof.signature"},
		{"right-to-left override", "abc\u202egnp.exe", "abc\uFFFDgnp.exe"},
		{"isolate", "\u2066x\u2069", "\uFFFDx\uFFFD"},
		{"zero width", "pay\u200bpal", "pay\uFFFDpal"},
		{"joiner of a script that needs it", "می\u200cخواهم", "می\u200cخواهم"},
		{"line separator", "a\u2028b", "a\uFFFDb"},
		{"invalid UTF-8", "a\xffb", "a\uFFFDb"},
		{"delete", "a\x7fb", "a\uFFFDb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := clean(c.in); got != c.want {
				t.Errorf("clean(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestTableAlignsAndCleans(t *testing.T) {
	var out bytes.Buffer
	(&program{Out: &out}).table([][]string{{"A", "B"}, {"long\x1b", "x"}})
	if want := "A      B\nlong\uFFFD  x\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
