package keys

import (
	"crypto"
	"encoding/base64"
	"slices"

	"github.com/go-jose/go-jose/v4"

	"merkki/schema"
)

// maxJWK bounds the text of a JWK: an RSA key of 4,096 bits has 700 characters.
const maxJWK = 16 << 10

// privateMembers are those of RFC 7518, section 6, that a public key lacks,
// and the oct key.
var privateMembers = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"}

// JWK returns the public JWK of a key as JSON (RFC 7517). kid may be empty.
// "alg" is the usual algorithm of the key: EdDSA, ES256, ES384, RS256.
func JWK(pub crypto.PublicKey, kid string) ([]byte, error) {
	if err := Check(pub); err != nil {
		return nil, err
	}
	k := jose.JSONWebKey{Key: pub, KeyID: kid, Use: "sig", Algorithm: joseAlgorithms[AlgorithmOf(pub)][0]}
	return k.MarshalJSON()
}

// Thumbprint returns the RFC 7638 thumbprint of a public key with SHA-256, in
// base64url without padding.
func Thumbprint(pub crypto.PublicKey) (string, error) {
	if err := Check(pub); err != nil {
		return "", err
	}
	sum, err := (&jose.JSONWebKey{Key: pub}).Thumbprint(crypto.SHA256)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(sum), nil
}

// ParseJWK reads a public JWK and applies the key policy. A text that is no
// JSON object has the fault of the parser; everything else is key.unusable
// with the argument "reason": private-member, kty, curve, encoding, use,
// key-ops, alg, or one of [Check].
func ParseJWK(b []byte) (crypto.PublicKey, error) {
	doc, err := schema.Parse(b, schema.Limits{Bytes: maxJWK, Depth: 8})
	if err != nil {
		return nil, err
	}
	return ReadJWK(doc.Root())
}

// ReadJWK is [ParseJWK] for a JWK that stands inside a document: publicKeyJwk.
// Members it does not know decide nothing (RFC 7517, section 4).
func ReadJWK(v schema.Value) (crypto.PublicKey, error) {
	if v.Kind != schema.Object {
		return nil, unusable("encoding")
	}
	for _, name := range privateMembers {
		if _, there := v.Get(name); there {
			return nil, unusable("private-member")
		}
	}
	if err := checkUse(v); err != nil {
		return nil, err
	}
	parameters, err := keyParameters(v)
	if err != nil {
		return nil, err
	}
	var k jose.JSONWebKey
	if err := k.UnmarshalJSON(schema.Marshal(parameters)); err != nil {
		if parameters.GetString("kty") == "RSA" { // the modulus has passed
			return nil, unusable("exponent")
		}
		return nil, unusable("point")
	}
	if err := Check(k.Key); err != nil {
		return nil, err
	}
	if alg, there := v.Get("alg"); there &&
		(alg.Kind != schema.String || !slices.Contains(joseAlgorithms[AlgorithmOf(k.Key)], alg.Text)) {
		return nil, unusable("alg")
	}
	return k.Key, nil
}

// joseAlgorithms are the JOSE algorithms of a kind of key, the usual one first
// (RFC 7518, section 3.1; RFC 8037; RFC 9864).
var joseAlgorithms = map[Algorithm][]string{
	Ed25519: {"EdDSA", "Ed25519"},
	P256:    {"ES256"},
	P384:    {"ES384"},
	RSA:     {"RS256", "PS256"},
}

// checkUse refuses a key whose owner says that it is not for verifying
// (RFC 7517, sections 4.2 and 4.3).
func checkUse(v schema.Value) error {
	if use, there := v.Get("use"); there && (use.Kind != schema.String || use.Text != "sig") {
		return unusable("use")
	}
	if ops, there := v.Get("key_ops"); there {
		verifies := func(op schema.Value) bool { return op.Kind == schema.String && op.Text == "verify" }
		if ops.Kind != schema.Array || !slices.ContainsFunc(ops.Items, verifies) {
			return unusable("key-ops")
		}
	}
	return nil
}

// keyParameters returns the members that make the key and no others, each in
// canonical base64url of the length that RFC 7518, section 6, and RFC 8037 ask
// for: go-jose alone takes trailing bits, and certificates that we do not.
func keyParameters(v schema.Value) (schema.Value, error) {
	kty, crv := v.GetString("kty"), v.GetString("crv")
	var names []string
	size := 0 // 0: any
	switch {
	case kty == "OKP" && crv == "Ed25519":
		names, size = []string{"x"}, 32
	case kty == "EC" && crv == "P-256":
		names, size = []string{"x", "y"}, 32
	case kty == "EC" && crv == "P-384":
		names, size = []string{"x", "y"}, 48
	case kty == "RSA":
		names = []string{"n", "e"}
	case kty == "OKP" || kty == "EC":
		return schema.Value{}, unusable("curve")
	default:
		return schema.Value{}, unusable("kty")
	}
	out := schema.ObjectValue(schema.Member{Name: "kty", Value: schema.StringValue(kty)})
	if kty != "RSA" {
		out = out.With("crv", schema.StringValue(crv))
	}
	for _, name := range names {
		text := v.GetString(name)
		b, err := base64.RawURLEncoding.Strict().DecodeString(text)
		switch {
		case err != nil || len(b) == 0 || base64.RawURLEncoding.EncodedLen(len(b)) != len(text):
			return schema.Value{}, unusable("encoding")
		case size != 0 && len(b) != size:
			return schema.Value{}, unusable("length")
		case size == 0 && b[0] == 0: // Base64urlUInt has the fewest octets there can be
			return schema.Value{}, unusable("encoding")
		case name == "n" && len(b) > maxModulusBits/8:
			return schema.Value{}, unusable("modulus")
		}
		out = out.With(name, schema.StringValue(text))
	}
	return out, nil
}
