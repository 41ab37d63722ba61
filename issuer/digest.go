package issuer

import (
	"encoding/hex"
	"fmt"
)

// A Digest is a SHA-256 or HMAC-SHA-256 value, written in hexadecimal.
type Digest [32]byte

// IsZero reports whether d is absent.
func (d Digest) IsZero() bool { return d == Digest{} }

func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText writes 64 hexadecimal digits.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Digest) UnmarshalText(b []byte) error {
	if hex.DecodedLen(len(b)) != len(d) {
		return fmt.Errorf("issuer: a digest has 64 hexadecimal digits, not %d", len(b))
	}
	_, err := hex.Decode(d[:], b)
	return err
}
