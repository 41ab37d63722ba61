package verifier_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"merkki/keys"
	"merkki/schema"
	"merkki/verifier"
	"merkki/verifier/virtual"
)

const (
	siteKeys = "https://site.example/.well-known/jwks.json"
	siteID   = "https://site.example/about"
)

// site adds an https issuer, whom the reader trusts.
func (w *world) site() *virtual.Issuer {
	i := w.Site("site.example")
	w.v = w.Verifier(w.uni, i)
	return i
}

// jwk is the public half of the forger's key as a JWK.
func jwk(key ed25519.PrivateKey) string {
	return `{"kty":"OKP","crv":"Ed25519","x":"` + base64.RawURLEncoding.EncodeToString(key.Public().(ed25519.PublicKey)) + `"}`
}

func multikey(key ed25519.PrivateKey) string {
	s, err := keys.Multikey(key.Public())
	if err != nil {
		panic(err)
	}
	return s
}

// forged is a token in the name of an issuer, signed with a key of our own; head
// are members of the header beside alg.
func forged(issuer *virtual.Issuer, key ed25519.PrivateKey, head string) []byte {
	badge := issuer.Badge()
	payload := badge.With("iss", schema.StringValue(issuer.ID())).With("jti", schema.StringValue(badge.GetString("id"))).
		With("sub", schema.StringValue("did:example:learner")).With("nbf", schema.NumberValue("1777593600"))
	return compact(`{"alg":"EdDSA",`+head+`}`, string(schema.Marshal(payload)), edSign(key))
}

var tokens = []situation{
	{"by a DID", func(w *world) []byte { return w.uni.Token(w.uni.Badge()) },
		"valid; input.container pass container.envelope; proof.format pass format.read; key.controller pass key.bound; issuer.trusted pass issuer.listed", didDoc},
	{"by a key alone", func(w *world) []byte {
		w.v = w.Verifier(w.forger)
		return w.forger.Token(w.forger.Badge())
	}, "valid; proof.signature pass signature.holds", ""},
	{"by an RSA key in the issuer's JWK Set", func(w *world) []byte {
		i := w.site()
		return i.Token(i.Badge())
	}, "valid; key.resolved pass key.found; key.controller pass key.bound", siteKeys},
	{"in a JSON string", func(w *world) []byte { return []byte("\n\"" + string(w.uni.Token(w.uni.Badge())) + "\" ") },
		"valid; input.container pass container.envelope", didDoc},
	{"in an envelope", func(w *world) []byte {
		return schema.Marshal(virtual.Envelope(w.uni.Token(w.uni.Badge())))
	}, "valid; input.container pass container.envelope", didDoc},
	{"in an envelope of a kind that is not read", func(w *world) []byte {
		v := virtual.Envelope([]byte("eyJhbGciOiJFUzI1NiJ9.e30.AAAA~"))
		return []byte(strings.Replace(string(schema.Marshal(v)), "vc+jwt", "vc+sd-jwt", 1))
	}, "indeterminate; input.container pass container.envelope; document.syntax not-run check.not-run; proof.format unknown format.algorithm-unknown", ""},
	{"with a list that is a token", func(w *world) []byte {
		list := w.uni.List("revocation")
		list.Token = true
		list.Set(7)
		return w.uni.Token(virtual.WithStatus(w.uni.Badge(), list, 7))
	}, "invalid; credential.status fail status.revocation", didDoc + " " + list1},

	// Whose key.
	{"the forger's key in the header", func(w *world) []byte {
		key := edKey(9)
		return forged(w.site(), key, `"jwk":`+jwk(key))
	}, "invalid; key.resolved pass key.found; key.controller fail key.unbound; proof.signature pass signature.holds; issuer.trusted not-run check.not-run", siteKeys},
	{"the forger's key in the header, a DID for issuer", func(w *world) []byte {
		key := edKey(9)
		return forged(w.uni, key, `"jwk":`+jwk(key))
	}, "invalid; key.controller fail key.unbound; proof.signature pass signature.holds", didDoc},
	{"the forger's key in the header, the issuer's list away", func(w *world) []byte {
		key := edKey(9)
		i := w.site()
		w.Down(siteKeys)
		return forged(i, key, `"jwk":`+jwk(key))
	}, "indeterminate; key.resolved unknown key.unreachable; key.controller not-run check.not-run; proof.signature not-run check.not-run", siteKeys},
	{"a key in the header that the reader's list pins", func(w *world) []byte {
		key := edKey(9)
		i := w.site()
		w.v.Trust[0].Entries[1].Keys = []string{multikey(key)}
		return forged(i, key, `"jwk":`+jwk(key))
	}, "valid; key.controller pass key.bound", ""},
	{"an issuer that publishes no keys", func(w *world) []byte {
		i := w.site()
		b := i.Token(i.Badge())
		w.Gone(siteKeys)
		return b
	}, "invalid; key.resolved not-run check.not-run; key.controller fail key.unbound; proof.signature not-run check.not-run", siteKeys},
	{"kid of a host that is not the issuer's", func(w *world) []byte {
		return forged(w.site(), edKey(9), `"kid":"https://forger.example/keys/1"`)
	}, "invalid; key.resolved not-run check.not-run; key.controller fail key.unbound; proof.signature not-run check.not-run", ""},
	{"kid that is somebody else's did:key", func(w *world) []byte {
		key := edKey(9)
		return forged(w.site(), key, `"kid":"did:key:`+multikey(key)+`#`+multikey(key)+`"`)
	}, "invalid; key.controller fail key.unbound; proof.signature pass signature.holds", ""},
	{"kid that is no key identifier", func(w *world) []byte {
		return forged(w.site(), edKey(9), `"kid":"../../etc/passwd"`)
	}, "invalid; key.resolved fail key.identifier", ""},
	{"kid of a bare fragment", func(w *world) []byte {
		key := edKey(9)
		id := "did:key:" + multikey(key)
		w.v.Trust[0].Entries[0].Issuer = id
		return []byte(strings.ReplaceAll(string(relabelled(w, key, id, `"kid":"#`+multikey(key)+`"`)), w.uni.ID(), id))
	}, "valid; key.controller pass key.bound", ""},
	{"kid that the list has, and a key in the header that it has not", func(w *world) []byte {
		key := edKey(9)
		return forged(w.site(), key, `"kid":"`+siteID+`#key-1","jwk":`+jwk(key))
	}, "invalid; proof.format fail format.algorithm-forbidden", siteKeys},

	// What the claims say.
	{"claims for another issuer", func(w *world) []byte {
		return []byte(reclaim(w, "iss", schema.StringValue("did:web:other.example")))
	}, "invalid; document.schema fail schema.claims-differ", ""},
	{"no sub", func(w *world) []byte { return []byte(reclaim(w, "sub", schema.Value{})) },
		"valid; document.schema warn schema.claims-missing", ""},
	{"words that no context defines", func(w *world) []byte {
		return []byte(reclaim(w, "unforeseen", schema.StringValue("x")))
	}, "valid; document.terms pass terms.covered; document.terms also warn terms.undefined", ""},
	{"ended by its claims alone", func(w *world) []byte {
		return []byte(reclaim(w, "exp", schema.NumberValue("1780000000")))
	}, "invalid; credential.validity fail validity.expired", ""},
}

