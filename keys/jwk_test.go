package keys_test

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
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

// rsaJWK is an RSA key of 2,048 bits with an exponent in base64url.
func rsaJWK(exponent string) string {
	return `"kty":"RSA","n":"` + strings.Repeat("x", 341) + `Q","e":"` + exponent + `"`
}

func TestJWKsThatAreRead(t *testing.T) {
	for _, members := range []string{
		okpJWK, ecJWK,
		okpJWK + `,"alg":"EdDSA"`, okpJWK + `,"alg":"Ed25519"`, ecJWK + `,"alg":"ES256"`,
		okpJWK + `,"use":"sig","key_ops":["verify"],"kid":"a","unheard":{"of":[1]}`,
		ecJWK + `,"key_ops":["sign","verify"],"x5c":["not looked at"]`,
		rsaJWK("AQAB"), rsaJWK("Aw"), rsaJWK("f____w"),
		rsaJWK("AQAB") + `,"alg":"RS256"`, rsaJWK("AQAB") + `,"alg":"PS256","use":"sig"`,
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
		{"RSA of 12,288 bits", `"kty":"RSA","e":"AQAB","n":"` + strings.Repeat("x", 2048) + `"`, "modulus"},
		{"RSA of 4,104 bits", `"kty":"RSA","e":"AQAB","n":"` + strings.Repeat("x", 684) + `"`, "modulus"},
		{"RSA even", `"kty":"RSA","e":"AQAB","n":"` + strings.Repeat("x", 340) + `gA"`, "modulus"},
		{"RSA exponent 1", rsaJWK("AQ"), "exponent"},
		{"RSA exponent 2", rsaJWK("Ag"), "exponent"},
		{"RSA exponent 2³¹+1", rsaJWK("gAAAAQ"), "exponent"},
		{"RSA exponent 2⁶⁴+65537, of which 64 bits are 65537", rsaJWK("AQAAAAAAAQAB"), "exponent"},
		{"RSA exponent 0", rsaJWK("AA"), "encoding"},
		{"RSA exponent with leading zero", rsaJWK("AAEAAQ"), "encoding"},
		{"RSA without exponent", rsaJWK(""), "encoding"},
		{"RSA with prime factors", rsaJWK("AQAB") + `,"p":"AAAA"`, "private-member"},
		{"RSA for ES256", rsaJWK("AQAB") + `,"alg":"ES256"`, "alg"},
		{"RSA for encryption", rsaJWK("AQAB") + `,"alg":"RSA1_5"`, "alg"},
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
	for _, members := range []string{okpJWK, ecJWK, rsaJWK("AQAB")} {
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

// TestWycheproofKeys reads the keys of Project Wycheproof's JSON Web Keys, of
// its key sets the one that the token names.
func TestWycheproofKeys(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(judge.Data(t, "vectors", "wycheproof"), "json_web_key_test.json"))
	if err != nil {
		t.Fatal(err)
	}
	type set struct{ Keys []json.RawMessage }
	var file struct {
		NumberOfTests int
		TestGroups    []struct {
			Comment         string
			Public, Private set
			Tests           []struct {
				TcID                 int
				Comment, Result, JWS string
			}
		}
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	// What we decide otherwise, by the number of the test, and why.
	exceptions := map[int]string{
		2: "a valid HMAC: no key here is a secret that two know", 13: "the same", 14: "the same", 15: "the same",
		7: "a modulus with factors of a known form (ROCA): the key policy does not look for it",
	}
	judged := 0
	for _, g := range file.TestGroups {
		var list []*keys.Method
		for _, jwk := range append(g.Public.Keys, g.Private.Keys...) {
			var named struct{ Kid string }
			if err := json.Unmarshal(jwk, &named); err != nil {
				t.Fatal(err)
			}
			pub, err := keys.ParseJWK(jwk)
			if len(g.Public.Keys) > 0 && len(list) == len(g.Public.Keys) {
				break // what follows are the private halves
			}
			list = append(list, &keys.Method{KeyID: named.Kid, Key: pub, Fault: err})
		}
		for _, c := range g.Tests {
			m, err := keys.Find(list, kidOf(t, c.JWS), nil)
			judged++
			if want := (c.Result == "valid") != (exceptions[c.TcID] != ""); (m != nil) != want || m != nil && err != nil {
				t.Errorf("%d %s, %s: %+v (%v), want found %v", c.TcID, g.Comment, c.Comment, m, err, want)
			}
		}
	}
	if judged != file.NumberOfTests || judged == 0 {
		t.Errorf("%d of %d tests judged", judged, file.NumberOfTests)
	}
	judge.Score{Suite: "Project Wycheproof, JSON Web Keys", How: "read, and found by the name that the token gives",
		Passed: judged - len(exceptions), Failed: len(exceptions), Why: "HMAC (4): no key here is a secret that two know; a modulus of a known weak form (ROCA), which the key policy does not look for"}.Report(t)
}

// kidOf returns the key identifier in the header of a token.
func kidOf(t *testing.T, jws string) string {
	t.Helper()
	header, _, _ := strings.Cut(jws, ".")
	b, err := base64.RawURLEncoding.DecodeString(header)
	var h struct{ Kid string }
	if err == nil {
		err = json.Unmarshal(b, &h)
	}
	if err != nil || h.Kid == "" {
		t.Fatalf("%s names no key (%v)", b, err)
	}
	return h.Kid
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
