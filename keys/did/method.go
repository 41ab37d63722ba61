package did

import (
	"crypto"
	"slices"
	"strings"
	"time"

	"merkki/keys"
	"merkki/schema"
)

// read makes a method of the listed one whose URL is url.
func (d *document) read(m listed, url string) (*keys.Method, error) {
	if !d.controls(m) {
		return nil, d.fault("key.controller-differs", m.pointer+"/controller", "differs")
	}
	pub, err := publicKey(m.value)
	if err != nil {
		return nil, placed(err, d.address, m.pointer)
	}
	out := &keys.Method{ID: url, Controller: d.id, Key: pub, Relationships: d.named(m, url), KeyID: keyIDOf(m.value)}
	for name, into := range map[string]*time.Time{"revoked": &out.Revoked, "expires": &out.Expires} {
		if v, there := m.value.Get(name); there {
			if *into, err = schema.ParseTime(v.Text); err != nil || v.Kind != schema.String {
				return nil, d.fault("key.unusable", m.pointer+"/"+name, "time")
			}
		}
	}
	return out, nil
}

// named returns the relationships under which a method is listed. A method
// that is embedded serves the relationship in which it stands and no other.
func (d *document) named(m listed, url string) []string {
	if m.relationship != "" {
		return []string{m.relationship}
	}
	names := slices.Clone(d.listings[url])
	if reference, own := strings.CutPrefix(url, d.id); own { // "#fragment"
		for _, name := range d.listings[reference] {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// keyIDOf returns the member kid of a method's JWK, "" without one.
func keyIDOf(m schema.Value) string {
	jwk, _ := m.Get("publicKeyJwk")
	return jwk.GetString("kid")
}

// publicKey reads the key of a method: exactly one of the two forms, in the
// one that its type asks for. The types of 2020 are those of older documents.
func publicKey(m schema.Value) (crypto.PublicKey, error) {
	multibase, hasMultibase := m.Get("publicKeyMultibase")
	jwk, hasJWK := m.Get("publicKeyJwk")
	for _, secret := range []string{"secretKeyMultibase", "secretKeyJwk", "privateKeyMultibase", "privateKeyJwk"} {
		if _, there := m.Get(secret); there {
			return nil, unusable("private-member")
		}
	}
	if hasMultibase && hasJWK {
		return nil, unusable("two-keys")
	}
	kind := m.GetString("type")
	switch kind {
	case "Multikey", "Ed25519VerificationKey2020":
		if !hasMultibase || multibase.Kind != schema.String {
			return nil, unusable("no-key")
		}
		pub, err := keys.ParseMultikey(multibase.Text)
		if err == nil && kind != "Multikey" && keys.AlgorithmOf(pub) != keys.Ed25519 {
			return nil, unusable("type")
		}
		return pub, err
	case "JsonWebKey", "JsonWebKey2020":
		if !hasJWK {
			return nil, unusable("no-key")
		}
		return keys.ReadJWK(jwk)
	}
	return nil, unusable("type")
}

func unusable(reason string) error {
	return schema.Found("key.unusable", "", map[string]any{"reason": reason})
}
