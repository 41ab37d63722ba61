package keys

import (
	"bytes"
	"crypto/ed25519"
	"math/big"
	"slices"
	"sync/atomic"
)

// The curve of Ed25519, -x² + y² = 1 + d·x²·y² modulo 2²⁵⁵-19 (RFC 8032,
// section 5.1).
var (
	one        = big.NewInt(1)
	fieldPrime = new(big.Int).Sub(new(big.Int).Lsh(one, 255), big.NewInt(19))
	curveD     = hexInt("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3")
)

// smallOrder holds the y of the eight points whose order divides 8: of 0
// (order 4), 1 (the identity), -1 (order 2) and two of order 8, each but the
// second and third with both signs of x. A key among them lets one signature
// verify for messages nobody signed: Chalkias, Garillot and Nikolaenko, Taming
// the many EdDSAs, 2020.
var smallOrder = []*big.Int{
	big.NewInt(0),
	one,
	new(big.Int).Sub(fieldPrime, one),
	order8,
	new(big.Int).Sub(fieldPrime, order8),
}

var order8 = hexInt("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826")

// passed remembers the last key of each first byte that passed: the same few
// keys are asked about again and again, and the arithmetic takes a third as long
// as verifying a signature.
var passed [256]atomic.Pointer[[ed25519.PublicKeySize]byte]

func checkEd25519(k ed25519.PublicKey) error {
	if len(k) != ed25519.PublicKeySize {
		return unusable("length")
	}
	known := &passed[k[0]]
	if p := known.Load(); p != nil && bytes.Equal(p[:], k) {
		return nil
	}
	if err := checkPoint(k); err != nil {
		return err
	}
	p := [ed25519.PublicKeySize]byte(k)
	known.Store(&p)
	return nil
}

// checkPoint reads the 32 bytes as RFC 8032, section 5.1.3, reads a point:
// crypto/ed25519 does so only when it verifies, takes a y of the prime or more,
// and has no objection to small order.
func checkPoint(k ed25519.PublicKey) error {
	le := slices.Clone(k)
	sign := le[31] >> 7
	le[31] &= 0x7f
	slices.Reverse(le)
	y := new(big.Int).SetBytes(le)
	if y.Cmp(fieldPrime) >= 0 {
		return unusable("point")
	}
	// x² = (y²-1) / (d·y²+1), and a fraction is a square where the product of
	// its parts is; the divisor is never 0, because -1/d is no square.
	y2 := new(big.Int).Mul(y, y)
	numerator := new(big.Int).Sub(y2, one)
	divisor := new(big.Int).Mul(curveD, y2)
	divisor.Add(divisor, one)
	square := big.Jacobi(numerator.Mul(numerator, divisor).Mod(numerator, fieldPrime), fieldPrime)
	switch {
	case square == 0 && sign == 1: // x is 0, and -0 is a second spelling
		return unusable("point")
	case square < 0:
		return unusable("point")
	case slices.ContainsFunc(smallOrder, func(s *big.Int) bool { return s.Cmp(y) == 0 }):
		return unusable("small-order")
	}
	return nil
}

func hexInt(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 16)
	if !ok {
		panic("keys: not a number: " + s)
	}
	return n
}
