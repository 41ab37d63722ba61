package issuer

import (
	"crypto/rand"
	"strings"

	"merkki/schema"
)

// idAlphabet is Crockford's base 32: the ten digits and the capitals but I, L,
// O and U, so that an address read aloud or off paper has one reading.
const idAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// idLength is the number of characters that 128 bits take: 26 × 5 = 130, so the
// first character is 0 to 7.
const idLength = 26

// NewID returns 128 random bits as 26 characters of Crockford base 32, in
// capitals. Nothing about a credential can be guessed or counted from it.
func NewID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return encodeID(b)
}

// encodeID writes the bits most significant first; the first character holds
// three of them (0 to 7).
func encodeID(b [16]byte) string {
	var out [idLength]byte
	var acc, bits uint
	n := idLength
	for i := len(b) - 1; i >= 0; i-- {
		acc |= uint(b[i]) << bits
		bits += 8
		for bits >= 5 {
			n--
			out[n] = idAlphabet[acc&31]
			acc >>= 5
			bits -= 5
		}
	}
	n--
	out[n] = idAlphabet[acc&31]
	return string(out[n:])
}

// ParseID reads an ID as a person may have typed it: any case, hyphens and
// spaces between groups, I and L for 1, O for 0. It returns the form that
// [NewID] gives. U, other characters, another length and a value beyond 128
// bits are a NOT_FOUND: there is no such thing.
func ParseID(s string) (string, error) {
	var out [idLength]byte
	n := 0
	for _, c := range []byte(s) {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A' // not strings.ToUpper: it makes an S of ſ
		}
		switch c {
		case '-', ' ':
			continue
		case 'I', 'L':
			c = '1'
		case 'O':
			c = '0'
		}
		if n == idLength || strings.IndexByte(idAlphabet, c) < 0 {
			return "", notFound(s)
		}
		out[n] = c
		n++
	}
	if n != idLength || out[0] > '7' {
		return "", notFound(s)
	}
	return string(out[:]), nil
}

// notFound is the answer to a reference that leads nowhere, or to a thing that
// is none of the caller's business: the two must look alike.
func notFound(ref string) error {
	return schema.Refusal(schema.CodeNotFound, "", map[string]any{"id": ref})
}
