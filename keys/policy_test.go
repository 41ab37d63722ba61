package keys_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"testing"

	"merkki/keys"
	"merkki/schema"
)

// reason returns the reason for which a key is refused, "" for none.
func reason(t interface {
	Helper()
	Fatalf(string, ...any)
}, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	f, ok := errors.AsType[*schema.Fault](err)
	if !ok || f.Finding != "key.unusable" || f.Code != schema.CodeInvalidVerificationMethod || f.Outcome != schema.Fail {
		t.Fatalf("%v is not key.unusable", err)
	}
	return f.Args["reason"].(string)
}

// pointsOfSmallOrder are the eight, in their canonical encoding.
var pointsOfSmallOrder = []string{
	"0100000000000000000000000000000000000000000000000000000000000000",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
}

// The standard library shows what these keys are: with R = 1 and S = 0, which
// anybody can write, it finds messages that they "signed".
func TestPointsOfSmallOrderForgeAndAreRefused(t *testing.T) {
	forged := make([]byte, ed25519.SignatureSize)
	forged[0] = 1
	for _, point := range pointsOfSmallOrder {
		k := ed25519.PublicKey(fromHex(t, point))
		holds := false
		for i := 0; i < 200 && !holds; i++ {
			holds = ed25519.Verify(k, fmt.Appendf(nil, "message %d", i), forged)
		}
		if !holds {
			t.Errorf("%s: no message of 200 is forged; is it of small order?", point)
		}
		if got := reason(t, keys.Check(k)); got != "small-order" {
			t.Errorf("%s: refused for %q, want small-order", point, got)
		}
	}
}

func TestEd25519EncodingsAreCanonical(t *testing.T) {
	for name, point := range map[string]string{
		"identity with the sign of nothing": "0100000000000000000000000000000000000000000000000000000000000080",
		"order 2 with the sign of nothing":  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"y = p":                             "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"y = p + 1":                         "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"y = 2^255 - 1":                     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"on no point":                       "0200000000000000000000000000000000000000000000000000000000000000",
	} {
		if got := reason(t, keys.Check(ed25519.PublicKey(fromHex(t, point)))); got != "point" {
			t.Errorf("%s: refused for %q, want point", name, got)
		}
	}
	for _, n := range []int{0, 31, 33, 64} {
		if got := reason(t, keys.Check(ed25519.PublicKey(make([]byte, n)))); got != "length" {
			t.Errorf("%d bytes: refused for %q, want length", n, got)
		}
	}
}

// Real keys pass whatever their seed. Of random bytes about half are on the
// curve, and the same point mirrored is on it too.
func TestEd25519PointsOnTheCurve(t *testing.T) {
	const n = 400
	on := 0
	for i := range n {
		b := sha256.Sum256(fmt.Appendf(nil, "point %d", i))
		if err := keys.Check(ed25519.NewKeyFromSeed(b[:]).Public()); err != nil {
			t.Errorf("the key of seed %x: %v", b, err)
		}
		mirrored := b
		mirrored[31] ^= 0x80
		passes := keys.Check(ed25519.PublicKey(b[:])) == nil
		if passes {
			on++
		}
		if other := keys.Check(ed25519.PublicKey(mirrored[:])) == nil; other != passes {
			t.Errorf("%x passes %v, its mirror image %v", b, passes, other)
		}
	}
	if on < n*2/5 || on > n*3/5 {
		t.Errorf("%d of %d random points are on the curve, want about half", on, n)
	}
}

func TestCheckOfOtherKeys(t *testing.T) {
	p256, p521 := elliptic.P256().Params(), elliptic.P521().Params()
	modulus := func(bits uint) *big.Int {
		n := new(big.Int).Lsh(big.NewInt(1), bits-1)
		return n.Add(n, big.NewInt(1))
	}
	for _, c := range []struct {
		name string
		key  crypto.PublicKey
		want string
	}{
		{"generator of P-256", &ecdsa.PublicKey{Curve: elliptic.P256(), X: p256.Gx, Y: p256.Gy}, ""},
		{"off the curve", &ecdsa.PublicKey{Curve: elliptic.P256(), X: p256.Gx, Y: p256.Gx}, "point"},
		{"infinity", &ecdsa.PublicKey{Curve: elliptic.P256(), X: new(big.Int), Y: new(big.Int)}, "point"},
		{"coordinate beyond the prime", &ecdsa.PublicKey{Curve: elliptic.P256(), X: new(big.Int).Add(p256.Gx, p256.P), Y: p256.Gy}, "point"},
		{"point of another curve", &ecdsa.PublicKey{Curve: elliptic.P384(), X: p256.Gx, Y: p256.Gy}, "point"},
		{"P-521", &ecdsa.PublicKey{Curve: elliptic.P521(), X: p521.Gx, Y: p521.Gy}, "curve"},
		{"no curve", &ecdsa.PublicKey{}, "curve"},
		{"no ECDSA key", (*ecdsa.PublicKey)(nil), "curve"},
		{"RSA 2048", &rsa.PublicKey{N: modulus(2048), E: 65537}, ""},
		{"RSA 4096, exponent 3", &rsa.PublicKey{N: modulus(4096), E: 3}, ""},
		{"RSA 2047", &rsa.PublicKey{N: modulus(2047), E: 65537}, "modulus"},
		{"RSA 4097", &rsa.PublicKey{N: modulus(4097), E: 65537}, "modulus"},
		{"RSA even modulus", &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 2047), E: 65537}, "modulus"},
		{"RSA exponent 1", &rsa.PublicKey{N: modulus(2048), E: 1}, "exponent"},
		{"RSA exponent 4", &rsa.PublicKey{N: modulus(2048), E: 4}, "exponent"},
		{"RSA exponent 2³¹+1", &rsa.PublicKey{N: modulus(2048), E: 1<<31 + 1}, "exponent"},
		{"RSA without modulus", &rsa.PublicKey{}, "modulus"},
		{"secret bytes", []byte("secret"), "algorithm"},
		{"a private key", ed25519.NewKeyFromSeed(make([]byte, 32)), "algorithm"},
		{"nothing", nil, "algorithm"},
	} {
		if got := reason(t, keys.Check(c.key)); got != c.want {
			t.Errorf("%s: refused for %q, want %q", c.name, got, c.want)
		}
	}
}

func fromHex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
