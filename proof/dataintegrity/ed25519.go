package dataintegrity

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"

	"merkki/keys"
)

// ed25519Scheme is pure Ed25519 (RFC 8032). The standard library refuses S ≥ L
// (section 5.1.7), so a signature has one spelling; the key policy refuses keys
// of small order, with which one signature holds for every message (Data
// Integrity EdDSA Cryptosuites 1.0, section 4.1.2).
var ed25519Scheme = scheme{
	length: ed25519.SignatureSize,
	fits: func(key crypto.PublicKey) bool {
		k, ok := key.(ed25519.PublicKey)
		return ok && len(k) == ed25519.PublicKeySize
	},
	sign: func(s crypto.Signer, data []byte) ([]byte, error) {
		return s.Sign(rand.Reader, data, crypto.Hash(0))
	},
	verify: func(key crypto.PublicKey, data, signature []byte) bool {
		return keys.Check(key) == nil && ed25519.Verify(key.(ed25519.PublicKey), data, signature)
	},
}
