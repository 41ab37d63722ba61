package did

import (
	"fmt"

	"merkki/keys"
	"merkki/schema"
)

// Document writes the controlled identifier document of an issuer of our own
// (DID Core 1.0, section 4): every pair of that issuer under
// verificationMethod, retired ones included, because what they signed goes on
// being verified; revoked ones with the moment from which they must not be
// believed. Keys for credentials and status lists stand under assertionMethod;
// keys for the log and for receipts are published and under no relationship, so
// that nothing they sign is a credential.
//
// A key is a Multikey, an RSA key a JsonWebKey. A P-256 key for credentials is
// both, because whoever reads tokens looks for a JWK: the second method has the
// thumbprint as fragment. The kid of a JWK is the URL of the first method,
// which is what a token names; see [JWKS].
func Document(issuer string, pairs []keys.Pair) (schema.Value, error) {
	contexts := texts("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")
	methods, assertions := []schema.Value{}, []schema.Value{}
	withJWK := false
	for _, p := range pairs {
		if p.Issuer != issuer {
			continue
		}
		of, err := methodsOf(p)
		if err != nil {
			return schema.Value{}, fmt.Errorf("did: the key %s cannot be published: %w", p.ID, err)
		}
		for _, m := range of {
			methods = append(methods, m)
			withJWK = withJWK || m.GetString("type") == "JsonWebKey"
			if asserts(p) {
				assertions = append(assertions, schema.StringValue(m.GetString("id")))
			}
		}
	}
	if withJWK {
		contexts = append(contexts, schema.StringValue("https://w3id.org/security/jwk/v1"))
	}
	return schema.ObjectValue(
		schema.Member{Name: "@context", Value: schema.ArrayValue(contexts...)},
		schema.Member{Name: "id", Value: schema.StringValue(issuer)},
		schema.Member{Name: "verificationMethod", Value: schema.ArrayValue(methods...)},
		schema.Member{Name: "assertionMethod", Value: schema.ArrayValue(assertions...)},
	), nil
}

// JWKS writes the JWK Set in which verifiers of tokens look for the keys of an
// https issuer or of a host (RFC 7517, section 5; Open Badges 3.0
// Implementation Guide, Key Provenance): those of one issuer, or, for an empty
// one, of all. Every key says whose it is (iss) and under which name tokens
// know it (kid: its verification method). Revoked keys are left out, because a
// JWK has no way to say so, and keys for the log and for receipts, because they
// sign none.
func JWKS(issuer string, pairs []keys.Pair) (schema.Value, error) {
	set := []schema.Value{}
	for _, p := range pairs {
		if issuer != "" && p.Issuer != issuer || !asserts(p) || !p.Revoked.IsZero() {
			continue
		}
		jwk, err := jwkOf(p)
		if err != nil {
			return schema.Value{}, fmt.Errorf("did: the key %s cannot be published: %w", p.ID, err)
		}
		set = append(set, jwk.With("iss", schema.StringValue(p.Issuer)))
	}
	return schema.ObjectValue(schema.Member{Name: "keys", Value: schema.ArrayValue(set...)}), nil
}

// asserts tells whether what a key signs is to be believed as its issuer's word.
func asserts(p keys.Pair) bool { return p.Role == keys.Credentials || p.Role == keys.StatusLists }

// methodsOf returns the verification methods of a pair, the one with its ID first.
func methodsOf(p keys.Pair) ([]schema.Value, error) {
	var methods []schema.Value
	if p.Algorithm != keys.RSA {
		multikey, err := keys.Multikey(p.Public)
		if err != nil {
			return nil, err
		}
		methods = append(methods, methodOf(p, p.ID, "Multikey").With("publicKeyMultibase", schema.StringValue(multikey)))
	}
	if p.Algorithm == keys.RSA || p.Algorithm == keys.P256 && p.Role == keys.Credentials {
		jwk, err := jwkOf(p)
		if err != nil {
			return nil, err
		}
		thumbprint, err := keys.Thumbprint(p.Public)
		if err != nil {
			return nil, err
		}
		methods = append(methods, methodOf(p, p.Issuer+"#"+thumbprint, "JsonWebKey").With("publicKeyJwk", jwk))
	}
	if !p.Revoked.IsZero() {
		for i := range methods {
			methods[i] = methods[i].With("revoked", schema.StringValue(schema.FormatTime(p.Revoked)))
		}
	}
	return methods, nil
}

func methodOf(p keys.Pair, id, kind string) schema.Value {
	return schema.ObjectValue(
		schema.Member{Name: "id", Value: schema.StringValue(id)},
		schema.Member{Name: "type", Value: schema.StringValue(kind)},
		schema.Member{Name: "controller", Value: schema.StringValue(p.Issuer)},
	)
}

// jwkOf returns the public JWK of a pair under the name of its verification method.
func jwkOf(p keys.Pair) (schema.Value, error) {
	text, err := keys.JWK(p.Public, p.ID)
	if err != nil {
		return schema.Value{}, err
	}
	doc, err := schema.Parse(text, schema.Limits{})
	if err != nil {
		return schema.Value{}, err
	}
	return doc.Root(), nil
}

func texts(list ...string) []schema.Value {
	values := make([]schema.Value, len(list))
	for i, s := range list {
		values[i] = schema.StringValue(s)
	}
	return values
}
