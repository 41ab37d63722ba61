package jose

import (
	"context"
	"crypto"
	"crypto/elliptic"
	"strings"
	"testing"

	"merkki/keys"
	"merkki/schema"
)

// What is signed with a key is read, agrees with its claims and verifies with
// that key; with another key, another kind of key and after any change of one
// character it does not.
func TestSignAndVerify(t *testing.T) {
	for _, c := range []struct {
		alg         string
		key, other  crypto.Signer
		conformance bool
	}{
		{"EdDSA", edKey(), ecKey(t, elliptic.P256()), false},
		{"ES256", ecKey(t, elliptic.P256()), ecKey(t, elliptic.P256()), false},
		{"RS256", rsaKey(), edKey(), false},
		{"ES384", ecKey(t, elliptic.P384()), ecKey(t, elliptic.P256()), true},
		{"ES512", ecKey(t, elliptic.P521()), ecKey(t, elliptic.P384()), true},
	} {
		t.Run(c.alg, func(t *testing.T) {
			o := SignOptions{KeyID: "https://uni.example/keys/1", ConformanceUnsafe: c.conformance}
			b, err := Sign(context.Background(), tree(t, badge), c.key, o)
			if err != nil {
				t.Fatal(err)
			}
			read := Options{ConformanceUnsafe: c.conformance}
			tok, err := Read(b, read)
			if err != nil {
				t.Fatal(err)
			}
			if want := `{"alg":"` + c.alg + `","kid":"https://uni.example/keys/1","typ":"JWT"}`; tok.Header.Text != want {
				t.Errorf("header %s, want %s", tok.Header.Text, want)
			}
			v := tok.View()
			if len(v.Faults) > 0 {
				t.Errorf("claims: %v", v.Faults[0])
			}
			if got, want := string(schema.Marshal(v.Claims)), string(schema.Marshal(tree(t, badge))); got != want {
				t.Errorf("the credential came back as %s", got)
			}
			if !tok.Verify(c.key.Public()) || tok.Verify(c.other.Public()) {
				t.Error("it must verify with its own key and with no other")
			}
			if !c.conformance {
				altered(t, string(b), c.key.Public(), read)
			}
		})
	}
}

// altered changes single characters all over a token: at the dots, at the ends
// of segments and in a sample of other places.
func altered(t *testing.T, text string, pub crypto.PublicKey, o Options) {
	t.Helper()
	for i := range text {
		if i%7 != 0 && i < len(text)-4 && text[i] != '.' {
			continue
		}
		for _, to := range "AB.-= \n" {
			if byte(to) == text[i] {
				continue
			}
			b := []byte(text)
			b[i] = byte(to)
			if tok, err := Read(b, o); err == nil && tok.Verify(pub) {
				t.Fatalf("it still holds with %q at %d", to, i)
			}
		}
	}
}

