package dataintegrity

import (
	"context"
	"crypto"
	"crypto/sha256"
)

// A Suite is a row of the table of cryptosuites: the three steps of the
// pipeline and how the result is written.
type Suite struct {
	// Name is what the proof says of itself: the value of cryptosuite where
	// the type is DataIntegrityProof.
	Name string
	// IssueToo says that new proofs may be made with it.
	IssueToo bool

	transform transform
	digest    func(canonical []byte) []byte
	scheme    scheme
}

// A transform turns an object into the bytes that are hashed. It refuses an
// object that it would not represent completely.
type transform func(ctx context.Context, in *Input) ([]byte, error)

// A scheme is a signature algorithm over hash data, with signatures of one
// fixed length.
type scheme struct {
	length int
	fits   func(crypto.PublicKey) bool
	sign   func(s crypto.Signer, data []byte) ([]byte, error)
	verify func(key crypto.PublicKey, data, signature []byte) bool
}

var suites = []*Suite{
	{
		// Data Integrity EdDSA Cryptosuites 1.0, section 3.2.
		Name:      "eddsa-rdfc-2022",
		IssueToo:  true,
		transform: rdfcSHA256,
		digest:    sum256,
		scheme:    ed25519Scheme,
	},
}

// Suites returns the rows of the table. The slice is the caller's.
func Suites() []*Suite { return append([]*Suite(nil), suites...) }

// Lookup returns the suite of a DataIntegrityProof with that cryptosuite, or
// nil where there is none.
func Lookup(cryptosuite string) *Suite {
	for _, s := range suites {
		if s.Name == cryptosuite {
			return s
		}
	}
	return nil
}

// Fits reports whether the suite works with a key of this type. The algorithm
// follows from the key (RFC 8725, section 3.1), never from the proof alone.
func (s *Suite) Fits(key crypto.PublicKey) bool { return s.scheme.fits(key) }

func sum256(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}
