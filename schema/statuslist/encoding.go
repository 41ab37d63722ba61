package statuslist

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"merkki/schema"
)

// Encode returns encodedList: "u", then base64url without padding of the gzip
// of the bits (Bitstring Status List 1.0, section 3.3). The text depends on the
// compressor; compare lists by their bits.
func (l *List) Encode() string {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(l.bits)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic("statuslist: compressing into memory: " + err.Error())
	}
	return "u" + base64.RawURLEncoding.EncodeToString(b.Bytes())
}

// Decode reads encodedList. There is one spelling of a list's compressed bytes
// and nothing beside them: "u", canonical base64url without padding, exactly
// one gzip member with right checksum and length, nothing after it. The output
// is cut at [MaxExpanded].
//
// The faults are status.list-encoding and, for the cut, status.limit. A list
// shorter than [MinEntries] is returned all the same, because a set bit counts
// even there.
func Decode(encodedList string) (*List, error) {
	text, ok := strings.CutPrefix(encodedList, "u")
	if !ok {
		return nil, malformed("multibase")
	}
	packed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	// Strict refuses trailing bits and still skips CR and LF: compare.
	if err != nil || base64.RawURLEncoding.EncodedLen(len(packed)) != len(text) {
		return nil, malformed("base64url")
	}
	bits, err := expand(packed)
	if err != nil {
		return nil, err
	}
	return &List{bits: bits}, nil
}

// expand inflates exactly one gzip member of at most MaxExpanded bytes.
func expand(packed []byte) ([]byte, error) {
	// A bytes.Reader is an io.ByteReader, so that the decompressor takes no
	// byte beyond the member and what is left can be counted.
	in := bytes.NewReader(packed)
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, malformed("gzip")
	}
	z.Multistream(false) // the default reads concatenated members as one
	out := bytes.NewBuffer(make([]byte, 0, sizeHint(packed)+2*bytes.MinRead))
	switch _, err := io.CopyN(out, z, MaxExpanded+1); {
	case err == nil:
		return nil, schema.Found("status.limit", "", map[string]any{"limit": "status.expanded", "max": MaxExpanded})
	case !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return nil, malformed("gzip")
	}
	if in.Len() != 0 {
		return nil, malformed("trailing-data")
	}
	return out.Bytes(), nil
}

// sizeHint is the size that the member claims in its last four bytes (RFC 1952,
// section 2.3.1), so that a list is allocated once; no more than the limit and
// no more than deflate can make of so many bytes.
func sizeHint(packed []byte) int {
	if len(packed) < 4 {
		return 0
	}
	claimed := binary.LittleEndian.Uint32(packed[len(packed)-4:])
	const maxRatio = 1032
	return min(int(claimed), MaxExpanded, maxRatio*len(packed))
}

func malformed(reason string) error {
	return schema.Found("status.list-encoding", "", map[string]any{"reason": reason})
}
