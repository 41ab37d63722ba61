package dataintegrity

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/mr-tron/base58"
	"pgregory.net/rapid"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jsonld"
)

func eddsa(t testing.TB) *Suite {
	t.Helper()
	s := Lookup("eddsa-rdfc-2022")
	if s == nil {
		t.Fatal("no such suite")
	}
	return s
}

// Project Wycheproof: what is no signature in the one canonical spelling is
// refused, whatever the arithmetic would make of it.
func TestEd25519Wycheproof(t *testing.T) {
	b, err := os.ReadFile(judge.Data(t, "vectors", "wycheproof", "ed25519_test.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		TestGroups []struct {
			PublicKey struct{ PK string }
			Tests     []struct {
				TCID             int `json:"tcId"`
				Msg, Sig, Result string
				Comment          string
			}
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	s, n := eddsa(t), 0
	for _, g := range file.TestGroups {
		key, err := hex.DecodeString(g.PublicKey.PK)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range g.Tests {
			msg, _ := hex.DecodeString(c.Msg)
			sig, _ := hex.DecodeString(c.Sig)
			n++
			if got, want := s.Verify(ed25519.PublicKey(key), &Part{Hash: msg}, &Part{}, &Value{signature: sig}), c.Result == "valid"; got != want {
				t.Errorf("test %d (%s): verified is %v, want %v", c.TCID, c.Comment, got, want)
			}
		}
	}
	if n < 150 {
		t.Errorf("only %d tests in the file", n)
	}
}

// With a key of small order the signature R = 1, S = 0 holds for every message.
func TestSmallOrderKeyVerifiesNothing(t *testing.T) {
	identity := make([]byte, 32)
	identity[0] = 1
	sig := append(bytes.Clone(identity), make([]byte, 32)...)
	for _, msg := range []string{"", "a", "b"} {
		if !ed25519.Verify(identity, []byte(msg), sig) {
			t.Fatal("the standard library refuses it by now: this test shows nothing any more")
		}
		if eddsa(t).Verify(ed25519.PublicKey(identity), &Part{Hash: []byte(msg)}, &Part{}, &Value{signature: sig}) {
			t.Errorf("a key of small order verified %q", msg)
		}
	}
}

// The proof configuration comes first, and each half stands in its own place.
func TestOrderOfHashes(t *testing.T) {
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	document, config := &Part{Hash: []byte("document")}, &Part{Hash: []byte("config..")}
	sig := ed25519.Sign(priv, []byte("config..document"))
	if !eddsa(t).Verify(pub, document, config, &Value{signature: sig}) {
		t.Error("hash of the configuration, then of the document: not verified")
	}
	if eddsa(t).Verify(pub, config, document, &Value{signature: sig}) {
		t.Error("verified with the hashes exchanged")
	}
}

// Keys of another type fit nothing, and neither do malformed ones.
func TestFits(t *testing.T) {
	pub, _, _ := ed25519.GenerateKey(rand.Reader)
	ec, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	for _, c := range []struct {
		name string
		key  crypto.PublicKey
		want bool
	}{
		{"Ed25519", pub, true},
		{"short Ed25519", pub[:31], false},
		{"P-256", &ec.PublicKey, false},
		{"nothing", nil, false},
	} {
		if got := eddsa(t).Fits(c.key); got != c.want {
			t.Errorf("%s fits: %v, want %v", c.name, got, c.want)
		}
		if !c.want && eddsa(t).Verify(c.key, &Part{}, &Part{}, &Value{signature: make([]byte, 64)}) {
			t.Errorf("%s verified something", c.name)
		}
	}
}

// A brokenSigner signs something else than it was asked to.
type brokenSigner struct{ ed25519.PrivateKey }

func (b brokenSigner) Sign(r io.Reader, message []byte, o crypto.SignerOpts) ([]byte, error) {
	return b.PrivateKey.Sign(r, append(message, 0), o)
}

// Nothing leaves that the signer's own public key does not verify.
func TestSignChecksItself(t *testing.T) {
	_, priv, _ := ed25519.GenerateKey(rand.Reader)
	in := NewInput(jsonld.Embedded(), schema.ObjectValue(
		schema.Member{Name: "@context", Value: schema.StringValue(jsonld.BaseV2)},
		schema.Member{Name: "name", Value: schema.StringValue("n")},
	))
	part := &Part{Hash: make([]byte, 32)}
	if v, err := eddsa(t).Sign(t.Context(), priv, in, part, nil); err != nil || !strings.HasPrefix(v, "z") {
		t.Errorf("a good signer: %q, %v", v, err)
	}
	if v, err := eddsa(t).Sign(t.Context(), brokenSigner{priv}, in, part, nil); err == nil {
		t.Errorf("a faulty signer: %q", v)
	}
}

// Sixty-four bytes have one spelling, and every spelling gives sixty-four bytes
// or nothing.
func TestValueHasOneSpelling(t *testing.T) {
	s := eddsa(t)
	rapid.Check(t, func(t *rapid.T) {
		sig := rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "signature")
		// Leading zeros are where base 58 readers differ.
		clear(sig[:rapid.IntRange(0, 64).Draw(t, "zeros")])
		text := "z" + base58.Encode(sig)
		got, err := s.DecodeValue(text)
		if err != nil || !bytes.Equal(got.signature, sig) {
			t.Fatalf("DecodeValue(%q) = %v, %v", text, got, err)
		}
		i := rapid.IntRange(0, len(text)-1).Draw(t, "place")
		c := rapid.Byte().Draw(t, "byte")
		if text[i] == c {
			return
		}
		if other, err := s.DecodeValue(text[:i] + string([]byte{c}) + text[i+1:]); err == nil && bytes.Equal(other.signature, sig) {
			t.Fatalf("two spellings of one signature: %q with %q at %d", text, c, i)
		}
	})
}

func FuzzDecodeValue(f *testing.F) {
	f.Add("z5x9aCBYovW3CQCbKdNyhEm7ffYSw1YpEdPywQJoNbzDD2gkzQDKJ1sYKJaWvqZtkMtSbz35HcbgXVEDYHxCzgkCr")
	f.Add("z" + strings.Repeat("1", 64))
	f.Add("z" + strings.Repeat("z", 160))
	f.Add("u" + strings.Repeat("A", 86))
	f.Fuzz(func(t *testing.T, text string) {
		v, err := eddsa(t).DecodeValue(text)
		if err != nil {
			return
		}
		sig := v.signature
		if len(sig) != 64 || "z"+base58.Encode(sig) != text {
			t.Fatalf("%q was read as %x", text, sig)
		}
	})
}
