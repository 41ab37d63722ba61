package keys

import (
	"crypto"
	"slices"
	"time"

	"merkki/schema"
)

// Find returns the method of a list that a token means: by its key identifier
// (kid, RFC 7515, section 4.1.4), compared with the JWK's own and with the URL
// of the method, or, where kid is empty, by the key, which is to compare RFC
// 7638 thumbprints. Without a match both results are nil.
//
// An entry that cannot be used is reported as its Fault, and a kid under which
// two different keys stand as key.not-listed with the reason "twice": to choose
// would be to let the token choose. One key in several entries is one method,
// which serves what any of them says and ends when the first of them does.
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
		case !Equal(found.Key, m.Key):
			return nil, schema.Found("key.not-listed", "", map[string]any{"method": kid, "reason": "twice"})
		default:
			found = joined(found, m)
		}
	}
	return found, nil
}

// joined returns a as it is with what b says of the same key.
func joined(a, b *Method) *Method {
	out := *a
	out.Relationships = slices.Clone(a.Relationships)
	for _, r := range b.Relationships {
		if !slices.Contains(out.Relationships, r) {
			out.Relationships = append(out.Relationships, r)
		}
	}
	out.Revoked, out.Expires = earlier(a.Revoked, b.Revoked), earlier(a.Expires, b.Expires)
	return &out
}

// earlier returns the first of two moments, of which the zero one is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Equal tells whether two public keys are the same key. What has no way to be
// compared is equal to nothing.
func Equal(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && b != nil && k.Equal(b)
}
