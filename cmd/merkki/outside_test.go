package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/fetch"
	"merkki/schema"
	"merkki/verifier/virtual"
)

const newer = "https://uni.example/newer"

// object is a JSON object of texts: names and values in turn.
func object(pairs ...string) schema.Value {
	var members []schema.Member
	for i := 0; i < len(pairs); i += 2 {
		members = append(members, schema.Member{Name: pairs[i], Value: schema.StringValue(pairs[i+1])})
	}
	return schema.ObjectValue(members...)
}

// A newer copy is asked for when the reader says so, and the answer says that it
// is about that copy.
func TestRefreshIsForTheReaderToAsk(t *testing.T) {
	campus := virtual.New()
	uni := campus.Web("uni.example")
	badge := uni.Badge()
	badge = badge.With("@context", schema.ArrayValue(append(badge.GetList("@context"),
		schema.StringValue("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"))...))
	old := filepath.Join(t.TempDir(), "old.json")
	signed := uni.Sign(badge.With("refreshService", object("id", newer, "type", "1EdTechCredentialRefresh")))
	if err := os.WriteFile(old, signed, 0o600); err != nil {
		t.Fatal(err)
	}
	campus.Serve(newer, uni.Sign(badge.With("validUntil", schema.StringValue("2026-05-20T00:00:00Z"))))
	for _, c := range []struct {
		flags []string
		want  int
		asked bool
	}{
		{nil, exitOK, false},
		{[]string{"--refresh"}, exitInvalid, true},
	} {
		campus.Asked()
		p, out, errs := newProgram()
		p.net = campus.Source()
		args := append([]string{"verify", old, "--issuer", "uni.example", "--at", "2026-06-01"}, c.flags...)
		if got := p.run(context.Background(), args); got != c.want {
			t.Errorf("%v: exit status %d, want %d\n%s%s", args, got, c.want, out, errs)
		}
		if asked := strings.Contains(strings.Join(campus.Asked(), " "), newer); asked != c.asked {
			t.Errorf("%v: asked %v, want %v", args, asked, c.asked)
		}
		if said := strings.Contains(out.String(), "A newer copy was fetched from "+newer); said != c.asked {
			t.Errorf("%v: said %v, want %v", args, said, c.asked)
		}
	}
}

// The keys of every kind of identifier are looked up as a verifier does it.
func TestKeysResolve(t *testing.T) {
	jwk := `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}`
	const didJWK = "did:jwk:eyJrdHkiOiJFQyIsImNydiI6IlAtMjU2IiwieCI6ImY4M09KM0QyeEYxQmc4dnViOXRMZTFnSE16Vjc2ZThUdXM5dVBIdlJWRVUiLCJ5IjoieF9GRXpSdTltMzZITE5fdHVlNjU5TE5wWFc2cEN5U3Rpa1lqS0lXSTVhMCJ9#0"
	web := fetch.Map{
		"https://uni.example/key": {MediaType: "application/json", Bytes: []byte(`{"@context":["https://www.w3.org/ns/cid/v1"],"id":"https://uni.example/key",
			"verificationMethod":[{"id":"https://uni.example/key#one","type":"JsonWebKey","controller":"https://uni.example/key","publicKeyJwk":` + jwk + `}],
			"assertionMethod":["https://uni.example/key#one"]}`)},
		"https://uni.example/.well-known/jwks.json": {MediaType: "application/jwk-set+json",
			Bytes: []byte(`{"keys":[` + strings.Replace(jwk, `{`, `{"kid":"2026",`, 1) + `,{"kty":"RSA","kid":"short","n":"AQAB","e":"AQAB"}]}`)},
	}
	for _, c := range []struct {
		args   []string
		status int
		out    []string
		err    string
	}{
		{[]string{didJWK}, exitOK, []string{"algorithm    P-256", "key          zDn", "for          assertionMethod"}, ""},
		{[]string{didJWK, "--json"}, exitOK, []string{`"algorithm":"P-256"`, `"publicKeyJwk":{`, `"crv":"P-256"`}, ""},
		{[]string{"https://uni.example/key#one"}, exitOK, []string{"https://uni.example/key#one", "controller   https://uni.example/key"}, ""},
		{[]string{"https://uni.example/key#two"}, exitData, nil, "INVALID_VERIFICATION_METHOD key.not-listed"},
		{[]string{"--issuer", "https://uni.example"}, exitOK, []string{"2026", "controller   https://uni.example"}, "short is left out"},
		{[]string{"--issuer", "https://none.example"}, exitUnavailable, nil, "KEY_RETRIEVAL_ERROR"},
		{[]string{"https://127.0.0.1/key#one"}, exitData, nil, "POLICY_REFUSED_URL"},
	} {
		p, out, errs := newProgram()
		p.net = web
		if got := p.run(context.Background(), append([]string{"keys", "resolve"}, c.args...)); got != c.status {
			t.Errorf("%v: exit status %d, want %d: %s", c.args, got, c.status, errs)
		}
		for _, want := range c.out {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%v: no %q in\n%s", c.args, want, out)
			}
		}
		if !strings.Contains(errs.String(), c.err) {
			t.Errorf("%v: no %q in %s", c.args, c.err, errs)
		}
	}
}
