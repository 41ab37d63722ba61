package fetch

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"testing"
)

func TestAddressRules(t *testing.T) {
	for _, c := range []struct {
		url string
		ok  bool
	}{
		{"https://issuer.example/.well-known/did.json", true},
		{"https://issuer.example", true},
		{"https://a.b.xn--4ca.example/x?y=z#k", true},
		{"https://issuer.example/%C3%A4", true},
		{"https://issuer.example/a%2Fb%20c", true},
		{"https://0.example/", true},
		{"https://1.2.3.4.example/", true},

		{"", false},
		{"http://issuer.example/", false},
		{"HTTPS://issuer.example/", false},
		{"//issuer.example/", false},
		{"https:issuer.example", false},
		{"https:///etc/passwd", false},
		{"ftp://issuer.example/", false},
		{"file:///etc/passwd", false},
		{"https://user@issuer.example/", false},
		{"https://user:pass@issuer.example/", false},
		{"https://issuer.example@127.0.0.1/", false},
		{"https://issuer.example:443/", false},
		{"https://issuer.example:22/", false},
		{"https://issuer.example:/", false},
		{"https://ISSUER.example/", false},
		{"https://issuer.example./", false},
		{"https://.example/", false},
		{"https://a..example/", false},
		{"https://-a.example/", false},
		{"https://a_b.example/", false},
		{"https://ïssuer.example/", false},
		{"https://issuer.example/ä", false},
		{"https://issuer.example/a b", false},
		{"https://issuer.example/\\@127.0.0.1", false},
		{"https://issuer.example\\@127.0.0.1/", false},
		{"https://issuer.example/\x00", false},
		{"https://issuer.example/%00", false},
		{"https://issuer.example/%0d%0aHost:x", false},
		{"https://issuer.example/%1F", false},
		{"https://issuer.example/%7f", false},
		{"https://issuer.example/?%0A", false},
		{"https://issuer.example%00.evil.example/", false},
		{"https://issuer%2eexample/", false},
		{"https://issuer.example/%zz", false},
		{"https://localhost/", false},
		{"https://intranet/", false},
		{"https://a.localhost/", false},
		{"https://printer.local/", false},
		{"https://db.internal/", false},
		{"https://router.home.arpa/", false},
		{"https://a.invalid/", false},
		{"https://a.test/", false},
		{"https://abc.onion/", false},
		{"https://127.0.0.1/", false},
		{"https://127.1/", false},
		{"https://2130706433/", false},
		{"https://0x7f000001/", false},
		{"https://0x7f.0.0.0x1/", false},
		{"https://0177.0.0.1/", false},
		{"https://a.0x/", false},
		{"https://[::1]/", false},
		{"https://[::ffff:127.0.0.1]/", false},
		{"https://[fe80::1%25eth0]/", false},
		{"https://１２７.0.0.1/", false},
		{"https://" + strings.Repeat("a", 64) + ".example/", false},
		{"https://" + strings.Repeat("a.", 127) + "example/", false},
	} {
		err := CheckURL(c.url)
		if (err == nil) != c.ok {
			t.Errorf("%q: %v, want allowed %v", c.url, err, c.ok)
		}
		if _, refused := errors.AsType[*RefusedError](err); err != nil && !refused {
			t.Errorf("%q: %v is not a RefusedError", c.url, err)
		}
	}
}

func TestInternalHostsByName(t *testing.T) {
	rules := Rules{Allow: []Allowed{{Host: "did.campus", Prefix: netip.MustParsePrefix("10.0.0.0/8")}, {Host: "registry", Prefix: netip.MustParsePrefix("10.0.0.0/8")}}}
	for address, ok := range map[string]bool{
		"https://did.campus/a":      true,
		"https://registry/a":        true,
		"https://x.did.campus/a":    true, // an ordinary name; dialled only if its address is public
		"https://registry.local/a":  false,
		"http://registry/a":         false,
		"https://registry:8443/a":   false,
		"https://user@registry/a":   false,
		"https://issuer.example/a":  true,
		"https://other-registry/a":  false,
		"https://registry/a%00":     false,
		"https://registry/a\\b":     false,
		"https://REGISTRY/a":        false,
		"https://registry./a":       false,
		"https://10.0.0.1/a":        false,
		"https://registry@10.0.0.1": false,
	} {
		if err := rules.Check(address); (err == nil) != ok {
			t.Errorf("%q: %v, want allowed %v", address, err, ok)
		}
	}
}

// What the rules pass has one host for us and for everybody who parses it.
func FuzzCheckURL(f *testing.F) {
	for _, seed := range []string{"https://issuer.example/a?b#c", "https://a.example\\@b.example/", "https://[::1]/", "https://a.example:443/", "https://a@b.example/", "https://a.example?b/c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if CheckURL(address) != nil {
			return
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" || u.Opaque != "" {
			t.Fatalf("%q passes and is %+v (%v)", address, u, err)
		}
		asked := withoutFragment(address)
		if u.Hostname() != hostOf(asked) {
			t.Fatalf("%q: host %q or %q", address, u.Hostname(), hostOf(asked))
		}
		if _, err := netip.ParseAddr(u.Hostname()); err == nil || !strings.Contains(u.Hostname(), ".") {
			t.Fatalf("%q leads to %q", address, u.Hostname())
		}
	})
}

func TestStack(t *testing.T) {
	own := Map{"https://own.example/a": {Bytes: []byte("own")}, "https://own.example:8443/a": {Bytes: []byte("port")}}
	bundle := Map{"https://a.example/": {Bytes: []byte("bundle")}, "https://inside.local/": {Bytes: []byte("inside")}}
	net := NewRecorder(Map{"https://a.example/": {Bytes: []byte("net")}, "https://b.example/": {Bytes: []byte("net")}})
	source := Prefer(own, NewStack(Rules{}, bundle, net))
	for _, c := range []struct{ url, bytes, err string }{
		{"https://own.example/a#k", "own", ""},
		{"https://own.example:8443/a", "port", ""}, // our own documents obey no rules
		{"https://a.example/#k", "bundle", ""},
		{"https://b.example/", "net", ""},
		{"https://c.example/", "", "offline"},
		{"https://inside.local/", "", "refused"}, // not even from a bundle
		{"http://a.example/", "", "refused"},
	} {
		doc, err := source.Get(t.Context(), Key, c.url)
		if string(doc.Bytes) != c.bytes || what(t, err) != c.err {
			t.Errorf("%s: %q, %v, want %q, %q", c.url, doc.Bytes, err, c.bytes, c.err)
		}
	}
	if got := strings.Join(net.Asked(), " "); got != "https://b.example/ https://c.example/" {
		t.Errorf("asked the network for %s", got)
	}
	if _, err := NewStack(Rules{}).Get(t.Context(), Key, "https://a.example/"); what(t, err) != "offline" {
		t.Errorf("an empty stack: %v", err)
	}
}
