package proof_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	cryptorand "crypto/rand"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/keys"
	"merkki/keys/did"
	"merkki/proof"
	"merkki/proof/jose"
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

// Envelopes (VC Data Model 2.0, section 4.13).
func TestUnwrap(t *testing.T) {
	const head = `{"@context": "https://www.w3.org/ns/credentials/v2", `
	for _, c := range []struct{ document, token, finding string }{
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a.b.c"}`, "a.b.c", ""},
		{head + `"type": ["EnvelopedVerifiablePresentation"], "id": "data:application/vp+jwt,a.b.c"}`, "a.b.c", ""},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a%2Eb.c"}`, "a%2Eb.c", ""}, // never decoded
		{head + `"type": "VerifiableCredential", "id": "data:application/vc+jwt,a.b.c"}`, "", "none"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+sd-jwt,a~b"}`, "", "format.algorithm-unknown"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+cose;base64,AA"}`, "", "format.algorithm-unknown"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vp+jwt,a.b.c"}`, "", "container.envelope-malformed"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt;base64,YQ"}`, "", "container.envelope-malformed"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt"}`, "", "container.envelope-malformed"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:text/plain,a.b.c"}`, "", "container.envelope-malformed"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "https://uni.example/c"}`, "", "container.envelope-malformed"},
		{head + `"type": "EnvelopedVerifiableCredential"}`, "", "container.envelope-malformed"},
		{head + `"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"], "id": "data:application/vc+jwt,a.b.c"}`, "", "container.envelope-malformed"},
		{head + `"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a.b.c", "name": "unsigned"}`, "", "container.envelope-malformed"},
		{`{"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a.b.c"}`, "", "container.envelope-malformed"},
		{`{"@context": [], "type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a.b.c"}`, "", "container.envelope-malformed"},
		{`{"@context": "https://evil.example/v2", "type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a.b.c"}`, "", "container.envelope-malformed"},
	} {
		doc, err := schema.Parse([]byte(c.document), schema.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		token, is, err := proof.Unwrap(doc.Root())
		switch {
		case c.finding == "none":
			if is || err != nil {
				t.Errorf("%s is no envelope: %v", c.document, err)
			}
		case c.finding != "":
			if !is || !isFinding(err, c.finding) {
				t.Errorf("%s: %v, want %s", c.document, err, c.finding)
			}
		case err != nil || string(token) != c.token:
			t.Errorf("%s: %q, %v", c.document, token, err)
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
