package statuslist

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"math/bits"
	"sync"
)

// A Permutation maps a counter to indices that look random and never repeat: a
// keyed bijection of 0 … n-1. Whoever holds the key can give out places one
// after the other and needs to remember a single number; whoever does not
// learns nothing from two places about the order in which they were given.
//
// It is a balanced Feistel network of four rounds over HMAC-SHA-256 (Luby and
// Rackoff, 1988) on the smallest even number of bits that holds n, and walks
// the cycle until it is back below n (Black and Rogaway, 2002): at most three
// extra steps on average. What a Permutation gives for a key and n is a wire
// format: changing it would hand out places twice.
type Permutation struct {
	macs sync.Pool // of keyed HMACs: making one costs more than using it
	n    uint32
	half uint // bits of one half
}

// NewPermutation makes the bijection of 0 … n-1 for a key of 32 bytes. n is
// from 1 to 2³¹-1.
func NewPermutation(key [32]byte, n int) *Permutation {
	if n < 1 || n > 1<<31-1 {
		panic(fmt.Sprintf("statuslist: no permutation of %d places", n))
	}
	width := max(2, uint(bits.Len32(uint32(n-1))))
	return &Permutation{
		macs: sync.Pool{New: func() any { return hmac.New(sha256.New, key[:]) }},
		n:    uint32(n), half: (width + 1) / 2,
	}
}

// Index returns the place of the counter-th entry; counter must be from 0 to
// below n.
func (p *Permutation) Index(counter int) int {
	if counter < 0 || counter >= int(p.n) {
		panic(fmt.Sprintf("statuslist: place %d of a list of %d", counter, p.n))
	}
	x := uint32(counter)
	for {
		// The cycle of a bijection through a point below n comes back below n.
		if x = p.encipher(x); x < p.n {
			return int(x)
		}
	}
}

const rounds = 4

func (p *Permutation) encipher(x uint32) uint32 {
	mask := uint32(1)<<p.half - 1
	left, right := x>>p.half, x&mask
	for round := range byte(rounds) {
		left, right = right, left^p.round(round, right)&mask
	}
	return left<<p.half | right
}

// round is the round function: the size of the list is part of its input, so
// that one key gives unrelated orders for lists of different sizes.
func (p *Permutation) round(round byte, half uint32) uint32 {
	m := p.macs.Get().(hash.Hash)
	defer p.macs.Put(m)
	m.Reset()
	var in [9]byte
	in[0] = round
	binary.BigEndian.PutUint32(in[1:], p.n)
	binary.BigEndian.PutUint32(in[5:], half)
	m.Write(in[:])
	var out [sha256.Size]byte
	return binary.BigEndian.Uint32(m.Sum(out[:0]))
}
