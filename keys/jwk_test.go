package keys_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/keys"
	"merkki/schema"
)

const (
	okpJWK = `"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"`
	ecJWK  = `"kty":"EC","crv":"P-256","x":"ylzQRyS29WeN1eshQbB4qd_UGtQxJ-ontiLTnOYQIdo","y":"VbyUtNiOmv7IS0KBh3TRp78iYwiqU_w0QtdUuSO7X50"`
)

func TestJWKsThatAreRead(t *testing.T) {
	for _, members := range []string{
		okpJWK, ecJWK,
		okpJWK + `,"alg":"EdDSA"`, okpJWK + `,"alg":"Ed25519"`, ecJWK + `,"alg":"ES256"`,
		okpJWK + `,"use":"sig","key_ops":["verify"],"kid":"a","unheard":{"of":[1]}`,
		ecJWK + `,"key_ops":["sign","verify"],"x5c":["not looked at"]`,
	} {
		if _, err := keys.ParseJWK([]byte("{" + members + "}")); err != nil {
			t.Errorf("{%s}: %v", members, err)
		}
	}
}

func TestJWKsThatAreRefused(t *testing.T) {
	for _, c := range []struct{ name, members, want string }{
		{"private Ed25519", okpJWK + `,"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"`, "private-member"},
		{"private member that is null", ecJWK + `,"d":null`, "private-member"},
		{"secret", `"kty":"oct","k":"AAECAwQFBgc"`, "private-member"},
		{"no kty", strings.Replace(okpJWK, `"kty":"OKP",`, "", 1), "kty"},
		{"kty in lower case", strings.Replace(okpJWK, "OKP", "okp", 1), "kty"},
		{"member of another case", strings.Replace(okpJWK, `"x"`, `"X"`, 1), "encoding"},
		{"X25519", strings.Replace(okpJWK, "Ed25519", "X25519", 1), "curve"},
		{"secp256k1", strings.Replace(ecJWK, "P-256", "secp256k1", 1), "curve"},
		{"P-521", strings.Replace(ecJWK, "P-256", "P-521", 1), "curve"},
		{"coordinates of another curve", strings.Replace(ecJWK, "P-256", "P-384", 1), "length"},
		{"no y", strings.Split(ecJWK, `,"y"`)[0], "encoding"},
		{"x a number", `"kty":"OKP","crv":"Ed25519","x":1`, "encoding"},
		{"padding", strings.Replace(okpJWK, "URo", "URo=", 1), "encoding"},
		{"trailing bits", strings.Replace(okpJWK, "URo", "URp", 1), "encoding"},
		{"line break", strings.Replace(okpJWK, "URo", `UR\no`, 1), "encoding"},
		{"a byte short", strings.Replace(okpJWK, "URo", "UQ", 1), "length"},
		{"off the curve", strings.Replace(ecJWK, "X50", "X51", 1), "encoding"},
		{"off the curve", strings.Replace(ecJWK, "X50", "X58", 1), "point"},
		{"small order", `"kty":"OKP","crv":"Ed25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"`, "point"},
		{"for encryption", okpJWK + `,"use":"enc"`, "use"},
		{"for signing only", okpJWK + `,"key_ops":["sign"]`, "key-ops"},
		{"for nothing", okpJWK + `,"key_ops":[]`, "key-ops"},
		{"operations in a text", okpJWK + `,"key_ops":"verify"`, "key-ops"},
		{"algorithm of another key", ecJWK + `,"alg":"EdDSA"`, "alg"},
		{"algorithm of another curve", ecJWK + `,"alg":"ES384"`, "alg"},
		{"HMAC with a public key", ecJWK + `,"alg":"HS256"`, "alg"},
		{"none", okpJWK + `,"alg":"none"`, "alg"},
		{"RSA of 1,024 bits", `"kty":"RSA","e":"AQAB","n":"` + strings.Repeat("x", 170) + `w"`, "modulus"},
		{"RSA with leading zero", `"kty":"RSA","e":"AQAB","n":"AA` + strings.Repeat("x", 341) + `A"`, "encoding"},
		{"RSA of 12,288 bits", `"kty":"RSA","e":"AQAB","n":"` + strings.Repeat("x", 2048) + `"`, "point"},
	} {
		if _, err := keys.ParseJWK([]byte("{" + c.members + "}")); reason(t, err) != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestJWKIsParsedStrictly(t *testing.T) {
	for name, text := range map[string]string{
		"name twice":     `{` + okpJWK + `,"kty":"OKP"}`,
		"trailing data":  `{` + okpJWK + `}{}`,
		"array":          `[{` + okpJWK + `}]`,
		"nothing":        ``,
		"too many bytes": `{` + okpJWK + `,"kid":"` + strings.Repeat("a", 20000) + `"}`,
	} {
		_, err := keys.ParseJWK([]byte(text))
		if f, ok := errors.AsType[*schema.Fault](err); !ok || f.Finding == "key.unusable" {
			t.Errorf("%s: %v, want a fault of the parser", name, err)
		}
	}
}

// RFC 8037, appendix A.3, and RFC 7638, section 3.1.
func TestThumbprints(t *testing.T) {
	for jwk, want := range map[string]string{
		`{` + okpJWK + `}`: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
		`{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}`: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
	} {
		pub, err := keys.ParseJWK([]byte(jwk))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := keys.Thumbprint(pub); err != nil || got != want {
			t.Errorf("thumbprint %s (%v), want %s", got, err, want)
		}
	}
}

func TestJWKRoundTrip(t *testing.T) {
	for _, members := range []string{okpJWK, ecJWK} {
		pub, err := keys.ParseJWK([]byte("{" + members + "}"))
		if err != nil {
			t.Fatal(err)
		}
		b, err := keys.JWK(pub, "did:web:issuer.example#k")
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		if got["kid"] != "did:web:issuer.example#k" || got["use"] != "sig" || got["alg"] == "" || got["d"] != "" {
			t.Errorf("written %s", b)
		}
		back, err := keys.ParseJWK(b)
		if err != nil || !same(pub, back) {
			t.Errorf("%s is read as %v (%v)", b, back, err)
		}
	}
	if b, err := keys.JWK(ed25519.PublicKey(fromHex(t, pointsOfSmallOrder[0])), ""); err == nil {
		t.Errorf("a key that no one may accept is written: %s", b)
	}
}

func TestKeysOfTheAttackSample(t *testing.T) {
	for _, name := range []string{"issuer-rsa.pub.jwk", "issuer-ec.pub.jwk", "attacker-rsa.pub.jwk"} {
		b, err := os.ReadFile(judge.Data(t, "attacks", "keys", name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := keys.ParseJWK(b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWycheproofKeys reads the key sets of Project Wycheproof in which the
// fault is in a key itself. Not judged: sets (which key of several is for the
// set's reader to say) and the factors of a modulus (ROCA), which the key
// policy does not ask for.
func TestWycheproofKeys(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(judge.Data(t, "vectors", "wycheproof"), "json_web_key_test.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		TestGroups []struct {
			Comment string
			Public  struct{ Keys []json.RawMessage }
			Private struct{ Keys []json.RawMessage }
			Tests   []struct{ Comment, Result string }
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	judged := 0
	for _, g := range file.TestGroups {
		if len(g.Public.Keys) != 1 || g.Comment == "jws_rsa_roca_key" {
			continue
		}
		want := g.Tests[0].Result == "valid"
		pub, err := keys.ParseJWK(g.Public.Keys[0])
		if (err == nil) != want {
			t.Errorf("%s: %v (%T), want valid %v", g.Comment, err, pub, want)
		}
		if k, ok := pub.(*rsa.PublicKey); ok && k.N.BitLen() < 2048 {
			t.Errorf("%s: a modulus of %d bits", g.Comment, k.N.BitLen())
		}
		judged++
	}
	if judged < 8 {
		t.Errorf("%d keys judged, want at least 8", judged)
	}
}

func FuzzJWK(f *testing.F) {
	f.Add([]byte("{" + okpJWK + "}"))
	f.Add([]byte("{" + ecJWK + `,"use":"sig","alg":"ES256"}`))
	f.Add([]byte(`{"kty":"RSA","e":"AQAB","n":"` + strings.Repeat("w", 342) + `"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		pub, err := keys.ParseJWK(b)
		if err != nil {
			if _, ok := errors.AsType[*schema.Fault](err); !ok {
				t.Fatalf("%v is not a fault", err)
			}
			return
		}
		if err := keys.Check(pub); err != nil {
			t.Fatalf("%s is read, and refused: %v", b, err)
		}
		again, err := keys.JWK(pub, "")
		if err != nil {
			t.Fatal(err)
		}
		if back, err := keys.ParseJWK(again); err != nil || !same(pub, back) {
			t.Fatalf("%s is read as another key (%v)", again, err)
		}
	})
}

func same(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(b)
}
