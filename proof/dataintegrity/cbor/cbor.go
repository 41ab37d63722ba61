// Package cbor reads and writes the little of CBOR (RFC 8949) that proof values
// are made of: unsigned integers, byte strings, text strings, arrays and maps.
//
// Reading is strict, so that a value has one spelling: lengths are definite, every
// head is the shortest (section 4.2.1, Core Deterministic Encoding Requirements),
// there are no tags, floats or simple values, and nothing follows the item. A
// Reader never reserves memory for what a length promises; it gives out parts of
// its input.
//
//	r := cbor.NewReader(b)
//	n := r.Array()
//	for range n {
//		text := r.Text()
//	}
//	if err := r.End(); err != nil {
//		return err // whatever was read before it may not be used
//	}
package cbor

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"unicode/utf8"
)

// The major types (section 3.1).
const (
	unsigned = 0
	bytes    = 2
	text     = 3
	array    = 4
	mapping  = 5
)

// ErrForm is the error of input that is no CBOR, another type than the reader
// asked for, or not in its only spelling.
var ErrForm = errors.New("cbor: not the expected item in its one spelling")

// A Reader takes items off the front of its input. After the first thing that is
// not as asked for, every method returns its zero value and End says so.
type Reader struct {
	rest   []byte
	failed bool
}

// NewReader returns a Reader of b, which must not change while it is used.
func NewReader(b []byte) *Reader { return &Reader{rest: b} }

// End returns nil when everything was as asked for and nothing is left.
func (r *Reader) End() error {
	if r.failed || len(r.rest) > 0 {
		return ErrForm
	}
	return nil
}

// Uint reads an unsigned integer.
func (r *Reader) Uint() uint64 { return r.head(unsigned) }

// Bytes reads a byte string. It is a part of the input.
func (r *Reader) Bytes() []byte { return r.take(r.head(bytes)) }

// Text reads a text string of valid UTF-8.
func (r *Reader) Text() string {
	b := r.take(r.head(text))
	if !utf8.Valid(b) {
		r.fail()
		return ""
	}
	return string(b)
}

// Array reads the head of an array and returns how many items follow. The number
// is never greater than the number of bytes left: an item takes at least one.
func (r *Reader) Array() int { return r.count(array, 1) }

// Map reads the head of a map and returns how many pairs follow, bounded as in
// Array. That no key comes twice is for the caller to see.
func (r *Reader) Map() int { return r.count(mapping, 2) }

func (r *Reader) count(major byte, least uint64) int {
	n := r.head(major)
	if n > uint64(len(r.rest))/least {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *Reader) fail() { r.rest, r.failed = nil, true }

func (r *Reader) take(n uint64) []byte {
	if r.failed || n > uint64(len(r.rest)) {
		r.fail()
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

// head reads the head of an item of a major type and returns its argument.
func (r *Reader) head(major byte) uint64 {
	b := r.take(1)
	if r.failed || b[0]>>5 != major {
		r.fail()
		return 0
	}
	short := b[0] & 31
	if short < 24 {
		return uint64(short)
	}
	if short > 27 { // reserved, or of indefinite length
		r.fail()
		return 0
	}
	b = r.take(1 << (short - 24))
	if r.failed {
		return 0
	}
	var full [8]byte
	copy(full[8-len(b):], b)
	n := binary.BigEndian.Uint64(full[:])
	if len(AppendUint(nil, n)) != 1+len(b) {
		r.fail()
		return 0
	}
	return n
}

// AppendUint appends an unsigned integer.
func AppendUint(b []byte, n uint64) []byte { return appendHead(b, unsigned, n) }

// AppendBytes appends a byte string.
func AppendBytes(b, s []byte) []byte { return append(appendHead(b, bytes, uint64(len(s))), s...) }

// AppendText appends a text string, which must be UTF-8.
func AppendText(b []byte, s string) []byte { return append(appendHead(b, text, uint64(len(s))), s...) }

// AppendArray appends the head of an array of n items.
func AppendArray(b []byte, n int) []byte { return appendHead(b, array, uint64(n)) }

// AppendMap appends the head of a map of n pairs.
func AppendMap(b []byte, n int) []byte { return appendHead(b, mapping, uint64(n)) }

// appendHead writes the shortest head: the argument in the first byte, or in
// one, two, four or eight bytes after it.
func appendHead(b []byte, major byte, n uint64) []byte {
	major <<= 5
	switch size := bits.Len64(n); {
	case n < 24:
		return append(b, major|byte(n))
	case size <= 8:
		return append(b, major|24, byte(n))
	case size <= 16:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(n))
	case size <= 32:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(b, major|27), n)
}
