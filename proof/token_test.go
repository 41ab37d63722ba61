package proof_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	cryptorand "crypto/rand"
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"merkki/keys"
	"merkki/keys/did"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/schematest"
)

// ecSigner is a P-256 key under a method URL.
func ecSigner(t testing.TB, method string) anySigner {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), cryptorand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return anySigner{k, method}
}

// A published is an issuer's list of keys, and a resolver that knows it alone.
type published map[string][]*keys.Method

func (p published) IssuerKeys(_ context.Context, issuer string) ([]*keys.Method, error) {
	return p[issuer], nil
}

func (p published) Resolve(context.Context, string) (*keys.Method, error) {
	return nil, schema.Found("key.unreachable", "", nil)
}

// A credential that was made into a token opens to what went in, and every
// change of a leaf makes it another.
func TestSecureToken(t *testing.T) {
	key, issuer := didKey(t, "issuer")
	for i := range 3 {
		v := schematest.Credential(rand.New(rand.NewPCG(3, uint64(i))))
		v = v.With("issuer", mustGet(v, "issuer").With("id", schema.StringValue(issuer)))
		for _, typ := range []string{"", "vc+jwt"} {
			b, err := proof.SecureToken(t.Context(), jsonld.Embedded(), v, key, proof.TokenOptions{Type: typ})
			if err != nil {
				t.Fatal(err)
			}
			o, err := proof.Open(t.Context(), b, did.New(nothing{}))
			if err != nil {
				t.Fatal(err)
			}
			if string(schema.Marshal(o.Claims)) != string(schema.Marshal(v.Without("proof"))) {
				t.Errorf("it came back as %s", schema.Marshal(o.Claims))
			}
			if o.Method == nil || o.Method.Controller != issuer || o.Proof.Format.Name != proof.FormatToken {
				t.Errorf("method %v", o.Method)
			}
		}
	}
}

// Nothing is signed that would be lost in the other form of the same credential.
func TestSecureTokenIsLossless(t *testing.T) {
	key, issuer := didKey(t, "issuer")
	v := schematest.Credential(rand.New(rand.NewPCG(3, 1)))
	v = v.With("issuer", mustGet(v, "issuer").With("id", schema.StringValue(issuer)))
	for _, c := range []struct{ member, finding string }{
		{"colour", "terms.undefined"}, {"iss", ""}, {"jti", "schema.claims-forbidden"},
	} {
		_, err := proof.SecureToken(t.Context(), jsonld.Embedded(), v.With(c.member, schema.StringValue("urn:x")), key, proof.TokenOptions{})
		if err == nil || c.finding != "" && !isFinding(err, c.finding) {
			t.Errorf("%s: %v, want %s", c.member, err, c.finding)
		}
	}
	if _, err := proof.SecureToken(t.Context(), jsonld.Embedded(), v.Without("validFrom"), key, proof.TokenOptions{}); !isFinding(err, "schema.claims-missing") {
		t.Errorf("without validFrom: %v", err)
	}
}

