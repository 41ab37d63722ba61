package did

import (
	"fmt"
	"slices"

	"merkki/keys"
	"merkki/schema"
)

// Document writes the controlled identifier document of an issuer of our own
// (DID Core 1.0, section 4): every pair of that issuer as a Multikey under
// verificationMethod, retired ones included, because what they signed goes on
// being verified; revoked ones with the moment from which they must not be
// believed. Keys for credentials and status lists stand under assertionMethod;
// a key for the log is published and under no relationship, so that nothing it
// signs is a credential.
func Document(issuer string, pairs []keys.Pair) (schema.Value, error) {
	methods, assertions := []schema.Value{}, []schema.Value{}
	for _, p := range pairs {
		if p.Issuer != issuer {
			continue
		}
		m, err := methodOf(p)
		if err != nil {
			return schema.Value{}, err
		}
		methods = append(methods, m)
		if slices.Contains([]keys.Role{keys.Credentials, keys.StatusLists}, p.Role) {
			assertions = append(assertions, schema.StringValue(p.ID))
		}
	}
	return schema.ObjectValue(
		schema.Member{Name: "@context", Value: schema.ArrayValue(
			schema.StringValue("https://www.w3.org/ns/did/v1"),
			schema.StringValue("https://w3id.org/security/multikey/v1"))},
		schema.Member{Name: "id", Value: schema.StringValue(issuer)},
		schema.Member{Name: "verificationMethod", Value: schema.ArrayValue(methods...)},
		schema.Member{Name: "assertionMethod", Value: schema.ArrayValue(assertions...)},
	), nil
}

func methodOf(p keys.Pair) (schema.Value, error) {
	multikey, err := keys.Multikey(p.Public)
	if err != nil {
		return schema.Value{}, fmt.Errorf("did: the key %s cannot be published: %w", p.ID, err)
	}
	m := schema.ObjectValue(
		schema.Member{Name: "id", Value: schema.StringValue(p.ID)},
		schema.Member{Name: "type", Value: schema.StringValue("Multikey")},
		schema.Member{Name: "controller", Value: schema.StringValue(p.Issuer)},
		schema.Member{Name: "publicKeyMultibase", Value: schema.StringValue(multikey)},
	)
	if !p.Revoked.IsZero() {
		m = m.With("revoked", schema.StringValue(schema.FormatTime(p.Revoked)))
	}
	return m, nil
}
