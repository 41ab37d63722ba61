package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/base64"
	"errors"
	"slices"

	"merkki/keys"
	"merkki/schema"
)

// A verificationKey is what a suite's key file holds. Such keys are published;
// no store of the product takes one.
type verificationKey struct {
	name    string // the JWK's kid
	public  crypto.PublicKey
	private crypto.Signer // nil where the file has none
}

var errKey = errors.New("the key file holds no key that can be used")

// readKey reads a verification method with publicKeyJwk and secretKeyJwk.
func readKey(file []byte) (verificationKey, error) {
	doc, err := schema.Parse(file, schema.Limits{})
	if err != nil {
		return verificationKey{}, err
	}
	public, _ := doc.Root().Get("publicKeyJwk")
	secret, _ := doc.Root().Get("secretKeyJwk")
	k := verificationKey{name: public.GetString("kid")}
	if k.public, err = readPublic(public); err != nil {
		return k, err
	}
	if secret.Kind != schema.Object {
		return k, nil
	}
	if k.private, err = readPrivate(secret); err != nil {
		return k, err
	}
	if same, ok := k.public.(interface{ Equal(crypto.PublicKey) bool }); !ok || !same.Equal(k.private.Public()) {
		return k, errKey
	}
	return k, nil
}

// readPublic reads the kinds of key that the product has, and P-521.
func readPublic(v schema.Value) (crypto.PublicKey, error) {
	if v.GetString("crv") != "P-521" {
		return keys.ReadJWK(v)
	}
	x, y := decoded(v, "x"), decoded(v, "y")
	return ecdsa.ParseUncompressedPublicKey(elliptic.P521(), slices.Concat([]byte{4}, x, y))
}

func readPrivate(v schema.Value) (crypto.Signer, error) {
	d := decoded(v, "d")
	curve := elliptic.Curve(nil)
	switch v.GetString("crv") {
	case "Ed25519":
		if len(d) != ed25519.SeedSize {
			return nil, errKey
		}
		return ed25519.NewKeyFromSeed(d), nil
	case "P-256":
		curve = elliptic.P256()
	case "P-384":
		curve = elliptic.P384()
	case "P-521":
		curve = elliptic.P521()
	default:
		return nil, errKey
	}
	size := (curve.Params().BitSize + 7) / 8
	if len(d) > size {
		return nil, errKey
	}
	// Some files leave leading zeros out.
	return ecdsa.ParseRawPrivateKey(curve, append(bytes.Repeat([]byte{0}, size-len(d)), d...))
}

func decoded(v schema.Value, name string) []byte {
	b, err := base64.RawURLEncoding.DecodeString(v.GetString(name))
	if err != nil {
		return nil
	}
	return b
}
