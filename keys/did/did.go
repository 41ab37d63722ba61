// Package did turns the URL of a verification method into a public key: did:key
// is computed, did:web is retrieved from the address the DID itself names.
//
//	r := did.New(did.FromSource(sources))
//	m, err := r.Resolve(ctx, "did:web:issuer.example#z6Mk…")
//
// What comes back was said by the controller's own address and has passed the
// key policy of package keys. A key is never taken out of a fragment or a path,
// a document never speaks for another address, and the relationships of the
// method are reported as the document lists them: whether they suffice is for
// package verifier to say.
//
// The faults are those of the check key.resolved, in the order of the table of
// findings. Their argument "url" is the document that was read, "pointer" the
// place in it, "reason" a word for the texts.
package did

import (
	"context"
	"strings"

	"merkki/keys"
	"merkki/schema"
)

// maxDID bounds key identifiers, in characters.
const maxDID = 2048

// A Fetcher retrieves the document at an https URL for the purpose of a key.
// Its errors are *schema.Fault of key.url-refused, key.unreachable or
// key.limit. It must be safe for concurrent use.
type Fetcher interface {
	FetchKey(ctx context.Context, url string) ([]byte, error)
}

// New returns a resolver for did:key (computed) and did:web (retrieved).
func New(f Fetcher) keys.Resolver { return &resolver{f} }

type resolver struct{ fetcher Fetcher }

// A method is a row of the table of DID methods: parse reads the DID without
// asking anybody and returns how its document is had.
type method struct {
	name  string
	parse func(id identifier) (dereference, error)
}

// A dereference finds the method of a parsed DID URL.
type dereference func(ctx context.Context, r *resolver, id identifier) (*keys.Method, error)

var methods = []method{
	{"key", parseKey},
	{"web", parseWeb},
}

// An identifier is the URL of a verification method, taken apart.
type identifier struct {
	url      string // as it stands
	did      string // up to the fragment
	specific string // what follows did:method:
	fragment string // without "#"
	whole    bool   // it has a fragment
}

// Resolve implements [keys.Resolver].
func (r *resolver) Resolve(ctx context.Context, verificationMethod string) (*keys.Method, error) {
	if len(verificationMethod) > maxDID {
		return nil, schema.Found("key.did-length", "",
			map[string]any{"limit": "key.identifier", "max": maxDID, "found": len(verificationMethod)})
	}
	id, m, err := parse(verificationMethod)
	if err != nil {
		return nil, err
	}
	dereference, err := m.parse(id)
	if err != nil {
		return nil, err
	}
	return dereference(ctx, r, id)
}

// parse takes the URL of a verification method apart and finds its method. A
// missing fragment is reported by the rows, once the DID is known to be one.
func parse(url string) (identifier, method, error) {
	did, fragment, _ := strings.Cut(url, "#")
	id := identifier{url: url, did: did, fragment: fragment, whole: fragment != ""}
	rest, isDID := strings.CutPrefix(did, "did:")
	if !isDID {
		return id, method{}, otherScheme(url)
	}
	name, specific, _ := strings.Cut(rest, ":")
	switch {
	case strings.ContainsAny(rest, "/?"): // a DID URL, and not one of a method
		return id, method{}, identifierFault(url, "path-or-query")
	case name == "" || strings.Trim(name, lower+digits) != "":
		return id, method{}, didFault(did, "method-name")
	case !isSpecific(specific):
		return id, method{}, didFault(did, "characters")
	case strings.Trim(fragment, unreserved+"!$&'()*+,;=:@/?%") != "":
		return id, method{}, identifierFault(url, "fragment")
	}
	id.specific = specific
	for _, m := range methods {
		if m.name == name {
			return id, m, nil
		}
	}
	return id, method{}, schema.Found("key.did-method", "", map[string]any{"method": name})
}

// otherScheme answers for what is no DID: an absolute URL is of a method that
// is not read here, the rest is no identifier of a key.
func otherScheme(url string) error {
	scheme, rest, ok := strings.Cut(url, ":")
	if ok && scheme == "https" && strings.HasPrefix(rest, "//") && strings.Contains(rest, "#") &&
		strings.Trim(rest, unreserved+"!$&'()*+,;=:@/?%#[]") == "" {
		return schema.Found("key.did-method", "", map[string]any{"method": scheme})
	}
	return identifierFault(url, "not-absolute")
}

const (
	lower      = "abcdefghijklmnopqrstuvwxyz"
	digits     = "0123456789"
	unreserved = lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + digits + "-._~"
)

// isSpecific is the method-specific-id of DID Core 1.0, section 3.1: idchars
// and percent-encoded octets between colons, and something after the last one.
func isSpecific(s string) bool {
	if s == "" || strings.HasSuffix(s, ":") {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%':
			if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
				return false
			}
			i += 2
		case c == '~' || !strings.Contains(unreserved+":", string(rune(c))):
			return false
		}
	}
	return true
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func identifierFault(url, reason string) error {
	return schema.Found("key.identifier", "", map[string]any{"identifier": url, "reason": reason})
}

func didFault(did, reason string) error {
	return schema.Found("key.did", "", map[string]any{"did": did, "reason": reason})
}
