package did_test

import (
	"strings"
	"testing"

	"merkki/keys/did"
)

func TestKeyIDs(t *testing.T) {
	const https, web = "https://issuer.example/about", "did:web:issuer.example:a"
	key := "did:key:" + multikey
	for _, c := range []struct {
		kid, issuer string
		want        string // URL, or "name " and the name
		finding     string
		foreign     bool
	}{
		{"https://issuer.example/keys/1", https, "https://issuer.example/keys/1", "", false},
		{"https://issuer.example/about#k", https, "https://issuer.example/about#k", "", false},
		{"https://attacker.example/keys/1", https, "https://attacker.example/keys/1", "", true},
		{"https://issuer.example.attacker.example/keys/1", https, "https://issuer.example.attacker.example/keys/1", "", true},
		{"https://attacker.example/?https://issuer.example/", https, "https://attacker.example/?https://issuer.example/", "", true},
		{"https://issuer.example/keys/1", web, "https://issuer.example/keys/1", "", false},
		{"https://issuer.example/keys/1", key, "https://issuer.example/keys/1", "", true},
		{"did:web:issuer.example:a#k", web, "did:web:issuer.example:a#k", "", false},
		{"did:web:issuer.example:b#k", web, "did:web:issuer.example:b#k", "", true},
		{"did:web:issuer.example#k", https, "did:web:issuer.example#k", "", true},
		{key + "#" + multikey, key, key + "#" + multikey, "", false},
		{key + "#" + multikey, https, key + "#" + multikey, "", true},
		{didJWK + "#0", didJWK, didJWK + "#0", "", false},
		{key, key, key, "", false},
		{"#k", web, web + "#k", "", false},
		{"#k", https, "", "key.identifier", false},
		{"#", web, web + "#", "", false}, // a method without a fragment, which resolving refuses
		{"key-1", https, "name key-1", "", false},
		{"2aOHaQxsWVT4mLsUkdtlCnUV-au0BBR-5yPYaPaCc5k", key, "name 2aOHaQxsWVT4mLsUkdtlCnUV-au0BBR-5yPYaPaCc5k", "", false},
		{strings.Repeat("a", 256), https, "name " + strings.Repeat("a", 256), "", false},
		{strings.Repeat("a", 257), https, "", "key.identifier", false},
		{"", https, "", "key.identifier", false},
		{"../../../../dev/null", https, "", "key.identifier", false},
		{"1' OR '1'='1", https, "", "key.identifier", false},
		{"key 1", https, "", "key.identifier", false},
		{"kéy", https, "", "key.identifier", false},
		{"urn:uuid:1", https, "", "key.identifier", false},
		{"file:///etc/passwd", https, "", "key.identifier", false},
		{"javascript:alert(1)", https, "", "key.identifier", false},
		{"//attacker.example/k", https, "", "key.identifier", false},
		{"did:", https, "", "key.identifier", false},
		{"did:web:issuer.example k", https, "", "key.identifier", false},
		{"https:///k", https, "", "key.url-refused", false},
		{"https:///k", key, "", "key.url-refused", false},
		{"http://127.0.0.1:8080/k", https, "", "key.url-refused", false},
		{"http://issuer.example/k", https, "", "key.url-refused", false},
		{"https://issuer.example@127.0.0.1/k", https, "", "key.url-refused", false},
		{"https://issuer.example:8443/k", https, "", "key.url-refused", false},
		{"https://169.254.169.254/latest", https, "", "key.url-refused", false},
		{"https://[::1]/k", https, "", "key.url-refused", false},
		{"https://localhost/k", https, "", "key.url-refused", false},
		{"https://issuer.example\\@attacker.example/k", https, "", "key.url-refused", false},
		{"https://issuer.example/" + strings.Repeat("a", 2048), https, "", "key.did-length", false},
	} {
		id, err := did.ReadKeyID(c.kid, c.issuer)
		got := id.URL
		if id.Name != "" {
			got = "name " + id.Name
		}
		if got != c.want || finding(t, err) != c.finding {
			t.Errorf("%q of %s: %+v (%v), want %q %q", c.kid, c.issuer, id, err, c.want, c.finding)
		}
		if id.IsForeign(c.issuer) != c.foreign {
			t.Errorf("%q of %s: foreign %v, want %v", c.kid, c.issuer, id.IsForeign(c.issuer), c.foreign)
		}
	}
}

// A key identifier that is read is in one of its forms, and what is not
// foreign to an issuer is under its own name.
func FuzzKeyID(f *testing.F) {
	for _, seed := range [][2]string{
		{"https://issuer.example/keys/1", "https://issuer.example"}, {"#k", "did:web:issuer.example"},
		{"key-1", "https://issuer.example"}, {"did:web:issuer.example#k", "did:web:issuer.example"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, kid, issuer string) {
		id, err := did.ReadKeyID(kid, issuer)
		if err != nil {
			finding(t, err)
			return
		}
		if (id.URL == "") == (id.Name == "") || id.Name != "" && id.Name != kid || strings.ContainsAny(id.URL, " \\\n") {
			t.Fatalf("%q of %q: %+v", kid, issuer, id)
		}
		whole, _, _ := strings.Cut(id.URL, "#")
		if id.Name == "" && !id.IsForeign(issuer) && whole != issuer {
			if !strings.HasPrefix(whole, "https://") || !strings.HasPrefix(issuer, "https://") && !strings.HasPrefix(issuer, "did:web:") {
				t.Fatalf("%q is not foreign to %q", kid, issuer)
			}
		}
	})
}
