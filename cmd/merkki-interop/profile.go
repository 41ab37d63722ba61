package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"

	"merkki/keys"
	"merkki/proof"
)

// A profile is a way to issue that an address names: a proof format with a key
// of its own, whose did:key is the issuer.
type profile struct {
	name      string
	format    string // row of the table of proof formats
	algorithm keys.Algorithm
	lists     bool // credentials get an entry in a status list

	signer signer
}

// The profiles, by the names that suites have for them.
var profiles = []profile{
	{name: "eddsa-rdfc-2022", format: "eddsa-rdfc-2022", algorithm: keys.Ed25519},
	{name: "eddsa-jcs-2022", format: "eddsa-jcs-2022", algorithm: keys.Ed25519},
	{name: "ecdsa-rdfc-2019-p256", format: "ecdsa-rdfc-2019", algorithm: keys.P256},
	{name: "ecdsa-rdfc-2019-p384", format: "ecdsa-rdfc-2019", algorithm: keys.P384},
	{name: "ecdsa-jcs-2019-p256", format: "ecdsa-jcs-2019", algorithm: keys.P256},
	{name: "ecdsa-sd-2023", format: "ecdsa-sd-2023", algorithm: keys.P256},
	{name: "status", format: "eddsa-rdfc-2022", algorithm: keys.Ed25519, lists: true},
	{name: "Ed25519Signature2020", format: "Ed25519Signature2020", algorithm: keys.Ed25519},
	{name: "jose", format: proof.FormatToken, algorithm: keys.P256},
}

// A signer is a key that is thrown away, with the name that follows from it.
type signer struct {
	crypto.Signer
	did, method string
}

// VerificationMethod implements [keys.Signer].
func (s signer) VerificationMethod() string { return s.method }

// makeProfiles gives every profile its key.
func makeProfiles(seed []byte) (map[string]profile, error) {
	made := map[string]profile{}
	for _, p := range profiles {
		key, err := deriveKey(seed, p.name, p.algorithm)
		if err != nil {
			return nil, fmt.Errorf("key of %s: %w", p.name, err)
		}
		text, err := keys.Multikey(key.Public())
		if err != nil {
			return nil, err
		}
		did := "did:key:" + text
		p.signer = signer{key, did, did + "#" + text}
		made[p.name] = p
	}
	return made, nil
}

// deriveKey makes the key of a name (HKDF, RFC 5869). A number that is no
// private key of the curve is passed over.
func deriveKey(seed []byte, name string, a keys.Algorithm) (crypto.Signer, error) {
	curve, size := elliptic.Curve(nil), ed25519.SeedSize
	switch a {
	case keys.P256:
		curve, size = elliptic.P256(), 32
	case keys.P384:
		curve, size = elliptic.P384(), 48
	}
	for i := range 128 {
		b, err := hkdf.Key(sha256.New, seed, nil, fmt.Sprintf("merkki-interop %s %d", name, i), size)
		if err != nil {
			return nil, err
		}
		if curve == nil {
			return ed25519.NewKeyFromSeed(b), nil
		}
		if key, err := ecdsa.ParseRawPrivateKey(curve, b); err == nil {
			return key, nil
		}
	}
	return nil, fmt.Errorf("no key for %s", name)
}