// relabelled is a token of a did:key issuer.
func relabelled(w *world, key ed25519.PrivateKey, id, head string) []byte {
	payload := string(schema.Marshal(claimed(w)))
	return compact(`{"alg":"EdDSA",`+head+`}`, strings.ReplaceAll(payload, w.uni.ID(), id), edSign(key))
}

func claimed(w *world) schema.Value {
	badge := w.uni.Badge()
	return badge.With("iss", schema.StringValue(w.uni.ID())).With("jti", schema.StringValue(badge.GetString("id"))).
		With("sub", schema.StringValue("did:example:learner")).With("nbf", schema.NumberValue("1777593600"))
}

// reclaim is a token of a did:key issuer that the reader trusts, one of whose
// claims is another, or absent for Null.
func reclaim(w *world, claim string, val schema.Value) string {
	key := edKey(9)
	id := "did:key:" + multikey(key)
	w.v.Trust[0].Entries[0].Issuer = id
	payload := claimed(w).With(claim, val)
	if val.Kind == schema.Null {
		payload = payload.Without(claim)
	}
	text := strings.ReplaceAll(string(schema.Marshal(payload)), w.uni.ID(), id)
	return string(compact(`{"alg":"EdDSA","kid":"`+id+"#"+multikey(key)+`"}`, text, edSign(key)))
}

func TestTokens(t *testing.T) { play(t, tokens) }

// TestKeySetIsAskedOnce: the credential and its lists need the same set.
func TestKeySetIsAskedOnce(t *testing.T) {
	w := newWorld()
	i := w.site()
	list := i.List("revocation")
	list.Token = true
	b := i.Token(virtual.WithStatus(i.Badge(), list, 7))
	w.Asked()
	expect(t, verify(t, w.v, b), "valid; credential.status pass status.clear")
	if asked := strings.Join(w.Asked(), " "); strings.Count(asked, siteKeys) != 1 {
		t.Error(asked)
	}
}

// TestPresentationNobodyAskedFor is nothing against it.
func TestPresentationNobodyAskedFor(t *testing.T) {
	w := newWorld()
	r := verify(t, w.v, w.forger.Present(occasion, w.uni.Sign(w.uni.Badge())))
	expect(t, r, "indeterminate; input.container unknown container.unread")
	consistent(t, r)
	if kind := r.Check("input.container").Args["kind"]; kind != "presentation" {
		t.Errorf("kind %v", kind)
	}
}

// TestEveryChangeOfATokenShows changes every character of a token. There is one
// spelling of it, and no other is valid.
func TestEveryChangeOfATokenShows(t *testing.T) {
	w := newWorld()
	w.v = w.Verifier(w.forger)
	token := w.forger.Token(w.forger.Badge())
	if r := verify(t, w.v, token); r.Verdict != verifier.Valid {
		t.Fatalf("unchanged: %s %+v", r.Verdict, r.Primary)
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
	for i := range token {
		changed := slices.Clone(token)
		changed[i] = alphabet[(strings.IndexByte(alphabet, token[i])+1)%len(alphabet)]
		for _, b := range [][]byte{changed, slices.Delete(slices.Clone(token), i, i+1)} {
			if r := verify(t, w.v, b); r.Verdict == verifier.Valid {
				t.Errorf("valid with another character at %d of %d", i, len(token))
			}
		}
	}
}
