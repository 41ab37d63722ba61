package dataintegrity

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"math/big"

	"merkki/keys"
)

// An algorithm is what a kind of key does: it hashes with one function
// everywhere, inside canonicalisation too, and its signatures have one length.
type algorithm struct {
	key    keys.Algorithm
	hash   crypto.Hash
	length int
	sign   func(a *algorithm, s crypto.Signer, data []byte) ([]byte, error)
	verify func(a *algorithm, key crypto.PublicKey, data, signature []byte) bool
}

var (
	// Pure Ed25519 (RFC 8032). The standard library refuses S ≥ L (section
	// 5.1.7), so a signature has one spelling; the key policy refuses keys of
	// small order, with which one signature holds for every message (Data
	// Integrity EdDSA Cryptosuites 1.0, section 4.1.2).
	withEd25519 = &algorithm{keys.Ed25519, crypto.SHA256, ed25519.SignatureSize, signEd25519, verifyEd25519}
	// ECDSA with r and s at fixed width one after the other (Data Integrity
	// ECDSA Cryptosuites 1.0, section 3.2.5), never in DER.
	withP256 = &algorithm{keys.P256, crypto.SHA256, 64, signECDSA, verifyECDSA}
	withP384 = &algorithm{keys.P384, crypto.SHA384, 96, signECDSA, verifyECDSA}
)

// holds reports whether signature is the key's over data. A key that is of
// another kind, or that the key policy refuses, verifies nothing.
func (a *algorithm) holds(key crypto.PublicKey, data, signature []byte) bool {
	return keys.AlgorithmOf(key) == a.key && keys.Check(key) == nil && len(signature) == a.length && a.verify(a, key, data, signature)
}

func (a *algorithm) sum(b []byte) []byte {
	h := a.hash.New()
	h.Write(b)
	return h.Sum(nil)
}

func signEd25519(_ *algorithm, s crypto.Signer, data []byte) ([]byte, error) {
	return s.Sign(rand.Reader, data, crypto.Hash(0))
}

func verifyEd25519(_ *algorithm, key crypto.PublicKey, data, signature []byte) bool {
	return ed25519.Verify(key.(ed25519.PublicKey), data, signature)
}

// signECDSA gives the signer no randomness: a key in software then signs
// deterministically (RFC 6979), so that no bad source of randomness can give
// the key away, and a device uses its own.
func signECDSA(a *algorithm, s crypto.Signer, data []byte) ([]byte, error) {
	der, err := s.Sign(nil, a.sum(data), a.hash)
	if err != nil {
		return nil, err
	}
	return keys.FixedWidth(der, a.length/2)
}

// verifyECDSA refuses r or s of 0, or of the order of the group and more; it
// takes both s and n - s, as vectors and other implementations need.
func verifyECDSA(a *algorithm, key crypto.PublicKey, data, signature []byte) bool {
	r := new(big.Int).SetBytes(signature[:a.length/2])
	s := new(big.Int).SetBytes(signature[a.length/2:])
	return ecdsa.Verify(key.(*ecdsa.PublicKey), a.sum(data), r, s)
}
