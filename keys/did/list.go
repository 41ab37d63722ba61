package did

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"merkki/keys"
	"merkki/schema"
)

// IssuerKeys implements [keys.IssuerKeys].
func (r *Resolver) IssuerKeys(ctx context.Context, issuer string) ([]*keys.Method, error) {
	if !strings.HasPrefix(issuer, "did:") && !strings.HasPrefix(issuer, "https://") && !strings.HasPrefix(issuer, "http://") {
		return []*keys.Method{}, nil // a urn: has no address at which it could publish
	}
	id, from, err := locate(issuer)
	switch {
	case err != nil:
		return nil, err
	case strings.Contains(issuer, "#"):
		return nil, identifierFault(issuer, "fragment")
	case from.computed != nil:
		return []*keys.Method{from.computed}, nil
	case from.keySet != "":
		return r.keySet(ctx, from.keySet, issuer)
	}
	b, err := r.get(ctx, from.address)
	if err != nil {
		return nil, err
	}
	d, err := readDocument(b, from.address, id.did)
	if err != nil {
		return nil, err
	}
	return d.all()
}

// keySet retrieves a JWK Set. An authority that says it has none has none.
func (r *Resolver) keySet(ctx context.Context, address, issuer string) ([]*keys.Method, error) {
	b, err := r.get(ctx, address)
	if f, ok := errors.AsType[*schema.Fault](err); ok && (f.Args["reason"] == "http-404" || f.Args["reason"] == "http-410") {
		return []*keys.Method{}, nil
	}
	if err != nil {
		return nil, err
	}
	return readKeySet(b, address, issuer)
}

// readKeySet reads a JWK Set (RFC 7517, section 5). Keys with a member iss
// that is not the issuer's id are another's, and left out. One that cannot be
// used has a Fault instead of a key: section 5 has it ignored, and whoever
// signs with it is owed the reason. Their relationship is assertionMethod, for
// which the Open Badges text publishes them, and no other.
func readKeySet(b []byte, address, issuer string) ([]*keys.Method, error) {
	fault := func(pointer string) error {
		return schema.Found("key.document", "", map[string]any{"url": address, "pointer": pointer, "reason": "shape"})
	}
	parsed, err := schema.Parse(b, documentLimits)
	if err != nil {
		return nil, parseFault(address, err)
	}
	set, _ := parsed.Root().Get("keys")
	if set.Kind != schema.Array {
		return nil, fault("/keys")
	}
	list := []*keys.Method{}
	for i, jwk := range set.Items {
		pointer := fmt.Sprintf("/keys/%d", i)
		if jwk.Kind != schema.Object {
			return nil, fault(pointer)
		}
		if iss, there := jwk.Get("iss"); there && (iss.Kind != schema.String || iss.Text != issuer) {
			continue
		}
		if len(list) == maxListed {
			return nil, tooMany(address, len(set.Items))
		}
		list = append(list, keyOf(jwk, address, pointer, issuer))
	}
	return list, nil
}

// keyOf makes a method of a JWK in the set of an issuer. Its ID is the kid
// where that is a URL; else the set's address with the kid, or the thumbprint,
// as fragment.
func keyOf(jwk schema.Value, address, pointer, issuer string) *keys.Method {
	m := &keys.Method{
		ID: address + "#", Controller: issuer, Relationships: []string{"assertionMethod"},
		KeyID: jwk.GetString("kid"), For: jwk.GetString("iss"),
	}
	pub, err := keys.ReadJWK(jwk)
	switch {
	case err != nil:
		m.Fault = placed(err, address, pointer)
	case isName(m.KeyID):
		m.ID += m.KeyID
	default:
		thumbprint, _ := keys.Thumbprint(pub) // fails only for keys that ReadJWK refuses
		m.ID += thumbprint
	}
	if isURL(m.KeyID) {
		m.ID = m.KeyID
	}
	m.Key = pub
	return m
}
