package dataintegrity

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"testing"

	"merkki/internal/judge"
	"merkki/keys"
)

// A wycheproof is a file of Project Wycheproof.
type wycheproof struct {
	NumberOfTests int
	TestGroups    []struct {
		PublicKey struct{ PK, Uncompressed string }
		Tests     []struct {
			TCID             int `json:"tcId"`
			Msg, Sig, Result string
			Comment          string
		}
	}
}

// Project Wycheproof: what is no signature in the one canonical spelling is
// refused, whatever the arithmetic would make of it. Signatures in DER never are
// one, the valid ones included.
func TestWycheproof(t *testing.T) {
	curve := func(c elliptic.Curve) func(*testing.T, string) crypto.PublicKey {
		return func(t *testing.T, uncompressed string) crypto.PublicKey {
			k, err := ecdsa.ParseUncompressedPublicKey(c, unhex(t, uncompressed))
			if err != nil {
				t.Fatal(err)
			}
			return k
		}
	}
	for _, c := range []struct {
		file  string
		a     *algorithm
		key   func(*testing.T, string) crypto.PublicKey
		least int  // number of tests
		der   bool // none may hold
	}{
		{"ed25519_test.json", withEd25519, func(t *testing.T, pk string) crypto.PublicKey { return ed25519.PublicKey(unhex(t, pk)) }, 151, false},
		{"ecdsa_secp256r1_sha256_p1363_test.json", withP256, curve(elliptic.P256()), 262, false},
		{"ecdsa_secp384r1_sha384_p1363_test.json", withP384, curve(elliptic.P384()), 280, false},
		{"ecdsa_secp256r1_sha256_test.json", withP256, curve(elliptic.P256()), 484, true},
		{"ecdsa_secp384r1_sha384_test.json", withP384, curve(elliptic.P384()), 504, true},
	} {
		t.Run(c.file, func(t *testing.T) {
			var file wycheproof
			readJSON(t, judge.Data(t, "vectors", "wycheproof", c.file), &file)
			n := 0
			for _, g := range file.TestGroups {
				key := c.key(t, g.PublicKey.PK+g.PublicKey.Uncompressed)
				for _, test := range g.Tests {
					n++
					want := test.Result == "valid" && !c.der
					if got := c.a.holds(key, unhex(t, test.Msg), unhex(t, test.Sig)); got != want {
						t.Errorf("test %d (%s): holds is %v", test.TCID, test.Comment, got)
					}
				}
			}
			if n != c.least {
				t.Errorf("%d tests, want %d", n, c.least)
			}
			judge.Score{Suite: "Project Wycheproof, " + c.file, How: "each signature; in DER none may hold", Passed: n}.Report(t)
		})
	}
}

// What a signer returns is DER; every valid signature of Wycheproof becomes one
// of fixed width that holds. (What only resembles DER may become one too: it
// comes from a device of ours, and the result is verified.)
func TestSignatureOfADevice(t *testing.T) {
	var file wycheproof
	readJSON(t, judge.Data(t, "vectors", "wycheproof", "ecdsa_secp256r1_sha256_test.json"), &file)
	held := 0
	for _, g := range file.TestGroups {
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), unhex(t, g.PublicKey.Uncompressed))
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range g.Tests {
			if test.Result != "valid" {
				continue
			}
			sig, err := keys.FixedWidth(unhex(t, test.Sig), 32)
			if err != nil || !withP256.holds(key, unhex(t, test.Msg), sig) {
				t.Errorf("test %d (%s): became %x, %v", test.TCID, test.Comment, sig, err)
			}
			held++
		}
	}
	if held < 100 {
		t.Errorf("only %d signatures held", held)
	}
}
