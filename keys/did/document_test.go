package did_test

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"merkki/keys"
	"merkki/keys/did"
	"merkki/schema"
)

const method = `{"id":"did:web:issuer.example#k","type":"Multikey","controller":"did:web:issuer.example","publicKeyMultibase":"` + multikey + `"}`

// with returns method with members replaced or added; "" removes one.
func with(members ...string) string {
	out := method
	for i := 0; i < len(members); i += 2 {
		name, value := `"`+members[i]+`":`, members[i+1]
		if at := strings.Index(out, name); at >= 0 {
			end := at + strings.IndexAny(out[at:], ",}")
			if out[end] == ',' {
				end++
			} else {
				at-- // the comma before it
			}
			out = out[:at] + out[end:]
		}
		if value != "" {
			out = strings.TrimSuffix(out, "}") + "," + name + value + "}"
		}
	}
	return out
}

func TestDocuments(t *testing.T) {
	const (
		ref = `"did:web:issuer.example#k"`
		jwk = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
	)
	whole := documentWith
	for _, c := range []struct {
		name, document string
		finding        string
		under          string // relationships, joined
	}{
		{"array and reference", whole(method, ref), "", "assertionMethod"},
		{"single method, single reference", `{"id":"did:web:issuer.example","verificationMethod":` + method + `,"assertionMethod":` + ref + `}`, "", "assertionMethod"},
		{"embedded", `{"id":"did:web:issuer.example","assertionMethod":[` + method + `]}`, "", "assertionMethod"},
		{"embedded in another relationship", `{"id":"did:web:issuer.example","keyAgreement":[` + method + `],"assertionMethod":[` + ref + `]}`, "", "keyAgreement"},
		{"under nothing", `{"id":"did:web:issuer.example","verificationMethod":[` + method + `]}`, "", ""},
		{"under two", `{"id":"did:web:issuer.example","verificationMethod":[` + method + `],"authentication":[` + ref + `],"assertionMethod":[` + ref + `,` + ref + `]}`, "", "authentication assertionMethod"},
		{"relative ids", whole(with("id", `"#k"`), `"#k"`), "", "assertionMethod"},
		{"context that nobody knows, other members", `{"@context":["https://x.example/v9"],"service":[{"id":"#s"}],` + whole(method, ref)[1:], "", "assertionMethod"},
		{"JsonWebKey", whole(with("type", `"JsonWebKey"`, "publicKeyMultibase", "", "publicKeyJwk", jwk), ref), "", "assertionMethod"},
		{"JsonWebKey2020", whole(with("type", `"JsonWebKey2020"`, "publicKeyMultibase", "", "publicKeyJwk", jwk), ref), "", "assertionMethod"},
		{"Ed25519VerificationKey2020", whole(with("type", `"Ed25519VerificationKey2020"`), ref), "", "assertionMethod"},

		{"nothing", ``, "key.document", ""},
		{"HTML", `<html>`, "key.document", ""},
		{"array", `[]`, "key.document", ""},
		{"name twice", `{"id":"a",` + whole(method, ref)[1:], "key.document", ""},
		{"too deep", `{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, "key.limit", ""},
		{"method that is a text", whole(ref, ref), "key.document", ""},
		{"relationship that is a number", whole(method, "1"), "key.document", ""},
		{"no id", strings.Replace(whole(method, ref), `"id":"did:web:issuer.example",`, "", 1), "key.document-id", ""},
		{"id of another", strings.Replace(whole(method, ref), `{"id":"did:web:issuer.example"`, `{"id":"did:web:victim.example"`, 1), "key.document-id", ""},
		{"id in an array", strings.Replace(whole(method, ref), `{"id":"did:web:issuer.example"`, `{"id":["did:web:issuer.example"]`, 1), "key.document-id", ""},
		{"id with a capital", strings.Replace(whole(method, ref), `{"id":"did:web:issuer.example"`, `{"id":"did:web:Issuer.example"`, 1), "key.document-id", ""},
		{"no methods", `{"id":"did:web:issuer.example"}`, "key.not-listed", ""},
		{"other fragment", whole(with("id", `"did:web:issuer.example#j"`), ref), "key.not-listed", ""},
		{"same fragment, other DID", whole(with("id", `"did:web:victim.example#k"`), ref), "key.not-listed", ""},
		{"member ID", whole(strings.Replace(method, `"id"`, `"ID"`, 1), ref), "key.not-listed", ""},
		{"twice", whole(method+","+method, ref), "key.not-listed", ""},
		{"absolute and relative", whole(method+","+with("id", `"#k"`), ref), "key.not-listed", ""},
		{"listed and embedded", whole(method, method), "key.not-listed", ""},
		{"no controller", whole(with("controller", ""), ref), "key.controller-differs", ""},
		{"foreign controller", whole(with("controller", `"did:web:victim.example"`), ref), "key.controller-differs", ""},
		{"two controllers", whole(with("controller", `["did:web:issuer.example"]`), ref), "key.controller-differs", ""},
		{"unknown type", whole(with("type", `"Ed25519VerificationKey2018"`), ref), "key.unusable", ""},
		{"no type", whole(with("type", ""), ref), "key.unusable", ""},
		{"no key", whole(with("publicKeyMultibase", ""), ref), "key.unusable", ""},
		{"both forms", whole(with("publicKeyJwk", jwk), ref), "key.unusable", ""},
		{"JWK in a Multikey", whole(with("publicKeyMultibase", "", "publicKeyJwk", jwk), ref), "key.unusable", ""},
		{"Multikey in a JsonWebKey", whole(with("type", `"JsonWebKey"`), ref), "key.unusable", ""},
		{"secret beside it", whole(with("secretKeyMultibase", `"z3u2"`), ref), "key.unusable", ""},
		{"private JWK", whole(with("type", `"JsonWebKey"`, "publicKeyMultibase", "", "publicKeyJwk", strings.Replace(jwk, "}", `,"d":"AAAA"}`, 1)), ref), "key.unusable", ""},
		{"P-256 in a type for Ed25519", whole(with("type", `"Ed25519VerificationKey2020"`, "publicKeyMultibase", `"zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"`), ref), "key.unusable", ""},
		{"revoked, no date", whole(with("revoked", `"yesterday"`), ref), "key.unusable", ""},
		{"expires, a number", whole(with("expires", `1790000000`), ref), "key.unusable", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			resolver, _ := world(map[string]string{webURL: c.document})
			m, err := resolver.Resolve(t.Context(), webDID+"#k")
			if got := finding(t, err); got != c.finding {
				t.Fatalf("%v, want %q\n%s", err, c.finding, c.document)
			}
			if err != nil {
				return
			}
			if m.ID != webDID+"#k" || m.Controller != webDID || m.Key == nil {
				t.Errorf("%+v", m)
			}
			if got := strings.Join(m.Relationships, " "); got != c.under {
				t.Errorf("under %q, want %q", got, c.under)
			}
		})
	}
}

func TestWindowsAreReported(t *testing.T) {
	resolver, _ := world(map[string]string{webURL: documentWith(
		with("revoked", `"2026-02-01T00:00:00+02:00"`, "expires", `"2027-01-01T00:00:00Z"`), `"#k"`)})
	m, err := resolver.Resolve(t.Context(), webDID+"#k")
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 1, 31, 22, 0, 0, 0, time.UTC); !m.Revoked.Equal(want) {
		t.Errorf("revoked %v, want %v", m.Revoked, want)
	}
	if want := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC); !m.Expires.Equal(want) {
		t.Errorf("expires %v, want %v", m.Expires, want)
	}
}

// What we publish is what we read, key for key.
func TestOwnDocument(t *testing.T) {
	pair := func(seed byte, role keys.Role) keys.Pair {
		pub := ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed}, 32)).Public()
		text, err := keys.Multikey(pub)
		if err != nil {
			t.Fatal(err)
		}
		return keys.Pair{ID: webDID + "#" + text, Issuer: webDID, Algorithm: keys.Ed25519, Role: role, Public: pub}
	}
	credentials, lists, log, retired, revoked := pair(1, keys.Credentials), pair(2, keys.StatusLists), pair(3, keys.Log), pair(4, keys.Credentials), pair(5, keys.Credentials)
	retired.Retired = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	revoked.Revoked = retired.Retired
	foreign := pair(6, keys.Credentials)
	foreign.Issuer = "did:web:other.example"
	v, err := did.Document(webDID, []keys.Pair{credentials, lists, log, retired, revoked, foreign})
	if err != nil {
		t.Fatal(err)
	}
	resolver, _ := world(map[string]string{webURL: string(schema.Marshal(v))})
	for _, c := range []struct {
		name    string
		pair    keys.Pair
		under   []string
		revoked bool
	}{
		{"for credentials", credentials, []string{"assertionMethod"}, false},
		{"for status lists", lists, []string{"assertionMethod"}, false},
		{"for the log", log, nil, false},
		{"retired", retired, []string{"assertionMethod"}, false},
		{"revoked", revoked, []string{"assertionMethod"}, true},
	} {
		m, err := resolver.Resolve(t.Context(), c.pair.ID)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !slices.Equal(m.Relationships, c.under) || m.Revoked.IsZero() == c.revoked || !m.Expires.IsZero() || !c.pair.Public.(ed25519.PublicKey).Equal(m.Key) {
			t.Errorf("%s: %+v", c.name, m)
		}
	}
	if _, err := resolver.Resolve(t.Context(), foreign.ID); finding(t, err) != "key.not-listed" {
		t.Errorf("a key of another issuer: %v", err)
	}
}

func FuzzDocument(f *testing.F) {
	f.Add([]byte(documentWith(method, `"#k"`)))
	f.Add([]byte(documentWith(with("revoked", `"2026-02-01T00:00:00Z"`), method)))
	f.Add([]byte(`{"id":"did:web:issuer.example","assertionMethod":` + method + `}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		resolver, _ := world(map[string]string{webURL: string(b)})
		m, err := resolver.Resolve(t.Context(), webDID+"#k")
		if err != nil {
			if _, ok := errors.AsType[*schema.Fault](err); !ok {
				t.Fatalf("%v is not a fault", err)
			}
			return
		}
		if m.ID != webDID+"#k" || m.Controller != webDID || keys.Check(m.Key) != nil {
			t.Fatalf("%+v", m)
		}
	})
}

func FuzzDIDWeb(f *testing.F) {
	for _, seed := range []string{"did:web:issuer.example", "did:web:issuer.example%3A8443:a:b", "did:web:127.0.0.1", "did:web:a.example%2F..", "did:web:a.example:%2e%2e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		address, err := did.WebURL(id)
		if err != nil {
			finding(t, err)
			return
		}
		rest, ok := strings.CutPrefix(address, "https://")
		host, path, slash := strings.Cut(rest, "/")
		if !ok || !slash || !strings.HasSuffix(path, "did.json") || strings.ContainsAny(address, " \\?#@") ||
			strings.Contains(address, "/../") || strings.Contains(path, "//") || host != strings.ToLower(host) {
			t.Fatalf("%q leads to %q", id, address)
		}
	})
}
