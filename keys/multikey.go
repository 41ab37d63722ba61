package keys

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"fmt"

	"github.com/mr-tron/base58"
)

// maxMultikey bounds the text before it is decoded, because decoding base58 is
// quadratic; the longest key that is read has 71 characters.
const maxMultikey = 160

// A multicodec is a row of the table of key kinds: the varint that introduces
// the key, and how the bytes after it are read (Controlled Identifiers 1.0,
// section 2.2.2; codes of multiformats/multicodec).
type multicodec struct {
	prefix    []byte
	algorithm Algorithm // "": recognised, and never a key to verify with
	read      func(b []byte) (crypto.PublicKey, error)
}

var multicodecs = []multicodec{
	{[]byte{0xed, 0x01}, Ed25519, readEd25519},
	{[]byte{0x80, 0x24}, P256, readECDSA(elliptic.P256(), 33)},
	{[]byte{0x81, 0x24}, P384, readECDSA(elliptic.P384(), 49)},
}

// Multikey returns publicKeyMultibase of an Ed25519, P-256 or P-384 key:
// base58btc of the multicodec prefix and the key, a point of an elliptic curve
// in its compressed form. The key must pass [Check].
func Multikey(pub crypto.PublicKey) (string, error) {
	if err := Check(pub); err != nil {
		return "", err
	}
	var raw []byte
	switch k := pub.(type) {
	case ed25519.PublicKey:
		raw = k
	case *ecdsa.PublicKey:
		raw = elliptic.MarshalCompressed(k.Curve, k.X, k.Y)
	}
	alg := AlgorithmOf(pub)
	for _, m := range multicodecs {
		if m.algorithm == alg {
			return "z" + base58.Encode(append(bytes.Clone(m.prefix), raw...)), nil
		}
	}
	return "", fmt.Errorf("keys: %s keys have no multikey form here", alg)
}

// Fragment returns the name that a key has among those of its controller: its
// Multikey, or, for a kind of key that has none, its JWK thumbprint.
func Fragment(pub crypto.PublicKey) (string, error) {
	if AlgorithmOf(pub) == RSA {
		return Thumbprint(pub)
	}
	return Multikey(pub)
}

// ParseMultikey reads publicKeyMultibase and applies the key policy. The fault
// is key.unusable; its argument "reason" is too-long (more than 160 characters),
// multibase, multicodec (not a kind of public key that verifies: X25519,
// secp256k1, P-521, any secret key), length, point or small-order. What it refuses is never among the arguments,
// because it might be a secret key.
func ParseMultikey(s string) (crypto.PublicKey, error) {
	if len(s) > maxMultikey {
		return nil, unusable("too-long")
	}
	if len(s) < 2 || s[0] != 'z' {
		return nil, unusable("multibase")
	}
	b, err := base58.Decode(s[1:])
	if err != nil {
		return nil, unusable("multibase")
	}
	for _, m := range multicodecs {
		if rest, ok := bytes.CutPrefix(b, m.prefix); ok {
			return m.read(rest)
		}
	}
	return nil, unusable("multicodec")
}

func readEd25519(b []byte) (crypto.PublicKey, error) {
	k := ed25519.PublicKey(b)
	if err := Check(k); err != nil {
		return nil, err
	}
	return k, nil
}

func readECDSA(curve elliptic.Curve, size int) func([]byte) (crypto.PublicKey, error) {
	return func(b []byte) (crypto.PublicKey, error) {
		if len(b) != size {
			return nil, unusable("length")
		}
		// Returns nil for a coordinate of the prime or more and for an x that
		// is on no point; the form byte must be 2 or 3.
		x, y := elliptic.UnmarshalCompressed(curve, b)
		if x == nil {
			return nil, unusable("point")
		}
		k := &ecdsa.PublicKey{Curve: curve, X: x, Y: y}
		if err := Check(k); err != nil {
			return nil, err
		}
		return k, nil
	}
}
