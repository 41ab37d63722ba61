package softstore

import (
	"crypto"
	"errors"
	"time"

	"merkki/keys"
	"merkki/schema"
)

// formatVersion is that of the files; a newer one is refused.
const formatVersion = "1"

// description is what both files of a key say; in the private one it is
// encrypted with the key, so that an edited public file cannot give a key
// another issuer or another role.
func description(p keys.Pair) (schema.Value, error) {
	form, public, err := publicForm(p.Public)
	if err != nil {
		return schema.Value{}, err
	}
	v := schema.ObjectValue(schema.Member{Name: "format", Value: schema.NumberValue(formatVersion)})
	for _, m := range [][2]string{
		{"id", p.ID}, {"issuer", p.Issuer}, {"algorithm", string(p.Algorithm)}, {"role", string(p.Role)},
	} {
		v = v.With(m[0], schema.StringValue(m[1]))
	}
	return v.With(form, public).With("created", schema.StringValue(schema.FormatTime(p.Created))), nil
}

// publicForm returns the member under which a public key stands: an RSA key
// has no Multikey.
func publicForm(pub crypto.PublicKey) (name string, v schema.Value, err error) {
	if keys.AlgorithmOf(pub) != keys.RSA {
		text, err := keys.Multikey(pub)
		return "publicKeyMultibase", schema.StringValue(text), err
	}
	text, err := keys.JWK(pub, "")
	if err != nil {
		return "", schema.Value{}, err
	}
	doc, err := schema.Parse(text, schema.Limits{})
	if err != nil {
		return "", schema.Value{}, err
	}
	return "publicKeyJwk", doc.Root(), nil
}

func parsePublic(v schema.Value) (crypto.PublicKey, error) {
	if jwk, there := v.Get("publicKeyJwk"); there {
		return keys.ReadJWK(jwk)
	}
	return keys.ParseMultikey(v.GetString("publicKeyMultibase"))
}

func parseDescription(text []byte) (keys.Pair, error) {
	doc, err := schema.Parse(text, schema.Limits{Bytes: maxKeyFile})
	if err != nil {
		return keys.Pair{}, err
	}
	v := doc.Root()
	if format, _ := v.Get("format"); format.Text != formatVersion {
		return keys.Pair{}, errors.New("it has a format that this version does not know")
	}
	p := keys.Pair{
		ID: v.GetString("id"), Issuer: v.GetString("issuer"),
		Algorithm: keys.Algorithm(v.GetString("algorithm")), Role: keys.Role(v.GetString("role")),
	}
	if p.Public, err = parsePublic(v); err != nil {
		return p, err
	}
	name, err := keys.Fragment(p.Public)
	if err != nil {
		return p, err
	}
	if p.ID != p.Issuer+"#"+name || p.Algorithm != keys.AlgorithmOf(p.Public) {
		return p, errors.New("id, algorithm and key do not agree")
	}
	if p.Created, err = schema.ParseTime(v.GetString("created")); err != nil {
		return p, err
	}
	for name, into := range map[string]*time.Time{"retired": &p.Retired, "revoked": &p.Revoked} {
		if _, there := v.Get(name); there {
			if *into, err = schema.ParseTime(v.GetString(name)); err != nil {
				return p, err
			}
		}
	}
	return p, nil
}
