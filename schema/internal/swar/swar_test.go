package swar_test

import (
	"strings"
	"testing"

	"merkki/schema/internal/swar"
)

// TestEveryByte puts every byte at every place among others that are near it.
func TestEveryByte(t *testing.T) {
	for _, around := range []byte{0x00, 0x1f, 0x20, 0x21, '"', '\\', 0x7e, 0x7f, 0x80, 0xff} {
		for c := range 256 {
			for at := range 8 {
				b := []byte(strings.Repeat(string([]byte{around}), 8))
				b[at] = byte(c)
				x := swar.Load("x"+string(b), 1)
				any := func(test func(byte) bool) bool { return test(around) || test(byte(c)) }
				for _, n := range []byte{1, 0x20, 0x21, 0x7f, 0x80} {
					if got, want := swar.Below(x, n) != 0, any(func(b byte) bool { return b < n }); got != want {
						t.Fatalf("% x below %x: %v", b, n, got)
					}
				}
				for _, n := range []byte{0, '"', '\\', 0x7f, 0x80, 0xff} {
					if got, want := swar.Is(x, n) != 0, any(func(b byte) bool { return b == n }); got != want {
						t.Fatalf("% x is %x: %v", b, n, got)
					}
				}
				if got, want := swar.High(x) != 0, any(func(b byte) bool { return b >= 0x80 }); got != want {
					t.Fatalf("% x high: %v", b, got)
				}
			}
		}
	}
}
