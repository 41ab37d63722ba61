package proof_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/keys"
	"merkki/proof"
	"merkki/proof/jose"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// The forgery that brings its own key holds, with that key: whose it is, is
// another question, and the issuer's list answers it.
func TestForgedHeaderKey(t *testing.T) {
	for _, path := range [][]string{{"openbadges", "forgery", "forged-embedded-jwk.jwt"}, {"attacks", "jwt", "jwk-header-attacker.jwt"}} {
		b := readFile(t, judge.Data(t, path...))
		s, err := proof.ReadToken(b, schema.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		p := s.Proofs[0]
		if p.Method != "" || p.HeaderKey == nil || p.Fault != nil || p.KeyFault != nil {
			t.Errorf("%v: %+v", path, p)
		}
		if o, err := s.Open(t.Context(), jsonld.Embedded(), p, p.HeaderKey); err != nil || o.Method != nil {
			t.Errorf("%v: %v", path, err)
		}
		if _, err := proof.Open(t.Context(), b, published{}); !isFinding(err, "key.unbound") {
			t.Errorf("%v opened: %v", path, err)
		}
	}
}

// issuerKeys reads the JWK Set that the issuer of the attack sample publishes.
func issuerKeys(t *testing.T) published {
	t.Helper()
	var set struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(readFile(t, judge.Data(t, "attacks", "keys", "issuer-jwks.json")), &set); err != nil {
		t.Fatal(err)
	}
	var list []*keys.Method
	for _, k := range set.Keys {
		var named struct{ Kid string }
		if err := json.Unmarshal(k, &named); err != nil {
			t.Fatal(err)
		}
		pub, err := keys.ParseJWK(k)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, &keys.Method{KeyID: named.Kid, Controller: "https://issuer.example", Key: pub})
	}
	return published{"https://issuer.example": list}
}

// Each token of the attack sample ends in the finding of its row, where the
// decision is about the token by itself. Where a key may come from is the report's
// question; here a foreign one is simply none of the issuer's.
func TestTokenAttacks(t *testing.T) {
	resolver := issuerKeys(t)
	elsewhere := map[string]string{"key.identifier": "key.unbound", "key.url-refused": "key.unbound"}
	n := 0
	for _, a := range attacks(t, "jwt", "baseline", "benign") {
		if !strings.Contains(a.Path, ".jw") {
			continue
		}
		n++
		_, err := proof.Open(t.Context(), a.read(t), resolver)
		want := a.Finding
		if w, ok := elsewhere[want]; ok {
			want = w
		}
		if want == "" && err != nil || want != "" && !isFinding(err, want) {
			t.Errorf("%s: %v, want %q", a.Path, err, want)
		}
	}
	if n < 18 {
		t.Errorf("only %d tokens", n)
	}
}

// The JOSE rows of the W3C's suite for VC JOSE COSE. It gives one key and asks
// whether the token is right; textual iat and expired tokens are right to it.
// Row 5 is about members that a catch-all vocabulary defines: its command line
// decides it.
func TestVCJOSECOSE(t *testing.T) {
	var rows []struct {
		Test                                  int
		Function, Feature, Input, Key, Expect string
	}
	if err := json.Unmarshal(readFile(t, judge.Data(t, "vectors", "vc-jose-cose", "expected.json")), &rows); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range rows {
		if !strings.HasSuffix(r.Feature, "_jose") || r.Test == 5 {
			continue
		}
		n++
		input := readFile(t, judge.Data(t, "vectors", "vc-jose-cose", r.Input))
		key := suiteKey(t, readFile(t, judge.Data(t, "vectors", "vc-jose-cose", r.Key)))
		typ := map[string]string{"credential_jose": "vc+jwt", "presentation_jose": "vp+jwt"}[r.Feature]
		if r.Function == "issue" {
			doc, err := schema.Parse(input, schema.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			input, err = jose.Sign(t.Context(), doc.Root(), key, jose.SignOptions{KeyID: "k", Type: typ, ConformanceUnsafe: true})
			if err != nil {
				t.Errorf("row %d: %v", r.Test, err)
				continue
			}
		}
		if got := suiteAccepts(t, strings.TrimSpace(string(input)), key.Public()); got != (r.Expect == "success") {
			t.Errorf("row %d (%s %s): %v, want %s", r.Test, r.Function, r.Input, got, r.Expect)
		}
	}
	if n != 15 {
		t.Errorf("%d rows, want 15", n)
	}
}

func suiteAccepts(t *testing.T, text string, key crypto.PublicKey) bool {
	t.Helper()
	tok, err := jose.Read([]byte(text), jose.Options{ConformanceUnsafe: true})
	if err != nil || !tok.Verify(key) {
		return false
	}
	v := tok.View()
	if slices.ContainsFunc(v.Faults, func(f *schema.Fault) bool { return f.Args["claim"] != "iat" }) {
		return false
	}
	for _, c := range v.Claims.GetList("verifiableCredential") {
		_, is, err := proof.Unwrap(c)
		if f, ok := err.(*schema.Fault); !is || ok && f.Finding != "format.algorithm-unknown" {
			return false
		}
	}
	return true
}

// suiteKey reads a private key of the suite. P-521 is for its command line alone.
func suiteKey(t *testing.T, b []byte) crypto.Signer {
	t.Helper()
	var method struct {
		SecretKeyJwk struct{ Crv, D string }
	}
	if err := json.Unmarshal(b, &method); err != nil {
		t.Fatal(err)
	}
	d, err := base64.RawURLEncoding.DecodeString(method.SecretKeyJwk.D)
	if err != nil {
		t.Fatal(err)
	}
	if method.SecretKeyJwk.Crv == "Ed25519" {
		return ed25519.NewKeyFromSeed(d)
	}
	curve := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}[method.SecretKeyJwk.Crv]
	k, err := ecdsa.ParseRawPrivateKey(curve, new(big.Int).SetBytes(d).FillBytes(make([]byte, (curve.Params().BitSize+7)/8)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}
