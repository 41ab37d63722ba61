// Package did turns the URL of a verification method into a public key, and the
// id of an issuer into its keys.
//
//	r := did.New(did.FromSource(sources))
//	m, err := r.Resolve(ctx, "did:web:issuer.example#z6Mk…")
//	list, err := r.IssuerKeys(ctx, "https://issuer.example/about")
//
// did:key and did:jwk are computed. The document of a did:web is retrieved from
// the address that the DID names, that of an https identifier from the
// identifier itself. The keys with which an https issuer signs tokens are in
// the JWK Set of its authority, /.well-known/jwks.json.
//
// What comes back was said by the controller's own address and has passed the
// key policy of package keys. A key is never taken out of a fragment or a path,
// a document never speaks for another address, and the relationships of the
// method are reported as the document lists them: whether they suffice is for
// package verifier to say. So is, before anything is asked for, whether the
// identifier could be the issuer's at all; for that of a token see [ReadKeyID].
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

// A Resolver is a [keys.Resolver] and a [keys.IssuerKeys]. It is safe for
// concurrent use.
type Resolver struct{ fetcher Fetcher }

var (
	_ keys.Resolver   = (*Resolver)(nil)
	_ keys.IssuerKeys = (*Resolver)(nil)
)

// New returns a resolver for did:key and did:jwk (computed), did:web and https
// (retrieved).
func New(f Fetcher) *Resolver { return &Resolver{f} }

// A method is a row of the table of DID methods, and of https beside them:
// parse reads the identifier without asking anybody.
type method struct {
	name  string
	parse func(id identifier) (origin, error)
}

var methods = []method{
	{"key", parseKey},
	{"jwk", parseJWK},
	{"web", parseWeb},
	{"https", parseHTTPS},
}

// An origin is where the document of an identifier comes from: exactly one of
// the three.
type origin struct {
	computed *keys.Method // the only method of a document nobody has to ask for
	address  string       // of the controlled identifier document
	keySet   string       // of the JWK Set, beside address
}

// An identifier is the URL of a verification method, taken apart.
type identifier struct {
	url      string // as it stands
	did      string // up to the fragment; an https URL, for that method
	specific string // what follows did:method: or https://
	fragment string // without "#"
	whole    bool   // it has a fragment
}

// Resolve implements [keys.Resolver].
func (r *Resolver) Resolve(ctx context.Context, verificationMethod string) (*keys.Method, error) {
	id, from, err := locate(verificationMethod)
	switch {
	case err != nil:
		return nil, err
	case from.computed == nil:
		return r.retrieve(ctx, from.address, id)
	case !id.whole:
		return nil, identifierFault(id.url, "no-fragment")
	case from.computed.ID != id.url:
		return nil, schema.Found("key.not-listed", "", map[string]any{"method": id.url, "reason": "missing"})
	}
	return from.computed, nil
}

// locate says where the document of an identifier is to be had.
func locate(url string) (identifier, origin, error) {
	if len(url) > maxDID {
		return identifier{}, origin{}, schema.Found("key.did-length", "",
			map[string]any{"limit": "key.identifier", "max": maxDID, "found": len(url)})
	}
	id, m, err := parse(url)
	if err != nil {
		return id, origin{}, err
	}
	from, err := m.parse(id)
	return id, from, err
}

// parse takes the URL of a verification method apart and finds its method. A
// missing fragment is reported later, once the DID is known to be one.
func parse(url string) (identifier, method, error) {
	did, fragment, _ := strings.Cut(url, "#")
	id := identifier{url: url, did: did, fragment: fragment, whole: fragment != ""}
	rest, isDID := strings.CutPrefix(did, "did:")
	if !isDID {
		return otherScheme(id)
	}
	name, specific, _ := strings.Cut(rest, ":")
	switch {
	case strings.ContainsAny(rest, "/?"): // a DID URL, and not one of a method
		return id, method{}, identifierFault(url, "path-or-query")
	case name == "" || strings.Trim(name, lower+digits) != "":
		return id, method{}, didFault(did, "method-name")
	case !isSpecific(specific):
		return id, method{}, didFault(did, "characters")
	case strings.Trim(fragment, fragmentCharacters) != "":
		return id, method{}, identifierFault(url, "fragment")
	}
	id.specific = specific
	if m, ok := methodNamed(name); ok && name != "https" {
		return id, m, nil
	}
	return id, method{}, schema.Found("key.did-method", "", map[string]any{"method": name})
}

func methodNamed(name string) (method, bool) {
	for _, m := range methods {
		if m.name == name {
			return m, true
		}
	}
	return method{}, false
}

const (
	lower      = "abcdefghijklmnopqrstuvwxyz"
	digits     = "0123456789"
	unreserved = lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + digits + "-._~"

	// fragmentCharacters are those of RFC 3986, section 3.5.
	fragmentCharacters = unreserved + "!$&'()*+,;=:@/?%"
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
