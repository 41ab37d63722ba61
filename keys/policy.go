package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"math/bits"

	"merkki/schema"
)

// Bounds of RSA keys. Below, the modulus can be factored; above, verifying
// costs whoever is asked to verify.
const (
	minModulusBits = 2048
	maxModulusBits = 4096
	minExponent    = 3
	maxExponent    = 1<<31 - 1
)

// Check applies the key policy to a public key: Ed25519 (canonical, on the
// curve, not of small order), ECDSA on P-256 or P-384, RSA of 2,048 to 4,096
// bits with an odd exponent from 3 to 2³¹-1. The fault is key.unusable with
// the argument "reason": algorithm, curve, length, point, small-order,
// modulus or exponent.
//
// The readers of this package have applied it already; a key that came
// another way is checked here before it verifies anything.
func Check(pub crypto.PublicKey) error {
	switch k := pub.(type) {
	case ed25519.PublicKey:
		return checkEd25519(k)
	case *ecdsa.PublicKey:
		return checkECDSA(k)
	case *rsa.PublicKey:
		return checkRSA(k)
	}
	return unusable("algorithm")
}

// AlgorithmOf names the algorithm of a public key, or "" for a kind that no
// credential is signed with.
func AlgorithmOf(pub crypto.PublicKey) Algorithm {
	switch k := pub.(type) {
	case ed25519.PublicKey:
		return Ed25519
	case *ecdsa.PublicKey:
		if k != nil {
			return curves[k.Curve]
		}
	case *rsa.PublicKey:
		return RSA
	}
	return ""
}

var curves = map[elliptic.Curve]Algorithm{elliptic.P256(): P256, elliptic.P384(): P384}

func checkECDSA(k *ecdsa.PublicKey) error {
	if k == nil || curves[k.Curve] == "" {
		return unusable("curve")
	}
	// Bytes refuses points that are off the curve or at infinity.
	if _, err := k.Bytes(); err != nil {
		return unusable("point")
	}
	return nil
}

func checkRSA(k *rsa.PublicKey) error {
	if k == nil || k.N == nil || k.N.BitLen() < minModulusBits || k.N.BitLen() > maxModulusBits || k.N.Bit(0) == 0 {
		return unusable("modulus")
	}
	if e := k.E; e < minExponent || bits.Len(uint(e)) > 31 || e > maxExponent || e%2 == 0 {
		return unusable("exponent")
	}
	return nil
}

func unusable(reason string) error {
	return schema.Found("key.unusable", "", map[string]any{"reason": reason})
}
