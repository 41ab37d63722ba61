package main

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/keys"
	"merkki/schema"
)

// TestEnveloped issues a token, verifies it in its envelope and alone, and
// refuses envelopes that are none.
func TestEnveloped(t *testing.T) {
	c := start(t)
	envelope := c.issued("jose", parse(t, credential20))
	token, ok := strings.CutPrefix(envelope.GetString("id"), "data:application/vc+jwt,")
	if !ok {
		t.Fatalf("issued %s", schema.Marshal(envelope))
	}
	header, _, _ := strings.Cut(token, ".")
	if b, _ := base64.RawURLEncoding.DecodeString(header); !strings.Contains(string(b), `"typ":"vc+jwt"`) || !strings.Contains(string(b), `"alg":"ES256"`) {
		t.Errorf("header %s", b)
	}
	altered := token[:len(token)-4] + "AAAA"
	for _, row := range []struct {
		name string
		v    schema.Value
		code string
	}{
		{"the envelope", envelope, ""},
		{"the token", text(token), ""},
		{"an altered token", text(altered), "CRYPTOGRAPHIC_SECURITY_ERROR"},
		{"an altered token in its envelope", envelope.With("id", text("data:application/vc+jwt,"+altered)), "CRYPTOGRAPHIC_SECURITY_ERROR"},
		{"no context", envelope.With("@context", array), "MALFORMED_VALUE_ERROR"},
		{"a foreign context", envelope.With("@context", text("https://context.example/")), "MALFORMED_VALUE_ERROR"},
		{"no data: address", envelope.With("id", text(token)), "MALFORMED_VALUE_ERROR"},
		{"no type", envelope.Without("type"), ""},
		{"another type", envelope.With("type", text("VerifiableCredential")), ""},
		{"members that nothing secures", envelope.With("name", text("x")), "MALFORMED_VALUE_ERROR"},
		{"COSE", envelope.With("id", text("data:application/vc+cose;base64,0oRD")), "UNSUPPORTED_ALGORITHM"},
	} {
		t.Run(row.name, func(t *testing.T) {
			good := row.name == "the envelope" || row.name == "the token"
			r := c.verify(row.v)
			if good != (r.status == http.StatusOK) || !good && r.status != http.StatusBadRequest {
				t.Fatalf("%d %s", r.status, r)
			}
			if row.code != "" && !slices.Contains(strings.Fields(r.codes()), row.code) {
				t.Errorf("refused for %s, not %s", r.codes(), row.code)
			}
		})
	}
}

// legacyToken signs claims as the suite for data model 2.0 does: an old-style
// token, whose document stands in a claim.
func legacyToken(t *testing.T, key signer, claims string) string {
	t.Helper()
	encode := base64.RawURLEncoding.EncodeToString
	algorithm, hash := "EdDSA", crypto.Hash(0)
	if keys.AlgorithmOf(key.Public()) == keys.P256 {
		algorithm, hash = "ES256", crypto.SHA256
	}
	signed := encode([]byte(`{"alg":"`+algorithm+`","typ":"JWT","kid":"`+key.method+`"}`)) + "." + encode([]byte(claims))
	digest := []byte(signed)
	if hash != 0 {
		sum := sha256.Sum256(digest)
		digest = sum[:]
	}
	signature, err := key.Sign(nil, digest, hash)
	if err == nil && hash != 0 {
		signature, err = keys.FixedWidth(signature, 32)
	}
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + encode(signature)
}

// TestLegacyPresentations are the tokens of data model 1.1 in envelopes of 2.0
// that one suite presents. Under another media type they are nothing.
func TestLegacyPresentations(t *testing.T) {
	c := start(t)
	made, err := makeProfiles([]byte("an issuer's key, made by a suite!")[:32])
	if err != nil {
		t.Fatal(err)
	}
	issuer, presenter := made["jose"].signer, holder(t)
	credential := legacyToken(t, issuer, `{"vc":`+credential20+`,"iss":"did:example:issuer"}`)
	claims := func(credential string) string {
		return `{"vp":{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"],"verifiableCredential":["` + credential + `"]},"aud":"example.com","nonce":"123456789"}`
	}
	token := legacyToken(t, presenter, claims(credential))
	altered := func(s string) string { return s[:len(s)-6] + "AAAAAA" }
	envelope := func(id string) schema.Value {
		return schema.ObjectValue(member("@context", text("https://www.w3.org/ns/credentials/v2")),
			member("type", text("EnvelopedVerifiablePresentation")), member("id", text(id)))
	}
	good := envelope(legacyPrefix + token)
	rows := []struct {
		name, challenge string
		v               schema.Value
		status          int
	}{
		{"as the suite sends it", "123456789", good, 200},
		{"asked for nothing", "", good, 200},
		{"another challenge", "987654321", good, 400},
		{"altered", "", envelope(legacyPrefix + altered(token)), 400},
		{"a credential inside is altered", "", envelope(legacyPrefix + legacyToken(t, presenter, claims(altered(credential)))), 400},
		{"a credential and no presentation", "", envelope(legacyPrefix + credential), 400},
		{"under its new media type", "", envelope("data:application/vp+jwt," + token), 400},
		{"without data:", "", envelope(token), 400},
		{"no context", "", good.With("@context", array), 400},
		{"a foreign context", "", good.With("@context", text("https://context.example/")), 400},
		{"no type", "", good.Without("type"), 400},
		{"another type", "", good.With("type", text("VerifiablePresentation")), 400},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := c.post("/presentations/verify", member("verifiablePresentation", row.v), member("options", schema.ObjectValue(member("challenge", text(row.challenge)))))
			if r.status != row.status {
				t.Errorf("%d %s", r.status, r)
			}
		})
	}
	if r := c.verify(text(credential)); r.status != http.StatusBadRequest {
		t.Errorf("an old-style credential is accepted outside: %s", r)
	}
	judge.Score{Suite: "After the W3C suite for VC Data Model 2.0: EnvelopingProof (optional there)", Passed: len(rows),
		How: "tokens of the same form, sent as the suite does"}.Report(t)
}
