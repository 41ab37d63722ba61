package issuer_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"testing"

	"merkki/issuer"
	"merkki/keys"
	"merkki/schema"
)

func TestTrust(t *testing.T) {
	h, _ := school(t, false)
	_, err := h.AddTrust(ctx, registrar, issuer.TrustSource{JSON: []byte(`{`)})
	if err == nil {
		t.Error("a trust list that is no JSON was taken")
	}
	kept, err := h.AddTrust(ctx, registrar, issuer.TrustSource{Name: "Schools", Source: "schools.json", JSON: []byte(`["did:web:a.example"]`)})
	must(t, err)
	h.reopen(t)
	all, err := h.Trust(ctx)
	must(t, err)
	if len(all) != 1 || all[0].Name != "Schools" || string(all[0].JSON) != `["did:web:a.example"]` || !all[0].Added.Equal(h.clock()) {
		t.Errorf("trust %+v", all)
	}
	must(t, h.RemoveTrust(ctx, registrar, kept.ID))
	refusedWith(t, h.RemoveTrust(ctx, registrar, kept.ID), schema.CodeNotFound, "")
}

// A signed list is kept as it was signed, with the key under which it must hold.
func TestSignedTrust(t *testing.T) {
	h, _ := school(t, false)
	public, private, err := ed25519.GenerateKey(nil)
	must(t, err)
	key, err := keys.JWK(public, "")
	must(t, err)
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"EdDSA"}`)) + "." +
		encode([]byte(`{"iss":"https://registry.example","iat":1767225600,"exp":4070908800,"issuers":["did:web:a.example"]}`))
	signed := []byte(text + "." + encode(ed25519.Sign(private, []byte(text))))
	for name, bad := range map[string]issuer.TrustSource{
		"without a key":     {JSON: signed},
		"with another text": {JSON: append([]byte("eyJhbGciOiJFUzI1NiJ9"), signed[len("eyJhbGciOiJFZERTQSJ9"):]...), Key: key},
		"with no JWK":       {JSON: signed, Key: []byte(`{"kty":"oct","k":"AA"}`)},
		"and not signed":    {JSON: []byte(`["did:web:a.example"]`), Key: key},
	} {
		if _, err := h.AddTrust(ctx, registrar, bad); err == nil {
			t.Errorf("a list %s was taken", name)
		}
	}
	kept, err := h.AddTrust(ctx, registrar, issuer.TrustSource{Source: "list.jwt", JSON: signed, Key: key})
	must(t, err)
	h.reopen(t)
	all, err := h.Trust(ctx)
	must(t, err)
	if len(all) != 1 || all[0].ID != kept.ID || all[0].Name != "https://registry.example" || !bytes.Equal(all[0].JSON, signed) {
		t.Fatalf("trust %+v", all)
	}
	list, err := all[0].List()
	must(t, err)
	if list.Signer != "https://registry.example" || list.Expires.Year() != 2099 || len(list.Entries) != 1 {
		t.Errorf("list %+v", list)
	}
}
