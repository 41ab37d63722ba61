// Package swar looks at eight bytes of a text at once (SIMD within a register),
// for the loops that look for a byte that is special among many that are not.
//
//	for i+8 <= len(s) && swar.Below(swar.Load(s, i), 0x20) == 0 {
//		i += 8
//	}
//
// A test is zero where none of the eight bytes passes it; which one did is for
// the slow loop to find.
package swar

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// Load returns the eight bytes of s from i on, of which there have to be that
// many.
func Load(s string, i int) uint64 {
	b := s[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// Below tests for a byte below c, which is at most 0x80.
func Below(x uint64, c byte) uint64 { return (x - ones*uint64(c)) & ^x & highs }

// Is tests for the byte c.
func Is(x uint64, c byte) uint64 {
	x ^= ones * uint64(c)
	return (x - ones) & ^x & highs
}

// High tests for a byte of 0x80 or above.
func High(x uint64) uint64 { return x & highs }
