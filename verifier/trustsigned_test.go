package verifier_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"testing"

	"merkki/schema"
	"merkki/verifier"
	"merkki/verifier/virtual"
)

// compact writes header and payload as a compact JWS with whatever signature
// sign makes of its first two segments.
func compact(header, payload string, sign func(signed []byte) []byte) []byte {
	text := base64.RawURLEncoding.EncodeToString
	signed := text([]byte(header)) + "." + text([]byte(payload))
	return []byte(signed + "." + text(sign([]byte(signed))))
}

func edKey(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed}, ed25519.SeedSize))
}

func edSign(key ed25519.PrivateKey) func([]byte) []byte {
	return func(b []byte) []byte { return ed25519.Sign(key, b) }
}

const signedList = `{"iss":"https://registry.example","iat":1767225600,"exp":1798761600,
	"issuers":["did:web:uni.example",{"issuer":"did:web:other.example","name":"Other","scopes":["health"]}]}`

func TestSignedTrustList(t *testing.T) {
	ed := edKey(1)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ecSign := func(b []byte) []byte {
		sum := sha256.Sum256(b)
		r, s, err := ecdsa.Sign(rand.Reader, ec, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	}
	for name, c := range map[string]struct {
		token []byte
		key   crypto.PublicKey
	}{
		"EdDSA": {compact(`{"alg":"EdDSA","typ":"JWT"}`, signedList, edSign(ed)), ed.Public()},
		"ES256": {compact(`{"alg":"ES256","kid":"1"}`, signedList, ecSign), ec.Public()},
	} {
		list, err := verifier.ParseSignedTrustList(c.token, "f", c.key)
		if err != nil || list.Name != "https://registry.example" || list.Signer != list.Name || len(list.Entries) != 2 ||
			!list.Expires.Equal(at("2027-01-01T00:00:00Z")) || !list.Date.Equal(at("2026-01-01T00:00:00Z")) {
			t.Errorf("%s: %+v %v", name, list, err)
		}
	}
}

// TestSignedTrustListRefusals: what is not signed by the key that the reader
// has, or says less than it must, is no list.
func TestSignedTrustListRefusals(t *testing.T) {
	key, other := edKey(1), edKey(2)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sign := edSign(key)
	for name, c := range map[string]struct {
		token   []byte
		key     crypto.PublicKey
		finding string
	}{
		"plain":         {[]byte(signedList), key.Public(), "container.jws-malformed"},
		"other key":     {compact(`{"alg":"EdDSA"}`, signedList, sign), other.Public(), "signature.mismatch"},
		"other kind":    {compact(`{"alg":"EdDSA"}`, signedList, sign), ec.Public(), "format.algorithm-forbidden"},
		"none":          {compact(`{"alg":"none"}`, signedList, func([]byte) []byte { return nil }), key.Public(), "format.algorithm-forbidden"},
		"crit":          {compact(`{"alg":"EdDSA","crit":["b64"],"b64":false}`, signedList, sign), key.Public(), "format.header"},
		"jwk":           {compact(`{"alg":"EdDSA","jwk":{}}`, signedList, sign), other.Public(), "format.header"},
		"no iss":        {compact(`{"alg":"EdDSA"}`, `{"iat":1,"exp":2,"issuers":[]}`, sign), key.Public(), "schema.shape"},
		"no exp":        {compact(`{"alg":"EdDSA"}`, `{"iss":"a","iat":1,"issuers":[]}`, sign), key.Public(), "schema.shape"},
		"exp text":      {compact(`{"alg":"EdDSA"}`, `{"iss":"a","iat":1,"exp":"2","issuers":[]}`, sign), key.Public(), "schema.shape"},
		"exp far":       {compact(`{"alg":"EdDSA"}`, `{"iss":"a","iat":1,"exp":999999999999999,"issuers":[]}`, sign), key.Public(), "schema.shape"},
		"no issuers":    {compact(`{"alg":"EdDSA"}`, `{"iss":"a","iat":1,"exp":2}`, sign), key.Public(), "schema.shape"},
		"issuer twice":  {compact(`{"alg":"EdDSA"}`, `{"iss":"a","iss":"b","iat":1,"exp":2,"issuers":[]}`, sign), key.Public(), "syntax.duplicate-name"},
		"cut signature": {compact(`{"alg":"EdDSA"}`, signedList, func(b []byte) []byte { return sign(b)[:63] }), key.Public(), "signature.mismatch"},
	} {
		list, err := verifier.ParseSignedTrustList(c.token, "f", c.key)
		f, ok := errors.AsType[*schema.Fault](err)
		if !ok || f.Finding != c.finding || len(list.Entries) > 0 {
			t.Errorf("%s: %+v %v, want %s", name, list, err, c.finding)
		}
	}
}

// TestTrustListExpires: the list of a registry holds no longer than it says,
// and then its issuers are unknown, not bad.
func TestTrustListExpires(t *testing.T) {
	key := edKey(1)
	list, err := verifier.ParseSignedTrustList(compact(`{"alg":"EdDSA"}`, signedList, edSign(key)), "f", key.Public())
	if err != nil {
		t.Fatal(err)
	}
	campus := virtual.New()
	uni, other := campus.Web("uni.example"), campus.Web("other.example")
	v := campus.Verifier()
	v.Trust = []verifier.TrustList{list}
	expect(t, verify(t, v, uni.Sign(uni.Badge())), "valid; issuer.trusted pass issuer.listed")
	expect(t, verify(t, v, other.Sign(other.Badge())), "indeterminate; issuer.trusted unknown issuer.unlisted")
	campus.Wait(at("2027-01-01T00:00:00Z").Sub(campus.Now()))
	expect(t, verify(t, v, uni.Sign(uni.Badge())), "indeterminate; issuer.trusted unknown issuer.unlisted")
}

func TestRegistryOfTheDigitalCredentialsConsortium(t *testing.T) {
	list, err := verifier.ParseTrustList([]byte(`{
		"meta": {"created": "2020-12-02T02:32:16+0000", "updated": "2026-01-02T00:00:00Z"},
		"registry": {
			"did:web:uni.example": {"name": "University", "url": "https://uni.example", "location": "Somewhere"},
			"did:key:z6Mk": {"name": "College"}
		}
	}`), "dcc.json")
	if err != nil || list.Name != "dcc.json" || !list.Date.Equal(at("2026-01-02T00:00:00Z")) || len(list.Entries) != 2 {
		t.Fatalf("%+v %v", list, err)
	}
	if e := list.Entries[0]; e.Issuer != "did:web:uni.example" || e.Name != "University" || e.Keys != nil || !e.ValidUntil.IsZero() {
		t.Errorf("%+v", e)
	}
	for text, pointer := range map[string]string{
		`{"registry":[]}`:                               "/registry",
		`{"registry":{"did:web:a.example":"A"}}`:        "/registry/did:web:a.example",
		`{"registry":{"did:web:a.example":{"name":7}}}`: "/registry/did:web:a.example/name",
		`{"registry":{"":{}}}`:                          "/registry/",
	} {
		_, err := verifier.ParseTrustList([]byte(text), "f")
		if f, ok := errors.AsType[*schema.Fault](err); !ok || f.Pointer != pointer {
			t.Errorf("%s: %v, want a fault at %q", text, err, pointer)
		}
	}
}