// Without the conformance switch neither P-384 nor P-521 keys sign, and ES512
// is an algorithm we do not know.
func TestAlgorithmsForSuitesOnly(t *testing.T) {
	for _, c := range []elliptic.Curve{elliptic.P384(), elliptic.P521()} {
		if _, err := Sign(context.Background(), tree(t, badge), ecKey(t, c), SignOptions{KeyID: "#k"}); err == nil {
			t.Errorf("%s signed a credential", c.Params().Name)
		}
	}
	key := ecKey(t, elliptic.P521())
	b, err := Sign(context.Background(), tree(t, badge), key, SignOptions{KeyID: "#k", ConformanceUnsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	tok, err := Read(b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := finding(t, tok.Header.Fault); got != "format.algorithm-unknown" || tok.Verify(key.Public()) {
		t.Errorf("ES512 is %q", got)
	}
}

// RFC 7515, section 7.1, in one spelling; nothing else is a token.
func TestFraming(t *testing.T) {
	h, p, s := encode(`{"alg":"EdDSA","kid":"k"}`), encode(`{"a":1}`), encode("sig")
	for _, c := range []struct{ name, text, finding string }{
		{"three segments", h + "." + p + "." + s, ""},
		{"no signature", h + "." + p + ".", ""}, // alg none is judged as such
		{"nothing", "", "container.jws-malformed"},
		{"two segments", h + "." + p, "container.jws-malformed"},
		{"four segments", h + "." + p + "." + s + ".", "container.jws-malformed"},
		{"a JWE", h + "." + p + "." + s + "." + s + "." + s, "container.jws-malformed"},
		{"empty header", "." + p + "." + s, "container.jws-malformed"},
		{"empty payload", h + ".." + s, "container.jws-malformed"},
		{"padding", h + "." + p + "." + s + "==", "container.jws-malformed"},
		{"line break at the end", h + "." + p + "." + s + "\n", "container.jws-malformed"},
		{"line break inside", h[:4] + "\r\n" + h[4:] + "." + p + "." + s, "container.jws-malformed"},
		{"space in front", " " + h + "." + p + "." + s, "container.jws-malformed"},
		{"the other alphabet", h + "." + p + ".a+/a", "container.jws-malformed"},
		{"trailing bits", h + "." + p + ".AB", "container.jws-malformed"},
		{"header no JSON", encode("x") + "." + p + "." + s, "container.jws-malformed"},
		{"header an array", encode("[]") + "." + p + "." + s, "container.jws-malformed"},
		{"header with a name twice", encode(`{"alg":"none","alg":"EdDSA"}`) + "." + p + "." + s, "container.jws-malformed"},
		{"header with a byte order mark", encode("\ufeff{}") + "." + p + "." + s, "container.jws-malformed"},
		{"header too long", encode(`{"kid":"`+strings.Repeat("k", maxHeader)+`"}`) + "." + p + "." + s, "container.jws-malformed"},
		{"payload no JSON", h + "." + encode("x") + "." + s, "syntax.not-json"},
		{"payload with a name twice", h + "." + encode(`{"a":1,"\u0061":2}`) + "." + s, "syntax.duplicate-name"},
		{"payload an array", h + "." + encode("[]") + "." + s, "syntax.not-an-object"},
		{"payload a presentation of 1.1", h + "." + encode(`{"vp":{}}`) + "." + s, "container.none"},
		{"too long", strings.Repeat("A", 1<<20) + "." + p, "size.too-large"},
		{"a million dots", strings.Repeat(".", 1_000_000), "container.jws-malformed"},
	} {
		if _, err := Read([]byte(c.text), Options{}); finding(t, err) != c.finding {
			t.Errorf("%s: %v, want %s", c.name, err, c.finding)
		}
	}
}

// The closed list of header members and the algorithms (RFC 7515, section 4.1;
// RFC 8725, sections 3.1, 3.2, 3.11).
func TestHeader(t *testing.T) {
	jwk, err := keys.JWK(edKey().Public(), "")
	if err != nil {
		t.Fatal(err)
	}
	small := `{"kty":"OKP","crv":"Ed25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}`
	for _, c := range []struct{ header, finding, keyFinding string }{
		{`{"alg":"EdDSA","kid":"k"}`, "", ""},
		{`{"alg":"EdDSA","kid":"k","typ":"JWT"}`, "", ""},
		{`{"alg":"EdDSA","kid":"k","typ":"vc+jwt","cty":"vc"}`, "", ""},
		{`{"alg":"EdDSA","kid":"k","typ":"vc+ld+jwt","cty":"vc+ld+json"}`, "", ""},
		{`{"alg":"EdDSA","jwk":` + string(jwk) + `}`, "", ""},
		{`{"alg":"EdDSA","jwk":` + small + `}`, "", "key.unusable"},
		{`{"alg":"EdDSA","kid":"k","jwk":{"kty":"oct","k":"AA"}}`, "", "key.unusable"},
		{`{"alg":"none"}`, "format.algorithm-forbidden", ""},
		{`{"alg":"NoNe","kid":"k"}`, "format.algorithm-forbidden", ""},
		{`{"alg":"HS256","kid":"k"}`, "format.algorithm-forbidden", ""},
		{`{"alg":"ES256K","kid":"k"}`, "format.algorithm-forbidden", ""},
		{`{"alg":"RSA1_5","kid":"k"}`, "format.algorithm-forbidden", ""},
		{`{"alg":"RSA-OAEP-256","kid":"k"}`, "format.algorithm-forbidden", ""},
		{`{"alg":"ECDH-ES","kid":"k"}`, "format.algorithm-forbidden", ""},
		{`{"alg":"PS512","kid":"k"}`, "format.algorithm-unknown", ""},
		{`{"alg":"Ed25519","kid":"k"}`, "format.algorithm-unknown", ""},
		{`{"alg":"ML-DSA-44","kid":"k"}`, "format.algorithm-unknown", ""},
		{`{"alg":"es256","kid":"k"}`, "format.algorithm-unknown", ""},
		{`{"kid":"k"}`, "format.header", ""},
		{`{"alg":["EdDSA"],"kid":"k"}`, "format.header", ""},
		{`{"alg":"EdDSA"}`, "format.header", ""},
		{`{"alg":"EdDSA","kid":""}`, "format.header", ""},
		{`{"alg":"EdDSA","kid":7}`, "format.header", ""},
		{`{"alg":"EdDSA","jwk":"k"}`, "format.header", ""},
		{`{"alg":"EdDSA","kid":"k","crit":["exp"],"exp":1}`, "format.header", ""},
		{`{"alg":"EdDSA","kid":"k","b64":false}`, "format.header", ""},
		{`{"alg":"EdDSA","kid":"k","zip":"DEF"}`, "format.header", ""},
		{`{"alg":"EdDSA","kid":"k","jku":"https://evil.example/jwks"}`, "format.header", ""},
		{`{"alg":"EdDSA","kid":"k","x5u":"https://evil.example/chain"}`, "format.header", ""},
		{`{"alg":"EdDSA","kid":"k","x5c":["AA"]}`, "format.header", ""}, // no certificate at all
		{`{"alg":"EdDSA","kid":"k","colour":"red"}`, "format.header", ""},
		{`{"alg":"EdDSA","kid":"k","typ":"JOSE"}`, "format.type", ""},
		{`{"alg":"EdDSA","kid":"k","typ":"jwt"}`, "format.type", ""},
		{`{"alg":"EdDSA","kid":"k","typ":"at+jwt"}`, "format.type", ""},
		{`{"alg":"EdDSA","kid":"k","typ":"kb+jwt"}`, "format.type", ""},
		{`{"alg":"EdDSA","kid":"k","typ":1}`, "format.header", ""},
		{`{"alg":"EdDSA","kid":"k","cty":"JWT"}`, "format.type", ""},
		{`{"alg":"EdDSA","kid":"k","typ":"vc+jwt","cty":"vp"}`, "format.type", ""},
	} {
		tok, err := Read(unsigned(c.header, `{"a":1}`), Options{})
		if err != nil {
			t.Errorf("%s: %v", c.header, err)
			continue
		}
		h := tok.Header
		if got := faultOf(h.Fault); got != c.finding {
			t.Errorf("%s: %q, want %q", c.header, got, c.finding)
		}
		if got := faultOf(h.KeyFault); got != c.keyFinding || got != "" && h.Key != nil {
			t.Errorf("%s: key %q, want %q", c.header, got, c.keyFinding)
		}
	}
}

func faultOf(f *schema.Fault) string {
	if f == nil {
		return ""
	}
	return f.Finding
}
