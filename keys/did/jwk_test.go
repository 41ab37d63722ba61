package did_test

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"

	"merkki/keys"
	"merkki/schema"
)

// The example of the did:jwk text: P-256, and the DID as it is printed there.
const didJWK = "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"

// jwkDID returns the did:jwk of a text.
func jwkDID(text string) string {
	return "did:jwk:" + base64.RawURLEncoding.EncodeToString([]byte(text))
}

func TestDIDJWK(t *testing.T) {
	const okp = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
	with := func(members string) string { return strings.TrimSuffix(okp, "}") + "," + members + "}" }
	resolver, asked := world(nil)
	for _, c := range []struct{ name, vm, want string }{
		{"the example", didJWK + "#0", ""},
		{"Ed25519", jwkDID(okp) + "#0", ""},
		{"another serialisation, another DID", jwkDID(" "+okp+"\n") + "#0", ""},
		{"for signatures, with a kid", jwkDID(with(`"use":"sig","kid":"mine","alg":"EdDSA"`)) + "#0", ""},
		{"no fragment", didJWK, "key.identifier"},
		{"empty fragment", didJWK + "#", "key.identifier"},
		{"fragment 1", didJWK + "#1", "key.not-listed"},
		{"fragment 00", didJWK + "#00", "key.not-listed"},
		{"fragment of the kid", jwkDID(with(`"kid":"mine"`)) + "#mine", "key.not-listed"},
		{"fragment of the thumbprint", jwkDID(okp) + "#kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "key.not-listed"},
		{"for encryption", jwkDID(with(`"use":"enc"`)) + "#0", "key.unusable"},
		{"private", jwkDID(with(`"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"`)) + "#0", "key.unusable"},
		{"secret", jwkDID(`{"kty":"oct","k":"AAECAwQFBgc"}`) + "#0", "key.unusable"},
		{"small order", jwkDID(`{"kty":"OKP","crv":"Ed25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}`) + "#0", "key.unusable"},
		{"off the curve", jwkDID(`{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"}`) + "#0", "key.unusable"},
		{"empty object", jwkDID(`{}`) + "#0", "key.unusable"},
		{"name twice", jwkDID(with(`"kty":"OKP"`)) + "#0", "key.did"},
		{"array", jwkDID(`[`+okp+`]`) + "#0", "key.did"},
		{"two values", jwkDID(okp+okp) + "#0", "key.did"},
		{"no JSON", jwkDID(`jwk`) + "#0", "key.did"},
		{"byte order mark", jwkDID("\ufeff"+okp) + "#0", "key.did"},
		{"nothing", "did:jwk:#0", "key.did"},
		{"padding", "did:jwk:e30=#0", "key.did"},
		{"base64 of the other alphabet", "did:jwk:e30%2b#0", "key.did"},
		{"trailing bits", strings.TrimSuffix(didJWK, "9") + "-#0", "key.did"},
		{"two segments", didJWK + ":e30#0", "key.did"},
		{"path", didJWK + "/a#0", "key.identifier"},
		{"query", didJWK + "?a#0", "key.identifier"},
		{"longer than the limit", jwkDID(with(`"x5c":["`+strings.Repeat("a", 2048)+`"]`)) + "#0", "key.did-length"},
	} {
		m, err := resolver.Resolve(t.Context(), c.vm)
		if got := finding(t, err); got != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err == nil && (m.ID != c.vm || m.Controller+"#0" != c.vm || m.Key == nil || !slices.Contains(m.Relationships, "assertionMethod")) {
			t.Errorf("%s: %+v", c.name, m)
		}
	}
	if got := asked.Asked(); len(got) != 0 {
		t.Errorf("asked for %v; did:jwk asks for nothing", got)
	}
}

func FuzzDIDJWK(f *testing.F) {
	f.Add(strings.TrimPrefix(didJWK, "did:jwk:"))
	f.Add("e30")
	f.Add(strings.TrimPrefix(jwkDID(`{"kty":"RSA","e":"AQAB","n":"`+strings.Repeat("x", 341)+`Q"}`), "did:jwk:"))
	f.Fuzz(func(t *testing.T, specific string) {
		resolver, asked := world(nil)
		id := "did:jwk:" + specific
		m, err := resolver.Resolve(t.Context(), id+"#0")
		if len(asked.Asked()) != 0 {
			t.Fatalf("%q asked for %v", id, asked.Asked())
		}
		if err != nil {
			if _, ok := errors.AsType[*schema.Fault](err); !ok {
				t.Fatalf("%v is not a fault", err)
			}
			return
		}
		if text, err := base64.RawURLEncoding.DecodeString(specific); err != nil || jwkDID(string(text)) != id {
			t.Fatalf("%q is another spelling of %q", id, jwkDID(string(text)))
		}
		if m.Controller != id || keys.Check(m.Key) != nil {
			t.Fatalf("%+v", m)
		}
	})
}
