package did

import (
	"strings"

	"merkki/internal/fetch"
	"merkki/schema"
)

// maxName bounds a key identifier that is no URL, in characters.
const maxName = 256

// A KeyID is what a token says of its key in the header member kid. One of the
// two is empty.
type KeyID struct {
	URL  string // a DID or an https URL, perhaps with a fragment
	Name string // to be looked up among the issuer's own keys and nowhere else
}

// ReadKeyID reads kid, in a token that names issuer, before anything is asked
// for (security model, section 9.3): a DID URL; an https URL that obeys the
// address rules; a name of up to 256 letters, digits, ".", "_", "~" and "-"; or
// "#fragment" alone, of an issuer that is a DID. The faults are
// key.did-length, key.url-refused and key.identifier.
func ReadKeyID(kid, issuer string) (KeyID, error) {
	if len(kid) > maxDID {
		return KeyID{}, schema.Found("key.did-length", "",
			map[string]any{"limit": "key.identifier", "max": maxDID, "found": len(kid)})
	}
	switch {
	case strings.HasPrefix(kid, "#") && strings.HasPrefix(issuer, "did:") && isURL(issuer+kid):
		return KeyID{URL: issuer + kid}, nil
	case isURL(kid) && !(KeyID{URL: kid}).IsForeign(issuer):
		return KeyID{URL: kid}, nil // whether the issuer may be asked is for its own address to show
	case strings.HasPrefix(kid, "http://"), strings.HasPrefix(kid, "https://"):
		if err := fetch.CheckURL(kid); err != nil {
			return KeyID{}, faultOf(kid, err)
		}
		return KeyID{URL: kid}, nil
	case isURL(kid):
		return KeyID{URL: kid}, nil
	case isName(kid):
		return KeyID{Name: kid}, nil
	}
	return KeyID{}, identifierFault(kid, "kid")
}

// IsForeign tells whether a key identifier cannot be one of issuer's own: a DID
// other than its id, or an https URL of another authority than the one that
// its id rests on. A key of that name is not the issuer's, and nobody is to be
// asked for it.
func (k KeyID) IsForeign(issuer string) bool {
	controller, _, _ := strings.Cut(k.URL, "#")
	switch {
	case k.URL == "" || controller == issuer:
		return false
	case strings.HasPrefix(controller, "https://"):
		authority := authorityBehind(controller)
		return authority == "" || authority != authorityBehind(issuer)
	}
	return true
}

// authorityBehind returns the authority that has an identifier's document; an
// empty one for an identifier that rests on none.
func authorityBehind(id string) string {
	_, from, err := locate(id)
	if err != nil {
		return ""
	}
	specific, _ := strings.CutPrefix(from.address, "https://")
	return authorityOf(specific)
}

// isURL tells a DID or https URL: enough to know whose it would be.
func isURL(s string) bool {
	whole, fragment, _ := strings.Cut(s, "#")
	rest, isDID := strings.CutPrefix(whole, "did:")
	if !isDID {
		var isHTTPS bool
		if rest, isHTTPS = strings.CutPrefix(whole, "https://"); !isHTTPS {
			return false
		}
	}
	return rest != "" && strings.Trim(rest, fragmentCharacters+"[]") == "" && strings.Trim(fragment, fragmentCharacters) == ""
}

func isName(s string) bool {
	return s != "" && len(s) <= maxName && strings.Trim(s, unreserved) == ""
}
