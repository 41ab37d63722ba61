package did

import (
	"context"
	"errors"
	"strings"

	"merkki/keys"
	"merkki/schema"
)

// didKeyRelationships are those of the computed document: all but
// keyAgreement, for which an Ed25519 key would have to become another one.
var didKeyRelationships = []string{"authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation"}

// parseKey reads did:key: the DID is the key (did:key, section Format). An
// optional version segment must be 1.
func parseKey(id identifier) (dereference, error) {
	value := strings.TrimPrefix(id.specific, "1:")
	pub, err := keys.ParseMultikey(value)
	if err != nil {
		return nil, keyFault(id, err)
	}
	if !id.whole {
		return nil, identifierFault(id.url, "no-fragment")
	}
	if id.fragment != value {
		return nil, schema.Found("key.not-listed", "", map[string]any{"method": id.url, "reason": "missing"})
	}
	return func(context.Context, *resolver, identifier) (*keys.Method, error) {
		return &keys.Method{
			ID:            id.url,
			Controller:    id.did,
			Key:           pub,
			Relationships: append([]string(nil), didKeyRelationships...),
		}, nil
	}, nil
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
