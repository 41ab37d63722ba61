package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"merkki/keys"
	"merkki/schema"
)

// An algorithm is a row of the table of signature algorithms (RFC 7518, section
// 3.1; RFC 8037).
type algorithm struct {
	name jose.SignatureAlgorithm
	fits func(crypto.PublicKey) bool
	hash crypto.Hash // what a signer is given; 0: the message itself
	use  use
	// also, where it is there, asks what go-jose does not.
	also func(pub crypto.PublicKey, signed, signature []byte) bool
}

// A use says who may meet an algorithm.
type use uint8

const (
	both            use = iota // read and issued
	readOnly                   // read; made only for conformance suites
	conformanceOnly            // neither, but for conformance suites
)

// algorithms are in the order in which a signer looks for that of its key.
var algorithms = []*algorithm{
	{jose.EdDSA, is(keys.Ed25519), 0, both, nil},
	{jose.ES256, is(keys.P256), crypto.SHA256, both, nil},
	{jose.RS256, is(keys.RSA), crypto.SHA256, both, nil},
	{jose.ES384, is(keys.P384), crypto.SHA384, readOnly, nil},
	{jose.PS256, is(keys.RSA), crypto.SHA256, readOnly, hasSaltOfHashLength},
	{jose.ES512, isP521, crypto.SHA512, conformanceOnly, nil},
}

func is(a keys.Algorithm) func(crypto.PublicKey) bool {
	return func(pub crypto.PublicKey) bool { return keys.AlgorithmOf(pub) == a && keys.Check(pub) == nil }
}

// hasSaltOfHashLength refuses a salt of another length than that of the hash
// (RFC 7518, section 3.5).
func hasSaltOfHashLength(pub crypto.PublicKey, signed, signature []byte) bool {
	digest := sha256.Sum256(signed)
	k, ok := pub.(*rsa.PublicKey)
	return ok && rsa.VerifyPSS(k, crypto.SHA256, digest[:], signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
}

func isP521(pub crypto.PublicKey) bool {
	k, ok := pub.(*ecdsa.PublicKey)
	return ok && k != nil && k.Curve == elliptic.P521()
}

// chooseAlgorithm finds the row of a header's alg. An algorithm that is not
// there is either one that proves nothing whoever uses it, which is a failure,
// or one that this program does not know, which is no evidence.
func chooseAlgorithm(name string, o Options) (*algorithm, *schema.Fault) {
	for _, a := range algorithms {
		if string(a.name) == name && (a.use != conformanceOnly || o.ConformanceUnsafe) {
			return a, nil
		}
	}
	args := map[string]any{"algorithm": name}
	if forbidden(name) {
		return nil, schema.Found("format.algorithm-forbidden", "", args)
	}
	return nil, schema.Found("format.algorithm-unknown", "", args)
}

// forbidden lists what is acceptable from nobody (security model, section 9.1;
// RFC 8725, section 3.2): no signature, a shared secret, encryption, a curve no
// badge is signed with.
func forbidden(name string) bool {
	never := []string{"none", "es256k", "dir"}
	prefixes := []string{"hs", "rsa1_5", "rsa-oaep", "ecdh-", "pbes2-", "a128", "a192", "a256"}
	lower := strings.ToLower(name)
	return slices.Contains(never, lower) ||
		slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(lower, p) })
}

// algorithmFor returns the algorithm that a key signs with, or nil.
func algorithmFor(pub crypto.PublicKey, o Options) *algorithm {
	for _, a := range algorithms {
		if a.fits(pub) && (a.use == both || o.ConformanceUnsafe) {
			return a
		}
	}
	return nil
}

// Signs reports whether the product makes tokens with this kind of key.
func Signs(pub crypto.PublicKey) bool { return algorithmFor(pub, Options{}) != nil }
