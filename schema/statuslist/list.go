// Package statuslist is the arithmetic of Bitstring Status List 1.0: bits into
// text and back, and places in a list that tell nobody who is next to whom.
//
//	l, err := statuslist.Decode(encodedList)
//	if err != nil {
//		return err // never "not revoked"
//	}
//	revoked := i < l.Len() && l.Get(i)
//
// A list that decodes is a string of bits and no more. Who signed it, what its
// purpose is and whether it is long enough are questions for package verifier.
package statuslist

import "fmt"

// MinEntries is the smallest list the specification allows (Bitstring Status
// List 1.0, section 6.1), and the size of the lists Merkki makes.
const MinEntries = 131072

// MaxExpanded bounds a decoded list, in bytes: 134 million entries.
const MaxExpanded = 16 << 20

// A List is a bitstring of one-bit entries. Index 0 is the most significant
// bit of the first byte (Bitstring Status List 1.0, section 3.1). A List may be
// read from several goroutines while none changes it.
type List struct {
	bits []byte
}

// New returns a list of n entries, all clear. n must be a multiple of 8: a
// list is whole bytes, and padding would be entries nobody meant.
func New(n int) *List {
	if n < 0 || n%8 != 0 {
		panic(fmt.Sprintf("statuslist: a list of %d entries is not whole bytes", n))
	}
	return &List{bits: make([]byte, n/8)}
}

// Len returns the number of entries.
func (l *List) Len() int { return len(l.bits) * 8 }

// Set sets or clears an entry; it panics beyond the list.
func (l *List) Set(i int, on bool) {
	l.check(i)
	if on {
		l.bits[i>>3] |= 0x80 >> (i & 7)
	} else {
		l.bits[i>>3] &^= 0x80 >> (i & 7)
	}
}

// Get reports an entry; it panics beyond the list.
func (l *List) Get(i int) bool {
	l.check(i)
	return l.bits[i>>3]&(0x80>>(i&7)) != 0
}

// check gives a sentence where the slice index would give a number divided by
// eight.
func (l *List) check(i int) {
	if i < 0 || i >= l.Len() {
		panic(fmt.Sprintf("statuslist: entry %d of a list of %d", i, l.Len()))
	}
}
