package did

import (
	"errors"
	"slices"
	"strings"

	"merkki/keys"
	"merkki/schema"
)

// computedRelationships are those of a computed document: all but
// keyAgreement, for which a key that signs would have to become another one.
var computedRelationships = []string{"authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation"}

// parseKey reads did:key: the DID is the key (did:key, section Format). An
// optional version segment must be 1. The one fragment is the key once more.
func parseKey(id identifier) (origin, error) {
	value := strings.TrimPrefix(id.specific, "1:")
	pub, err := keys.ParseMultikey(value)
	if err != nil {
		return origin{}, keyFault(id, err)
	}
	return origin{computed: &keys.Method{
		ID:            id.did + "#" + value,
		Controller:    id.did,
		Key:           pub,
		Relationships: slices.Clone(computedRelationships),
	}}, nil
}

// keyFault tells a text that is no multikey at all, and so no DID, from a key
// that may not be used.
func keyFault(id identifier, err error) error {
	if f, ok := errors.AsType[*schema.Fault](err); ok {
		if reason, _ := f.Args["reason"].(string); reason == "multibase" || reason == "length" {
			return didFault(id.did, reason)
		}
	}
	return err
}
