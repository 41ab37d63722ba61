package keys

import (
	"crypto"

	"merkki/schema"
)

// Find returns the method of a list that a token means: by its key identifier
// (kid, RFC 7515, section 4.1.4), compared with the JWK's own and with the URL
// of the method, or, where kid is empty, by the key, which is to compare RFC
// 7638 thumbprints. Without a match both results are nil.
//
// An entry that cannot be used is reported as its Fault, and a kid under which
// two different keys stand as key.not-listed with the reason "twice": to choose
// would be to let the token choose.
func Find(list []*Method, kid string, pub crypto.PublicKey) (*Method, error) {
	var found *Method
	for _, m := range list {
		switch {
		case kid == "" && (m.Key == nil || !Equal(m.Key, pub)):
			continue
		case kid != "" && m.KeyID != kid && m.ID != kid:
			continue
		case m.Fault != nil:
			return nil, m.Fault
		case found == nil:
			found = m
		case kid != "" && !Equal(found.Key, m.Key):
			return nil, schema.Found("key.not-listed", "", map[string]any{"method": kid, "reason": "twice"})
		}
	}
	return found, nil
}

// Equal tells whether two public keys are the same key. What has no way to be
// compared is equal to nothing.
func Equal(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && b != nil && k.Equal(b)
}
