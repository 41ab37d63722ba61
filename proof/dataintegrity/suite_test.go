package dataintegrity

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/mr-tron/base58"
	"pgregory.net/rapid"

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
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	p521, _ := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	rsa, _ := rsa.GenerateKey(rand.Reader, 2048)
	fitting := map[string]string{
		"eddsa-rdfc-2022": "Ed25519", "eddsa-jcs-2022": "Ed25519", "eddsa-2022": "Ed25519", "Ed25519Signature2020": "Ed25519",
		"ecdsa-rdfc-2019": "P-256 P-384", "ecdsa-jcs-2019": "P-256 P-384", "ecdsa-sd-2023": "P-256",
	}
	if len(fitting) != len(Suites()) {
		t.Errorf("%d suites, the test knows %d", len(Suites()), len(fitting))
	}
	for _, s := range Suites() {
		for _, c := range []struct {
			name string
			key  crypto.PublicKey
		}{
			{"Ed25519", pub}, {"P-256", &p256.PublicKey}, {"P-384", &p384.PublicKey}, {"P-521", &p521.PublicKey}, {"RSA", &rsa.PublicKey},
			{"short Ed25519", pub[:31]}, {"off the curve", &ecdsa.PublicKey{Curve: elliptic.P256(), X: p256.X, Y: p256.X}},
			{"P-256 by value", p256.PublicKey}, {"no P-256", (*ecdsa.PublicKey)(nil)}, {"nothing", nil},
		} {
			want := slices.Contains(strings.Fields(fitting[s.Name]), c.name)
			if got := s.Fits(c.key); got != want {
				t.Errorf("%s: %s fits: %v", s.Name, c.name, got)
			}
			zero := &Value{signature: make([]byte, 64), disclosed: &disclosure{}}
			if s.Verify(c.key, &Part{}, &Part{}, zero) {
				t.Errorf("%s: %s verified something", s.Name, c.name)
			}
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
	if v, err := eddsa(t).Sign(t.Context(), priv, in, part, SignOptions{}); err != nil || !strings.HasPrefix(v, "z") {
		t.Errorf("a good signer: %q, %v", v, err)
	}
	if v, err := eddsa(t).Sign(t.Context(), brokenSigner{priv}, in, part, SignOptions{}); err == nil {
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

// TestConfigureRemembersTheWhole: what is remembered serves the same
// configuration, register and kind of key, and nothing else.
func TestConfigureRemembersTheWhole(t *testing.T) {
	ed, _, _ := ed25519.GenerateKey(rand.Reader)
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	config := func(created string) schema.Value {
		return schema.ObjectValue(
			schema.Member{Name: "@context", Value: schema.StringValue(jsonld.BaseV2)},
			schema.Member{Name: "type", Value: schema.StringValue(DataIntegrityProof)},
			schema.Member{Name: "created", Value: schema.StringValue(created)},
		)
	}
	other := jsonld.Embedded().VariantA()
	for _, c := range []struct {
		suite   string
		key     crypto.PublicKey
		r       *jsonld.Register
		created string
	}{
		{"eddsa-rdfc-2022", ed, jsonld.Embedded(), "2026-01-01T00:00:00Z"},
		{"eddsa-rdfc-2022", ed, jsonld.Embedded(), "2026-01-01T00:00:00Z"},
		{"eddsa-rdfc-2022", ed, jsonld.Embedded(), "2026-01-01T00:00:01Z"},
		{"eddsa-rdfc-2022", ed, other, "2026-01-01T00:00:01Z"},
		{"ecdsa-rdfc-2019", p256.Public(), jsonld.Embedded(), "2026-01-01T00:00:00Z"},
		{"ecdsa-rdfc-2019", p384.Public(), jsonld.Embedded(), "2026-01-01T00:00:00Z"},
		{"eddsa-jcs-2022", ed, jsonld.Embedded(), "2026-01-01T00:00:00Z"},
		{"eddsa-rdfc-2022", ed, jsonld.Embedded(), strings.Repeat("9", 2000)},
		{"eddsa-rdfc-2022", ed, jsonld.Embedded(), strings.Repeat("9", 2001)},
	} {
		s := Lookup(c.suite)
		want, err := s.Prepare(t.Context(), c.key, NewInput(c.r, config(c.created)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Configure(t.Context(), c.key, c.r, config(c.created))
		if err != nil || !bytes.Equal(got.Hash, want.Hash) || !bytes.Equal(got.Canonical(), want.Canonical()) {
			t.Errorf("%s, %s: another configuration: %v", c.suite, c.created, err)
		}
	}
	if _, err := Lookup("eddsa-rdfc-2022").Configure(t.Context(), p256.Public(), other, config("")); err == nil {
		t.Error("a key that does not fit is taken")
	}
}
