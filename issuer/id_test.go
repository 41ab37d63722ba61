package issuer_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"merkki/issuer"
)

func TestParseID(t *testing.T) {
	for in, want := range map[string]string{
		"0123456789ABCDEFGHJKMNPQRS":      "0123456789ABCDEFGHJKMNPQRS",
		"0123456789abcdefghjkmnpqrs":      "0123456789ABCDEFGHJKMNPQRS",
		"oi23-4567-89ab-cdef-ghjk-mnpqrs": "0123456789ABCDEFGHJKMNPQRS",
		"OL23 4567 89AB CDEF GHJK MNPQRS": "0123456789ABCDEFGHJKMNPQRS",
		"7ZZZZZZZZZZZZZZZZZZZZZZZZZ":      "7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
		"8ZZZZZZZZZZZZZZZZZZZZZZZZZ":      "", // beyond 128 bits
		"0123456789ABCDEFGHJKMNPQR":       "",
		"0123456789ABCDEFGHJKMNPQRST":     "",
		"0123456789ABCDEFGHJKMNPQRU":      "", // U stands for nothing
		"0123456789ABCDEFGHJKMNPQR\u017f": "", // ſ is an S to strings.ToUpper
		"0123456789ABCDEFGHJKMNPQR/":      "",
		"":                                "",
	} {
		got, err := issuer.ParseID(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseID(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestNewID(t *testing.T) {
	seen, first := map[string]bool{}, map[byte]bool{}
	for range 2000 {
		id := issuer.NewID()
		if again, err := issuer.ParseID(strings.ToLower(id)); err != nil || again != id || seen[id] {
			t.Fatalf("%s: %s, %v, seen %v", id, again, err, seen[id])
		}
		seen[id], first[id[0]] = true, true
	}
	if len(first) != 8 {
		t.Errorf("2,000 IDs begin with %d different characters, want all 8 of three bits", len(first))
	}
}

func FuzzParseID(f *testing.F) {
	f.Add("oi23-4567-89ab-cdef-ghjk-mnpqrs")
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := issuer.ParseID(s)
		if err != nil {
			return
		}
		if again, err := issuer.ParseID(id); err != nil || again != id {
			t.Errorf("ParseID(%q) = %q, which reads as %q, %v", s, id, again, err)
		}
	})
}

// Whoever knows the sum of an entry sees every change before it.
func TestLogSumCoversEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z.:]{1,8}`)
		a := issuer.LogEntry{Number: 1, Actor: word.Draw(t, "actor"), Action: word.Draw(t, "action"), Subject: word.Draw(t, "subject")}
		b := a
		switch rapid.IntRange(0, 6).Draw(t, "change") {
		case 0:
			b.Number++
		case 1:
			b.Actor += "x"
		case 2:
			b.Action += "x"
		case 3:
			b.Subject += "x"
		case 4:
			b.Document[31]++
		case 5:
			b.Previous[0]++
		case 6: // a boundary moved
			b.Actor, b.Action = a.Actor+a.Action[:1], a.Action[1:]
		}
		if a.Sum() == b.Sum() {
			t.Fatalf("%s and %s have one sum", a.Bytes(), b.Bytes())
		}
	})
}
