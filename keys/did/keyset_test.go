package did_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"merkki/internal/fetch"
	"merkki/internal/judge"
	"merkki/keys"
	"merkki/keys/did"
	"merkki/schema"
)

const (
	setURL = "https://issuer.example/.well-known/jwks.json"
	ecKey  = `"kty":"EC","crv":"P-256","x":"ylzQRyS29WeN1eshQbB4qd_UGtQxJ-ontiLTnOYQIdo","y":"VbyUtNiOmv7IS0KBh3TRp78iYwiqU_w0QtdUuSO7X50"`
	okpKey = `"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"`
)

// show writes a list as one word a key: its ID, and what is the matter with it.
func show(list []*keys.Method) string {
	var words []string
	for _, m := range list {
		word := strings.TrimPrefix(m.ID, setURL)
		if f, ok := errors.AsType[*schema.Fault](m.Fault); ok {
			word += "!" + f.Finding
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestKeySets(t *testing.T) {
	for _, c := range []struct{ name, set, want string }{
		{"named by a URL", `{"keys":[{` + ecKey + `,"kid":"https://issuer.example/keys/1"}]}`, "https://issuer.example/keys/1"},
		{"named by a word", `{"keys":[{` + ecKey + `,"kid":"key-1"}]}`, "#key-1"},
		{"named by nothing", `{"keys":[{` + okpKey + `}]}`, "#kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"},
		{"named by something else", `{"keys":[{` + okpKey + `,"kid":"../../etc"}]}`, "#kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"},
		{"kid a number", `{"keys":[{` + okpKey + `,"kid":1}]}`, "#kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"},
		{"two", `{"keys":[{` + ecKey + `,"kid":"a"},{` + okpKey + `,"kid":"b"}],"other":[]}`, "#a #b"},
		{"none", `{"keys":[]}`, ""},
		{"of the issuer", `{"keys":[{` + ecKey + `,"kid":"a","iss":"https://issuer.example/about"}]}`, "#a"},
		{"of others on the host", `{"keys":[{` + ecKey + `,"kid":"a","iss":"https://issuer.example/other"},{` + ecKey + `,"iss":["https://issuer.example/about"]},{` + ecKey + `,"iss":""},{` + ecKey + `,"iss":null},{` + okpKey + `,"kid":"b"}]}`, "#b"},
		{"unusable beside usable", `{"keys":[{"kty":"oct","k":"AA","kid":"s"},{` + ecKey + `,"kid":"enc","use":"enc"},{` + ecKey + `,"d":"AA","kid":"d"},{"kty":"EC","crv":"P-521","kid":"p"},{},{` + okpKey + `,"kid":"b"}]}`,
			"#!key.unusable #!key.unusable #!key.unusable #!key.unusable #!key.unusable #b"},
		{"256", `{"keys":[` + strings.Repeat(`{},`, 255) + `{}]}`, strings.TrimPrefix(strings.Repeat(" #!key.unusable", 256), " ")},

		{"257", `{"keys":[` + strings.Repeat(`{},`, 256) + `{}]}`, "key.limit"},
		{"more than there may be values", `{"keys":[` + strings.Repeat(`1,`, 30000) + `1]}`, "key.limit"},
		{"one JWK", `{` + ecKey + `}`, "key.document"},
		{"keys an object", `{"keys":{` + ecKey + `}}`, "key.document"},
		{"a key that is a text", `{"keys":["a"]}`, "key.document"},
		{"array", `[{` + ecKey + `}]`, "key.document"},
		{"keys twice", `{"keys":[],"keys":[{` + ecKey + `}]}`, "key.document"},
		{"nothing", ``, "key.document"},
		{"HTML", `<html>`, "key.document"},
	} {
		resolver, asked := world(map[string]string{setURL: c.set})
		list, err := resolver.IssuerKeys(t.Context(), httpsID)
		got := show(list)
		if err != nil {
			got = finding(t, err)
		}
		if got != c.want {
			t.Errorf("%s: %s (%v), want %q", c.name, got, err, c.want)
		}
		for _, m := range list {
			if m.Controller != httpsID || (m.Key == nil) != (m.Fault != nil) || !slices.Equal(m.Relationships, []string{"assertionMethod"}) {
				t.Errorf("%s: %+v", c.name, m)
			}
		}
		if got := asked.Asked(); !slices.Equal(got, []string{setURL}) {
			t.Errorf("%s: asked for %v", c.name, got)
		}
	}
}

// A host with many issuers costs each of them no more than its own keys.
func TestKeysOfOthersAreNotCounted(t *testing.T) {
	other := `{` + ecKey + `,"iss":"https://issuer.example/other"},`
	resolver, _ := world(map[string]string{setURL: `{"keys":[` + strings.Repeat(other, 1900) + `{` + okpKey + `,"kid":"b","iss":"` + httpsID + `"}]}`})
	list, err := resolver.IssuerKeys(t.Context(), httpsID)
	if show(list) != "#b" || err != nil {
		t.Errorf("%s (%v), want #b", show(list), err)
	}
}

func TestIssuersWithoutAKeySet(t *testing.T) {
	web := documentWith(method+`,`+with("id", `"#weak"`, "type", `"JsonWebKey"`, "publicKeyMultibase", "", "publicKeyJwk", `{"kty":"RSA","n":"AQ","e":"AQAB","kid":"weak-1"}`)+
		`,`+with("id", `"did:web:victim.example#k"`, "controller", `"did:web:victim.example"`)+`,`+with("id", `"#twice"`)+`,`+with("id", `"did:web:issuer.example#twice"`), `"#k"`)
	for _, c := range []struct{ issuer, want, asked string }{
		{"did:key:" + multikey, "did:key:" + multikey + "#" + multikey, ""},
		{didJWK, didJWK + "#0", ""},
		{webDID, webDID + "#k " + webDID + "#weak!key.unusable " + webDID + "#twice!key.not-listed " + webDID + "#twice!key.not-listed", webURL},
		{"urn:uuid:5b0f1f2a-2f5e-4f0a-9d5e-0a6f6f0f2f11", "", ""},
		{"mailto:issuer@issuer.example", "", ""},
		{"", "", ""},
		{"did:example:123", "key.did-method", ""},
		{"did:web:127.0.0.1", "key.did", ""},
		{webDID + "#k", "key.identifier", ""},
		{httpsID + "#k", "key.identifier", ""},
		{"http://issuer.example", "key.url-refused", ""},
		{"https://issuer.example:8443/about", "key.url-refused", ""},
		{"https://127.0.0.1/about", "key.url-refused", ""},
		{"https://issuer.example@127.0.0.1/about", "key.url-refused", ""},
		{"https:///about", "key.identifier", ""},
		{"https://none.example/about", "key.unreachable", "https://none.example/.well-known/jwks.json"},
		{"https://none.example?a#", "key.identifier", ""},
	} {
		resolver, asked := world(map[string]string{webURL: web})
		list, err := resolver.IssuerKeys(t.Context(), c.issuer)
		got := show(list)
		if err != nil {
			got = finding(t, err)
		}
		if got != c.want {
			t.Errorf("%s: %s (%v), want %q", c.issuer, got, err, c.want)
		}
		if got := strings.Join(asked.Asked(), " "); got != c.asked {
			t.Errorf("%s: asked for %q", c.issuer, got)
		}
	}
}

// Behaviours of the other end that are not those of a document (data/attacks,
// did/http-behaviours): only an authority that says that it has no key set has
// none; of every other one we do not know.
func TestKeySetsThatCannotBeHad(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&fetch.UnreachableError{URL: setURL, Reason: "http-404"}, ""},
		{&fetch.UnreachableError{URL: setURL, Reason: "http-410"}, ""},
		{&fetch.UnreachableError{URL: setURL, Reason: "http-401"}, "key.unreachable"},
		{&fetch.UnreachableError{URL: setURL, Reason: "http-500"}, "key.unreachable"},
		{&fetch.UnreachableError{URL: setURL, Reason: "http-503"}, "key.unreachable"},
		{&fetch.UnreachableError{URL: setURL, Reason: "http-204"}, "key.unreachable"},
		{&fetch.UnreachableError{URL: setURL, Reason: "empty"}, "key.unreachable"},
		{&fetch.UnreachableError{URL: setURL, Reason: "media-type"}, "key.unreachable"},
		{&fetch.UnreachableError{URL: setURL, Reason: "timeout"}, "key.unreachable"},
		{&fetch.UnreachableError{URL: setURL, Reason: "tls"}, "key.unreachable"},
		{&fetch.UnreachableError{URL: setURL, Reason: "redirects"}, "key.unreachable"},
		{&fetch.UnreachableError{URL: setURL, Reason: "redirect-origin"}, "key.unreachable"},
		{&fetch.UnreachableError{URL: setURL, Reason: "circuit-open"}, "key.unreachable"},
		{&fetch.UnreachableError{URL: setURL, Reason: "too-large", Limit: "fetch.bytes", Max: 1 << 20}, "key.limit"},
		{&fetch.UnreachableError{URL: setURL, Reason: "content-encoding", Limit: "fetch.encoding"}, "key.limit"},
		{&fetch.RefusedError{URL: setURL, Reason: "the name leads to an address that is not public"}, "key.url-refused"},
		{fetch.ErrAbsent, "key.unreachable"},
	} {
		m, err := did.FindKey(t.Context(), did.New(did.FromSource(failing{c.err})), httpsID, "key-1", nil)
		f, _ := errors.AsType[*schema.Fault](err)
		if got := finding(t, err); got != c.want || m != nil || f != nil && f.Outcome != schema.Unknown {
			t.Errorf("%v becomes %+v, %v, want %q", c.err, m, err, c.want)
		}
	}
}

func TestFindKey(t *testing.T) {
	resolver, _ := world(map[string]string{setURL: `{"keys":[
		{` + ecKey + `,"kid":"https://issuer.example/keys/1"},{` + okpKey + `,"kid":"same"},{` + okpKey + `,"kid":"same"},
		{` + okpKey + `,"kid":"ambiguous"},{` + ecKey + `,"kid":"ambiguous"},{"kty":"RSA","n":"AQ","e":"AQAB","kid":"weak"},
		{` + ecKey + `,"kid":"theirs","iss":"https://issuer.example/other"}]}`})
	ec, other := publicJWK(t, ecKey), ed25519.NewKeyFromSeed(make([]byte, 32)).Public()
	for _, c := range []struct {
		name, kid string
		key       any
		want      string // ID or finding
	}{
		{"by kid", "https://issuer.example/keys/1", nil, "https://issuer.example/keys/1"},
		{"kid before key", "https://issuer.example/keys/1", other, "https://issuer.example/keys/1"},
		{"by key", "", ec, "https://issuer.example/keys/1"},
		{"one key twice", "same", nil, "#same"},
		{"two keys", "ambiguous", nil, "key.not-listed"},
		{"unusable", "weak", nil, "key.unusable"},
		{"another issuer's", "theirs", nil, ""},
		{"no such kid", "nobody", ec, ""},
		{"no such key", "", other, ""},
		{"neither", "", nil, ""},
	} {
		m, err := did.FindKey(t.Context(), resolver, httpsID, c.kid, c.key)
		got := finding(t, err)
		if m != nil {
			got = show([]*keys.Method{m})
		}
		if got != c.want {
			t.Errorf("%s: %+v (%v), want %q", c.name, m, err, c.want)
		}
	}
}

func publicJWK(t *testing.T, members string) any {
	t.Helper()
	pub, err := keys.ParseJWK([]byte("{" + members + "}"))
	if err != nil {
		t.Fatal(err)
	}
	return pub
}

func TestKeyMissingInACachedSetIsAskedForOnceMore(t *testing.T) {
	source := &aging{cached: `{"keys":[{` + ecKey + `,"kid":"old"}]}`, fresh: `{"keys":[{` + okpKey + `,"kid":"new"}]}`}
	resolver := did.New(did.FromSource(source))
	for _, c := range []struct {
		kid   string
		found bool
		again int
	}{{"old", true, 0}, {"new", true, 1}, {"never", false, 2}} {
		m, err := did.FindKey(t.Context(), resolver, httpsID, c.kid, nil)
		if (m != nil) != c.found || err != nil || source.again != c.again {
			t.Errorf("%s: %+v (%v), asked again %d times, want %d", c.kid, m, err, source.again, c.again)
		}
	}
	// A source that fails the second time does not take back its first answer.
	m, err := did.FindKey(t.Context(), did.New(did.FromSource(onceOnly{source})), httpsID, "never", nil)
	if m != nil || err != nil {
		t.Errorf("%+v (%v), want neither", m, err)
	}
}

// onceOnly fails where a fresh document is wanted.
type onceOnly struct{ fetch.Source }

func (s onceOnly) Get(ctx context.Context, p fetch.Purpose, url string) (fetch.Document, error) {
	if fetch.IsAgain(ctx) {
		return fetch.Document{}, &fetch.UnreachableError{URL: url, Reason: "timeout"}
	}
	return s.Source.Get(ctx, p, url)
}

// TestKeySetsOfTheSamples finds the keys of the sample tokens where their
// issuers publish them, and the attackers' nowhere.
func TestKeySetsOfTheSamples(t *testing.T) {
	attacks, served := attackDocuments(t), servedDocuments(t)
	for _, c := range []struct {
		path  []string
		web   fetch.Map
		found string
	}{
		{[]string{"attacks", "baseline", "valid-jwt-rs256-kid.jwt"}, attacks, "https://issuer.example/keys/1"},
		{[]string{"attacks", "jwt", "jwk-header-and-kid.jwt"}, attacks, "https://issuer.example/keys/1"},
		{[]string{"attacks", "jwt", "jwk-header-attacker.jwt"}, attacks, ""},
		{[]string{"attacks", "jwt", "kid-other-origin.jwt"}, attacks, ""},
		{[]string{"openbadges", "forgery", "forged-embedded-jwk.jwt"}, served, ""},
	} {
		token, err := os.ReadFile(judge.Data(t, c.path...))
		if err != nil {
			t.Fatal(err)
		}
		header, payload := parts(t, string(token))
		var key any
		if header.JWK != nil {
			if key, err = keys.ParseJWK(header.JWK); err != nil {
				t.Fatal(err)
			}
		}
		source := fetch.NewRecorder(c.web)
		m, err := did.FindKey(t.Context(), did.New(did.FromSource(source)), payload.Iss, header.Kid, key)
		if err != nil || (m != nil) != (c.found != "") || m != nil && m.ID != c.found {
			t.Errorf("%s: %+v (%v), want %q", c.path[2], m, err, c.found)
		}
		if got := source.Asked(); len(got) != 1 || !strings.HasSuffix(got[0], "/.well-known/jwks.json") {
			t.Errorf("%s: asked for %v", c.path[2], got)
		}
	}
}

type tokenHeader struct {
	Kid string
	JWK json.RawMessage
}

type tokenPayload struct{ Iss string }

// parts reads what the tests need of a token, which other tests verify.
func parts(t *testing.T, token string) (h tokenHeader, p tokenPayload) {
	t.Helper()
	segments := strings.Split(strings.TrimSpace(token), ".")
	for i, into := range []any{&h, &p} {
		b, err := base64.RawURLEncoding.DecodeString(segments[i])
		if err == nil {
			err = json.Unmarshal(b, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return h, p
}

// attackDocuments is the web as the attack sample knows it.
func attackDocuments(t *testing.T) fetch.Map {
	t.Helper()
	b, err := os.ReadFile(judge.Data(t, "attacks", "keys", "resolve.json"))
	if err != nil {
		t.Fatal(err)
	}
	var served map[string]struct{ File, Type string }
	if err := json.Unmarshal(b, &served); err != nil {
		t.Fatal(err)
	}
	m := fetch.Map{}
	for url, s := range served {
		b, err := os.ReadFile(judge.Data(t, "attacks", filepath.FromSlash(s.File)))
		if err != nil {
			t.Fatal(err)
		}
		m[url] = fetch.Document{Bytes: b, MediaType: s.Type}
	}
	return m
}

func FuzzKeySet(f *testing.F) {
	f.Add("https://issuer.example", []byte(`{"keys":[{`+ecKey+`,"kid":"https://issuer.example/keys/1","alg":"ES256","use":"sig"}]}`))
	f.Add("https://issuer.example/a", []byte(`{"keys":[{`+okpKey+`,"iss":"https://issuer.example/a"},{"kty":"oct","k":"AA"}]}`))
	f.Add("https://issuer.example/a?b", []byte(fmt.Sprintf(`{"keys":[{"kty":"RSA","e":"AQAB","kid":"a","n":"%sQ"}]}`, strings.Repeat("x", 341))))
	f.Fuzz(func(t *testing.T, issuer string, b []byte) {
		source := fetch.NewRecorder(fetch.Map{setURL: {Bytes: b}})
		resolver := did.New(did.FromSource(fetch.NewStack(fetch.Rules{}, source)))
		list, err := resolver.IssuerKeys(t.Context(), issuer)
		if err != nil {
			if _, ok := errors.AsType[*schema.Fault](err); !ok {
				t.Fatalf("%v is not a fault", err)
			}
			return
		}
		for _, m := range list {
			if m.Controller != issuer || m.For != "" && m.For != issuer || (m.Key == nil) == (m.Fault == nil) || m.ID == "" {
				t.Fatalf("%+v", m)
			}
			if m.Key == nil {
				continue
			}
			if err := keys.Check(m.Key); err != nil {
				t.Fatalf("%+v: %v", m, err)
			}
			if found, err := keys.Find(list, "", m.Key); err != nil || !keys.Equal(found.Key, m.Key) {
				t.Fatalf("%+v is found as %+v (%v)", m, found, err)
			}
		}
	})
}