// A token that names its key by the name in the issuer's list, or brings the
// key, opens if the list has it; a key that only the token knows is nobody's.
func TestTokenKeysComeFromTheIssuer(t *testing.T) {
	const issuer = "https://uni.example"
	key := ecSigner(t, "k1")
	v := schematest.Credential(rand.New(rand.NewPCG(3, 1)))
	v = v.With("issuer", mustGet(v, "issuer").With("id", schema.StringValue(issuer)))
	b, err := proof.SecureToken(t.Context(), jsonld.Embedded(), v, key, proof.TokenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	listed := &keys.Method{KeyID: "k1", Controller: issuer, Key: key.Public()}
	other := &keys.Method{KeyID: "k1", Controller: issuer, Key: ecSigner(t, "k1").Public()}
	for _, c := range []struct {
		name    string
		list    published
		finding string
	}{
		{"listed", published{issuer: {listed}}, ""},
		{"another's", published{"https://evil.example": {listed}}, "key.unbound"},
		{"none", nil, "key.unbound"},
		{"another key of that name", published{issuer: {other}}, "signature.mismatch"},
		{"two of that name", published{issuer: {listed, other}}, "key.not-listed"},
	} {
		_, err := proof.Open(t.Context(), b, c.list)
		if c.finding == "" && err != nil || c.finding != "" && !isFinding(err, c.finding) {
			t.Errorf("%s: %v, want %q", c.name, err, c.finding)
		}
	}
}

// Proofs inside a token are proofs like others: they hold over the credential
// without the claims that were added around it.
func TestTokenWithProofInside(t *testing.T) {
	key, issuer := didKey(t, "issuer")
	v := schematest.Credential(rand.New(rand.NewPCG(3, 1)))
	v = v.With("issuer", mustGet(v, "issuer").With("id", schema.StringValue(issuer))).Without("validUntil")
	doc, err := proof.Secure(t.Context(), jsonld.Embedded(), v, key, proof.Options{})
	if err != nil {
		t.Fatal(err)
	}
	payload := doc.Root().With("exp", schema.NumberValue("4102444800"))
	b := sign(t, key, `{"alg":"EdDSA","kid":"`+key.method+`","typ":"vc+jwt"}`, payload)
	s, err := proof.ReadToken(b, schema.Limits{})
	if err != nil || len(s.Proofs) != 2 || len(s.Also) != 0 {
		t.Fatalf("%v %+v", err, s)
	}
	for i, p := range s.Proofs {
		if _, err := s.Open(t.Context(), jsonld.Embedded(), p, key.Public()); err != nil {
			t.Errorf("proof %d: %v", i, err)
		}
	}
	if s.Proofs[0].Expires.Unix() != 4102444800 {
		t.Errorf("expires %v", s.Proofs[0].Expires)
	}
	b = sign(t, key, `{"alg":"EdDSA","kid":"`+key.method+`"}`, v.With("proof", schema.StringValue("x")))
	s, err = proof.ReadToken(b, schema.Limits{})
	if err != nil || !slices.ContainsFunc(s.Also, func(f *schema.Fault) bool { return f.Finding == "format.proof-shape" }) {
		t.Errorf("%v %v", err, s)
	}
}

// sign makes a token by hand, of whatever header and payload.
func sign(t *testing.T, key signer, header string, payload schema.Value) []byte {
	t.Helper()
	enc := base64.RawURLEncoding.EncodeToString
	text := enc([]byte(header)) + "." + enc(schema.Marshal(payload))
	sig, err := key.Sign(nil, []byte(text), crypto.Hash(0))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(text + "." + enc(sig))
}

// FuzzReadToken: no bytes make reading panic; what is read is bounded, has no
// registered claim in its view, and holds for no key that did not sign it.
func FuzzReadToken(f *testing.F) {
	key, issuer := didKey(f, "issuer")
	v := schematest.Credential(rand.New(rand.NewPCG(3, 1)))
	v = v.With("issuer", mustGet(v, "issuer").With("id", schema.StringValue(issuer)))
	for _, typ := range []string{"", "vc+jwt"} {
		b, err := proof.SecureToken(f.Context(), jsonld.Embedded(), v, key, proof.TokenOptions{Type: typ})
		if err != nil {
			f.Fatal(err)
		}
		part := strings.Split(string(b), ".")
		h, _ := base64.RawURLEncoding.DecodeString(part[0])
		p, _ := base64.RawURLEncoding.DecodeString(part[1])
		f.Add(h, p, []byte("x"))
	}
	f.Add([]byte(`{"alg":"RS256","jwk":{"kty":"RSA","n":"AQ","e":"AQAB"}}`), []byte(`{"vc":{"credentialSubject":[{}],"proof":[{}]},"sub":"s","exp":1}`), []byte(""))
	f.Add([]byte(`{"alg":"ES256","kid":"#k","x5c":["AA"]}`), []byte(`{"type":"VerifiablePresentation","holder":{"id":"did:x:y"},"aud":["a"],"nonce":1}`), []byte(""))
	stranger, _ := didKey(f, "stranger")
	f.Fuzz(func(t *testing.T, header, payload, signature []byte) {
		enc := base64.RawURLEncoding.EncodeToString
		s, err := proof.ReadToken([]byte(enc(header)+"."+enc(payload)+"."+enc(signature)), schema.Limits{})
		if err != nil {
			if _, ok := err.(*schema.Fault); !ok {
				t.Fatalf("no fault: %v", err)
			}
			return
		}
		for _, name := range []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti"} {
			_, inside := s.Document.Root().Get("vc")
			if _, there := s.Claims.Get(name); there && !inside {
				t.Fatalf("the view has %s", name)
			}
		}
		if _, err := s.Open(t.Context(), jsonld.Embedded(), s.Proofs[0], stranger.Public()); err == nil {
			t.Fatal("it holds for a key that did not sign it")
		}
	})
}
