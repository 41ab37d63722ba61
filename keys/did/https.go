package did

import (
	"strings"

	"merkki/internal/fetch"
)

// keySetPath is where the keys of an https issuer are (Open Badges 3.0
// Implementation Guide, Key Provenance).
const keySetPath = "/.well-known/jwks.json"

// otherScheme answers for what is no DID. An https URL is the identifier of a
// document that is retrieved from there (Controlled Identifiers 1.0, section
// 2.1.1), an http one is an address that is never asked for, and the rest names
// no key.
func otherScheme(id identifier) (identifier, method, error) {
	if strings.HasPrefix(id.url, "http://") {
		return id, method{}, faultOf(id.did, fetch.CheckURL(id.did)) // refused, always
	}
	specific, ok := strings.CutPrefix(id.did, "https://")
	if !ok || authorityOf(specific) == "" || strings.Trim(specific, fragmentCharacters+"[]") != "" ||
		strings.Trim(id.fragment, fragmentCharacters) != "" {
		return id, method{}, identifierFault(id.url, "not-absolute")
	}
	id.specific = specific
	m, _ := methodNamed("https")
	return id, m, nil
}

// parseHTTPS says where the document of an https identifier is: there. Whether
// the address may be asked for is decided where it is asked for.
func parseHTTPS(id identifier) (origin, error) {
	return origin{address: id.did, keySet: "https://" + authorityOf(id.specific) + keySetPath}, nil
}

// authorityOf returns the authority of what follows https:// (RFC 3986,
// section 3.2), user information and port included.
func authorityOf(specific string) string {
	if end := strings.IndexAny(specific, "/?"); end >= 0 {
		return specific[:end]
	}
	return specific
}
