package did_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/keys"
	"merkki/keys/did"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// publishedPair is a pair of an issuer as a store names it.
func publishedPair(t *testing.T, issuer string, alg keys.Algorithm, role keys.Role, pub crypto.PublicKey) keys.Pair {
	t.Helper()
	name, err := keys.Fragment(pub)
	if err != nil {
		t.Fatal(err)
	}
	return keys.Pair{ID: issuer + "#" + name, Issuer: issuer, Algorithm: alg, Role: role, Public: pub}
}

func tokenPairs(t *testing.T) (onRSA, onP256, onP384 keys.Pair) {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pub := func(c elliptic.Curve) crypto.PublicKey {
		k, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k.Public()
	}
	return publishedPair(t, webDID, keys.RSA, keys.Credentials, r.Public()),
		publishedPair(t, webDID, keys.P256, keys.Credentials, pub(elliptic.P256())),
		publishedPair(t, webDID, keys.P384, keys.StatusLists, pub(elliptic.P384()))
}

// A key for tokens is found in our document under the name that a token gives
// it, as a method and as the kid of a JWK, and both are the same key.
func TestOwnDocumentServesTokens(t *testing.T) {
	onRSA, onP256, onP384 := tokenPairs(t)
	v, err := did.Document(webDID, []keys.Pair{onRSA, onP256, onP384})
	if err != nil {
		t.Fatal(err)
	}
	text := schema.Marshal(v)
	resolver, _ := world(map[string]string{webURL: string(text)})
	list, err := resolver.IssuerKeys(t.Context(), webDID)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []keys.Pair{onRSA, onP256, onP384} {
		m, err := resolver.Resolve(t.Context(), p.ID)
		if err != nil || !keys.Equal(m.Key, p.Public) || !slices.Equal(m.Relationships, []string{"assertionMethod"}) {
			t.Errorf("%s: %+v (%v)", p.Algorithm, m, err)
		}
		if m, err = keys.Find(list, p.ID, nil); err != nil || m == nil || !keys.Equal(m.Key, p.Public) {
			t.Errorf("%s by kid: %+v (%v)", p.Algorithm, m, err)
		}
		isJWK := slices.ContainsFunc(list, func(m *keys.Method) bool { return m.KeyID == p.ID })
		if want := p.Algorithm != keys.P384; isJWK != want {
			t.Errorf("%s stands there as a JWK: %v, want %v", p.Algorithm, isJWK, want)
		}
	}
	for _, secret := range []string{`"d":`, `"p":`, `"q":`, `"dp":`, `"dq":`, `"qi":`} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the document has %s", secret)
		}
	}
}

// A program that reads the document as JSON-LD understands every member.
func TestOwnDocumentLosesNothingAsJSONLD(t *testing.T) {
	r := jsonld.Embedded()
	for url, file := range map[string]string{
		"https://www.w3.org/ns/did/v1": "did-v1.jsonld", "https://w3id.org/security/jwk/v1": "jwk-v1.w3c-repo.jsonld",
	} {
		if _, there := r.Context(url); there {
			continue
		}
		b, err := os.ReadFile(judge.Data(t, "contexts", file))
		if err != nil {
			t.Fatal(err)
		}
		if r, err = r.WithUnsafe(url, b); err != nil {
			t.Fatal(err)
		}
	}
	onRSA, onP256, onP384 := tokenPairs(t)
	onRSA.Revoked = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	v, err := did.Document(webDID, []keys.Pair{onRSA, onP256, onP384})
	if err != nil {
		t.Fatal(err)
	}
	quads, err := r.Quads(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	// Three methods and a second form of one, each with type, controller, key
	// and its two references; one moment.
	if want := 4*5 + 1; len(quads) != want {
		t.Errorf("%d statements, want %d: %v", len(quads), want, quads)
	}
}

func TestJWKS(t *testing.T) {
	onRSA, onP256, onP384 := tokenPairs(t)
	retired, revoked, log, foreign := onP256, onP256, onP256, onP256
	retired.ID, retired.Retired = webDID+"#retired", time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	revoked.ID, revoked.Revoked = webDID+"#revoked", retired.Retired
	log.ID, log.Role = webDID+"#log", keys.Log
	foreign.ID, foreign.Issuer = "did:web:issuer.example:other#k", "did:web:issuer.example:other"
	all := []keys.Pair{onRSA, onP256, onP384, retired, revoked, log, foreign}
	for _, c := range []struct {
		issuer string
		kids   []string
	}{
		{webDID, []string{onRSA.ID, onP256.ID, onP384.ID, retired.ID}},
		{foreign.Issuer, []string{foreign.ID}},
		{"", []string{onRSA.ID, onP256.ID, onP384.ID, retired.ID, foreign.ID}},
		{"did:web:nobody.example", nil},
	} {
		v, err := did.JWKS(c.issuer, all)
		if err != nil {
			t.Fatal(err)
		}
		var set struct{ Keys []map[string]string }
		if err := json.Unmarshal(schema.Marshal(v), &set); err != nil {
			t.Fatal(err)
		}
		var kids []string
		for _, k := range set.Keys {
			kids = append(kids, k["kid"])
			alg := map[string]string{onRSA.ID: "RS256", onP384.ID: "ES384"}[k["kid"]]
			if alg == "" {
				alg = "ES256"
			}
			if k["iss"]+"#" != k["kid"][:strings.Index(k["kid"], "#")+1] || k["alg"] != alg || k["use"] != "sig" || k["d"] != "" {
				t.Errorf("%v", k)
			}
		}
		if !slices.Equal(kids, c.kids) {
			t.Errorf("the set of %q has %v, want %v", c.issuer, kids, c.kids)
		}
	}
}

// What we serve at the origin of an https issuer is what we find there.
func TestOwnKeySetIsRead(t *testing.T) {
	pair, _, _ := tokenPairs(t)
	pair.Issuer, pair.ID = httpsID, httpsID+"#k"
	v, err := did.JWKS(httpsID, []keys.Pair{pair})
	if err != nil {
		t.Fatal(err)
	}
	resolver, _ := world(map[string]string{setURL: string(schema.Marshal(v))})
	for _, c := range []struct {
		kid string
		key crypto.PublicKey
	}{{pair.ID, nil}, {"", pair.Public}} {
		m, err := did.FindKey(t.Context(), resolver, httpsID, c.kid, c.key)
		if err != nil || m == nil || m.ID != pair.ID || m.For != httpsID || !keys.Equal(m.Key, pair.Public) {
			t.Errorf("%q: %+v (%v)", c.kid, m, err)
		}
	}
}
