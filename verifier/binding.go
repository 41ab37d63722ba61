package verifier

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"merkki/keys"
	"merkki/schema"
)

// controllerOf returns the part of a verification method before the fragment:
// the identifier of the document that would have to hold the key. It is told
// from the text alone, so that whom to ask is decided before anybody is asked
// (Controlled Identifiers 1.0, section 3.3, steps 1 and 2).
func controllerOf(method, pointer string) (string, *schema.Fault) {
	if len(method) > maxURL {
		return "", schema.Found("key.did-length", pointer, map[string]any{"limit": "url.characters", "max": maxURL, "found": len(method)})
	}
	controller, fragment, ok := strings.Cut(method, "#")
	u, err := url.Parse(controller)
	if err != nil || !u.IsAbs() || !isVisibleASCII(method) || strings.Contains(fragment, "#") {
		return "", schema.Found("key.identifier", pointer, map[string]any{"method": method})
	}
	if !ok || fragment == "" {
		return controller, schema.Found("key.identifier", pointer, map[string]any{"method": method, "missing": "fragment"})
	}
	return controller, nil
}

func isVisibleASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// isComputed says whether the document of an identifier follows from the
// identifier itself, so that resolving it asks nobody.
func isComputed(controller string) bool {
	return strings.HasPrefix(controller, "did:key:") || strings.HasPrefix(controller, "did:jwk:")
}

// onlyMethod returns the verification method of a did:key, which has no other.
func onlyMethod(controller string) (string, bool) {
	key, ok := strings.CutPrefix(controller, "did:key:")
	return controller + "#" + key, ok
}

// domainOf returns the DNS name that an issuer's id rests on and whether the id
// stands for the whole domain; "" for an id that rests on none. A DID or
// address with a path is controlled by whoever controls that path.
func domainOf(id string) (domain string, whole bool) {
	if rest, ok := strings.CutPrefix(id, "did:web:"); ok {
		host, path, _ := strings.Cut(rest, ":")
		return host, path == ""
	}
	u, err := url.Parse(id)
	if err != nil || u.Scheme != "https" {
		return "", false
	}
	return u.Host, (u.Path == "" || u.Path == "/") && u.RawQuery == ""
}

// isPinned says whether an operator's list pins a key for an issuer.
func (v *Verifier) isPinned(issuer, multikey string, at time.Time) bool {
	for _, list := range v.Trust {
		if !list.isCurrent(at) {
			continue
		}
		for _, e := range list.Entries {
			if e.Issuer == issuer && multikey != "" && e.applies(at) && slices.Contains(e.Keys, multikey) {
				return true
			}
		}
	}
	return false
}

// multikeyOf returns the form in which lists pin a key: its Multikey, or the
// JWK thumbprint of a kind that has none (RSA).
func multikeyOf(m *keys.Method) string {
	s, err := keys.Fragment(m.Key)
	if err != nil {
		return ""
	}
	return s
}
