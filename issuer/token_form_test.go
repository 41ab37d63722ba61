package issuer_test

import (
	"encoding/base64"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"merkki/issuer"
	"merkki/issuer/store/bolt"
	"merkki/keys"
	"merkki/schema"
	"merkki/verifier"
)

// segment decodes one part of a compact JWS.
func segment(t testing.TB, token []byte, n int) schema.Value {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(strings.Split(string(token), ".")[n])
	must(t, err)
	return parse(t, string(b))
}

// A new institution signs every credential as a token too: with ES256, under the
// URL of a verification method of its own, over the credential without its proof.
func TestTokenBesideTheDocument(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID, ValidUntil: "2027-05-12"})
	if !slices.Equal(r.Forms, []string{issuer.FormToken}) || r.Token == nil {
		t.Fatalf("forms %v, a token of %d bytes", r.Forms, len(r.Token))
	}
	header, payload, doc := segment(t, r.Token, 0), segment(t, r.Token, 1), parse(t, string(r.Credential))
	pairs, err := h.Keys(ctx, a.Issuer)
	must(t, err)
	kid := pairs[slices.IndexFunc(pairs, func(p keys.Pair) bool { return p.Algorithm == "P-256" })].ID
	for name, c := range map[string]struct{ got, want string }{
		"alg": {header.GetString("alg"), "ES256"},
		"typ": {header.GetString("typ"), "JWT"},
		"kid": {header.GetString("kid"), kid},
		"iss": {payload.GetString("iss"), "did:web:badges.example"},
		"jti": {payload.GetString("jti"), r.URL},
		"id":  {payload.GetString("id"), r.URL},
	} {
		if c.got != c.want {
			t.Errorf("%s is %q, want %q", name, c.got, c.want)
		}
	}
	if len(header.Members) != 3 {
		t.Errorf("header %s", schema.Marshal(header))
	}
	for _, m := range doc.Members { // the same credential, member by member
		got, ok := payload.Get(m.Name)
		if m.Name == "proof" {
			if ok {
				t.Error("the token holds a proof")
			}
		} else if string(schema.Marshal(got)) != string(schema.Marshal(m.Value)) {
			t.Errorf("%s differs in the token", m.Name)
		}
	}
	if said := h.verify(t, r.Token); said.Verdict != verifier.Valid || string(said.Credential) != string(schema.Marshal(doc.Without("proof"))) {
		t.Errorf("%s, %+v", said.Verdict, said.Primary)
	}
	again, err := h.Get(ctx, r.ID)
	must(t, err)
	if string(again.Token) != string(r.Token) {
		t.Error("read back, the token is another")
	}
	_, err = h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: "revoke", Reason: "x"})
	must(t, err)
	if said := h.verify(t, r.Token); said.Primary == nil || said.Primary.Code != schema.CodeRevoked {
		t.Errorf("revoked: %s, %+v", said.Verdict, said.Primary)
	}
	h.healthy(t)
}

func TestTokensOfOtherKeys(t *testing.T) {
	h, a := school(t, false)
	h.keys.RSABits = 2048
	key, err := h.AddInstitution(ctx, registrar, "Key School", "key", "", false)
	must(t, err)
	other, err := h.AddAchievement(ctx, registrar, key.ID, parse(t, strings.ReplaceAll(welding, "urn:example:welding", "urn:example:other")), false)
	must(t, err)
	for _, c := range []struct {
		achievement issuer.Achievement
		formats     []string
		alg         string
	}{
		{a, []string{"eddsa-rdfc-2022", "vc-jwt:Ed25519"}, "EdDSA"},
		{a, []string{"eddsa-rdfc-2022", "vc-jwt:RSA"}, "RS256"},
		{other, []string{"eddsa-rdfc-2022", "vc-jwt"}, "EdDSA"}, // the one key of a did:key
	} {
		_, err := h.EditInstitution(ctx, registrar, c.achievement.Issuer, issuer.Edit{Formats: c.formats})
		must(t, err)
		r := h.issue(t, issuer.Draft{Achievement: c.achievement.ID})
		if got := segment(t, r.Token, 0).GetString("alg"); got != c.alg {
			t.Errorf("%v: alg %s, want %s", c.formats, got, c.alg)
		}
		if said := h.verify(t, r.Token); said.Verdict != verifier.Valid {
			t.Errorf("%v: %s, %+v", c.formats, said.Verdict, said.Primary)
		}
	}
}

// An institution that was kept before there was a choice signs as it did.
func TestInstitutionWithoutSettings(t *testing.T) {
	h, a := school(t, false)
	must(t, h.Close())
	store, err := bolt.Open(filepath.Join(h.dir, "merkki.db"))
	must(t, err)
	thing, err := store.Thing(ctx, "institution", a.Issuer)
	must(t, err)
	var body map[string]json.RawMessage
	must(t, json.Unmarshal(thing.Body, &body))
	delete(body, "formats")
	thing.Body, err = json.Marshal(body)
	must(t, err)
	must(t, store.Replace(ctx, thing, issuer.LogEntry{At: h.clock(), Actor: "local:test", Action: "x", Subject: a.Issuer}))
	must(t, store.Close())
	h.open(t)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	if r.Token != nil || len(r.Forms) > 0 || !slices.Equal(suitesOf(t, r.Credential), []string{"eddsa-rdfc-2022"}) {
		t.Errorf("forms %v, suites %v", r.Forms, suitesOf(t, r.Credential))
	}
	h.healthy(t)
}
