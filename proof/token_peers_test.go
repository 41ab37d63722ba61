package proof_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	mathrand "math/rand/v2"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/keys"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jcs"
	"merkki/schema/jsonld"
	"merkki/schema/schematest"
)

func issuedBy(issuer string, seed uint64) schema.Value {
	v := schematest.Credential(mathrand.New(mathrand.NewPCG(7, seed)))
	return v.With("issuer", mustGet(v, "issuer").With("id", schema.StringValue(issuer)))
}

// The package jose verifies what we sign and reads the same in it; what was
// altered it refuses, as we do.
func TestJOSEPeerVerifiesOurs(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ed, _ := didKey(t, "issuer")
	type question struct {
		Token string          `json:"token"`
		JWK   json.RawMessage `json:"jwk"`
	}
	var tasks []any
	var altered []bool
	random := mathrand.New(mathrand.NewPCG(7, 7))
	for i, s := range []keys.Signer{ed, ecSigner(t, "https://uni.example/keys/1"), anySigner{rsaKey, "https://uni.example/keys/2"}} {
		b, err := proof.SecureToken(t.Context(), jsonld.Embedded(), issuedBy("https://uni.example", uint64(i)), s, proof.TokenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		jwk, err := keys.JWK(s.Public(), "")
		if err != nil {
			t.Fatal(err)
		}
		tasks, altered = append(tasks, question{string(b), jwk}), append(altered, false)
		for range many(10, 500) {
			changed := alterToken(random, string(b))
			if s2, err := proof.ReadToken([]byte(changed), schema.Limits{}); err == nil {
				if _, err := s2.Open(t.Context(), jsonld.Embedded(), s2.Proofs[0], s.Public()); err == nil {
					t.Fatalf("altered and open: %s", changed)
				}
			}
			tasks, altered = append(tasks, question{changed, jwk}), append(altered, true)
		}
	}
	for i, a := range judge.Node(t, "jose.mjs", tasks...) {
		var v struct {
			Verified bool
			Error    string
			Payload  any
		}
		if err := json.Unmarshal(a, &v); err != nil {
			t.Fatal(err)
		}
		if v.Verified == altered[i] {
			t.Errorf("%d: altered %v, verified %v: %s", i, altered[i], v.Verified, v.Error)
		}
		if altered[i] {
			continue
		}
		s, err := proof.ReadToken([]byte(tasks[i].(question).Token), schema.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		var ours any
		if err := json.Unmarshal(s.Document.Raw(), &ours); err != nil || !reflect.DeepEqual(ours, v.Payload) {
			t.Errorf("%d: the peer reads %v", i, v.Payload)
		}
	}
}

// alterToken changes one character to another of the alphabet. The last one of a
// segment may have bits that say nothing, so it is left alone: to the peer another
// spelling of them is the same token.
func alterToken(r *mathrand.Rand, token string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	b := []byte(token)
	for {
		i := r.IntN(len(b) - 1)
		to := alphabet[r.IntN(len(alphabet))]
		if b[i] != '.' && b[i+1] != '.' && b[i] != to {
			b[i] = to
			return string(b)
		}
	}
}

// What the package jose signs, with each algorithm that we read, opens with its
// key and with no other's.
func TestWeVerifyJOSEPeer(t *testing.T) {
	algs := []string{"EdDSA", "ES256", "ES384", "RS256", "PS256"}
	var tasks []any
	for i, alg := range algs {
		tasks = append(tasks, map[string]any{
			"header":  map[string]any{"alg": alg, "typ": "vc+jwt", "kid": "https://uni.example/keys/1"},
			"payload": json.RawMessage(schema.Marshal(issuedBy("https://uni.example", uint64(i)))),
		})
	}
	type made struct {
		Token string
		JWK   json.RawMessage
	}
	var all []made
	for _, a := range judge.Node(t, "jose.mjs", tasks...) {
		var m made
		if err := json.Unmarshal(a, &m); err != nil || m.Token == "" {
			t.Fatalf("%v: %s", err, a)
		}
		all = append(all, m)
	}
	for i, m := range all {
		s, err := proof.ReadToken([]byte(m.Token), schema.Limits{})
		if err != nil {
			t.Fatalf("%s: %v", algs[i], err)
		}
		for j, other := range all {
			key, err := keys.ParseJWK(other.JWK)
			if err != nil {
				t.Fatal(err)
			}
			o, err := s.Open(t.Context(), jsonld.Embedded(), s.Proofs[0], key)
			if i != j && err == nil {
				t.Errorf("%s opens with the key for %s", algs[i], algs[j])
			}
			if i != j {
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", algs[i], err)
				continue
			}
			if got, want := canonicalJSON(t, o.Claims), canonicalJSON(t, issuedBy("https://uni.example", uint64(i))); got != want {
				t.Errorf("%s: it came back as\n%s\nand was\n%s", algs[i], got, want)
			}
		}
	}
}

// canonicalJSON is what the same document is in, whoever wrote it.
func canonicalJSON(t *testing.T, v schema.Value) string {
	t.Helper()
	b, err := jcs.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The token in a baked badge of 1EdTech's validator: it brings its key, which is
// in the issuer's list; it lacks sub, which is a warning.
func TestPublishedToken(t *testing.T) {
	svg := string(readFile(t, judge.Data(t, "openbadges", "validator-ob30", "simple-jwt.svg")))
	found := regexp.MustCompile(`verify="([^"]+)"`).FindStringSubmatch(svg)
	if found == nil {
		t.Fatal("no token")
	}
	var set struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(readFile(t, judge.Data(t, "openbadges", "served", "1edtech.edu-jwks.json")), &set); err != nil {
		t.Fatal(err)
	}
	const issuer = "https://1edtech.edu/issuers/565049"
	list := published{}
	for _, k := range set.Keys {
		pub, err := keys.ParseJWK(k)
		if err != nil {
			t.Fatal(err)
		}
		list[issuer] = append(list[issuer], &keys.Method{Controller: issuer, Key: pub})
	}
	o, err := proof.Open(t.Context(), []byte(found[1]), list)
	if err != nil || o.Claims.GetString("name") != "Teamwork Badge" {
		t.Fatalf("%v", err)
	}
	s, err := proof.ReadToken([]byte(found[1]), schema.Limits{})
	if err != nil || len(s.Also) != 1 || s.Also[0].Finding != "schema.claims-missing" || s.Also[0].Outcome != schema.Warn {
		t.Errorf("%v %v", err, s.Also)
	}
	if strings.Contains(string(schema.Marshal(o.Claims)), `"jti"`) {
		t.Error("jti is no part of the credential")
	}
}
