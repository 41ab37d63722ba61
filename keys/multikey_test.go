package keys_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"math/big"
	"strings"
	"testing"

	"github.com/mr-tron/base58"
	"pgregory.net/rapid"

	"merkki/keys"
)

// Examples of Controlled Identifiers 1.0 and of the Data Integrity vectors.
func TestPublishedMultikeys(t *testing.T) {
	for _, c := range []struct {
		text string
		alg  keys.Algorithm
	}{
		{"z6Mkf5rGMoatrSj1f4CyvuHBeXJELe9RPdzo2PKGNCKVtZxP", keys.Ed25519},
		{"z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2", keys.Ed25519},
		{"zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv", keys.P256},
		{"zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP", keys.P256},
		{"z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ", keys.P384},
	} {
		pub, err := keys.ParseMultikey(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := keys.AlgorithmOf(pub); got != c.alg {
			t.Errorf("%s: a key of %s, want %s", c.text, got, c.alg)
		}
		if back, err := keys.Multikey(pub); err != nil || back != c.text {
			t.Errorf("%s is written %s (%v)", c.text, back, err)
		}
	}
	pub, err := keys.ParseMultikey("z6Mkf5rGMoatrSj1f4CyvuHBeXJELe9RPdzo2PKGNCKVtZxP")
	if err != nil || !pub.(ed25519.PublicKey).Equal(ed25519.PublicKey(fromHex(t, "095f9a1a595dde755d82786864ad03dfa5a4fbd68832566364e2b65e13cc9e44"))) {
		t.Errorf("the key of the example is %x (%v)", pub, err)
	}
}

func TestMultikeysThatAreRefused(t *testing.T) {
	multi := func(prefix string, key []byte) string {
		return "z" + base58.Encode(append(fromHex(t, prefix), key...))
	}
	good := ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey)
	p := elliptic.P256().Params()
	compressed := elliptic.MarshalCompressed(elliptic.P256(), p.Gx, p.Gy)
	tooLarge := append([]byte{2}, p.P.Bytes()...)
	for _, c := range []struct{ name, text, want string }{
		{"good", multi("ed01", good), ""},
		{"nothing", "", "multibase"},
		{"header alone", "z", "multibase"},
		{"base64url", "u7QE", "multibase"},
		{"capital header", "Z" + multi("ed01", good)[1:], "multibase"},
		{"letters base58 lacks", "z0OIl", "multibase"},
		{"space", multi("ed01", good) + " ", "multibase"},
		{"not ASCII", "z6Mkä", "multibase"},
		{"X25519", multi("ec01", good), "multicodec"},
		{"secp256k1", multi("e701", compressed), "multicodec"},
		{"P-521", multi("8224", make([]byte, 67)), "multicodec"},
		{"Ed25519 secret", multi("8026", good), "multicodec"},
		{"P-256 secret", multi("8626", good), "multicodec"},
		{"no prefix", "z" + base58.Encode(good), "multicodec"},
		{"prefix alone", multi("ed01", nil), "length"},
		{"a byte short", multi("ed01", good[:31]), "length"},
		{"a byte long", multi("ed01", append([]byte{0}, good...)), "length"},
		{"64-byte secret as public", multi("ed01", make([]byte, 64)), "length"},
		{"small order", multi("ed01", fromHex(t, pointsOfSmallOrder[0])), "small-order"},
		{"good point", multi("8024", compressed), ""},
		{"uncompressed point", multi("8024", elliptic.Marshal(elliptic.P256(), p.Gx, p.Gy)), "length"},
		{"hybrid form", multi("8024", append([]byte{6}, compressed[1:]...)), "point"},
		{"form 4 with one coordinate", multi("8024", append([]byte{4}, compressed[1:]...)), "point"},
		{"coordinate of the prime", multi("8024", tooLarge), "point"},
		{"point of P-256 as P-384", multi("8124", compressed), "length"},
		{"endless", "z" + strings.Repeat("1", 1<<20), "too-long"},
		{"161 characters", "z" + strings.Repeat("1", 160), "too-long"},
		{"160 characters", "z" + strings.Repeat("1", 159), "multicodec"},
	} {
		if _, err := keys.ParseMultikey(c.text); reason(t, err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// A point that is written is read as the same point, and no other text is.
func TestMultikeyHasOneSpelling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scalar := rapid.SliceOfN(rapid.Byte(), 24, 24).Draw(t, "scalar")
		curve := rapid.SampledFrom([]elliptic.Curve{elliptic.P256(), elliptic.P384()}).Draw(t, "curve")
		d := new(big.Int).Add(new(big.Int).SetBytes(scalar), big.NewInt(1))
		x, y := curve.ScalarBaseMult(d.Bytes())
		k := &ecdsa.PublicKey{Curve: curve, X: x, Y: y}
		text, err := keys.Multikey(k)
		if err != nil {
			t.Fatal(err)
		}
		back, err := keys.ParseMultikey(text)
		if err != nil || !k.Equal(back) {
			t.Fatalf("%s is read as %v (%v)", text, back, err)
		}
		at := rapid.IntRange(0, len(text)).Draw(t, "at")
		other := text[:at] + rapid.SampledFrom([]string{"1", "z", " ", "0"}).Draw(t, "inserted") + text[at:]
		if same, err := keys.ParseMultikey(other); err == nil && k.Equal(same) {
			t.Fatalf("%s and %s are one key", text, other)
		}
	})
}

func FuzzMultikey(f *testing.F) {
	f.Add("z6Mkf5rGMoatrSj1f4CyvuHBeXJELe9RPdzo2PKGNCKVtZxP")
	f.Add("zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv")
	f.Add("z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ")
	f.Add("u7QEJX5oaWV3edV2CeGhkrQPfpaT71ogyVmNk4rZeE8yeRA")
	f.Fuzz(func(t *testing.T, text string) {
		pub, err := keys.ParseMultikey(text)
		if reason(t, err) != "" {
			return
		}
		if back, err := keys.Multikey(pub); err != nil || back != text {
			t.Fatalf("%q is read and written %q (%v)", text, back, err)
		}
	})
}

func BenchmarkParseMultikey(b *testing.B) {
	for b.Loop() {
		if _, err := keys.ParseMultikey("z6Mkf5rGMoatrSj1f4CyvuHBeXJELe9RPdzo2PKGNCKVtZxP"); err != nil {
			b.Fatal(err)
		}
	}
}
