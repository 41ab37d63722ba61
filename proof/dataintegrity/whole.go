package dataintegrity

import (
	"context"
	"crypto"
	"errors"
	"slices"
	"strings"

	"github.com/mr-tron/base58"
)

// base58btc is the multibase prefix of proof values (Controlled Identifiers
// 1.0, section 2.4).
const base58btc = "z"

// maxBase58 bounds what is decoded: decoding is quadratic in the length, and
// the longest signature written in base 58, 96 bytes, takes 132 characters.
const maxBase58 = 160

// ErrValue is the error of a proofValue that is none of the suite in the one
// spelling that the suite allows, or that cannot belong to the document.
var ErrValue = errors.New("dataintegrity: this is no proofValue of the suite, or not of this document")

// A Value is a decoded proofValue.
type Value struct {
	signature []byte      // over everything, or what there is of it
	disclosed *disclosure // of a selective suite
}

// Signatures returns how many signatures there are to check.
func (v *Value) Signatures() int {
	if v.disclosed == nil {
		return 1
	}
	return 1 + len(v.disclosed.signatures)
}

// whole is the form of most suites: one signature over the hashes of the
// configuration and of the document, written in base 58.
type whole struct{}

func (whole) decode(s *Suite, proofValue string) (*Value, error) {
	encoded, ok := strings.CutPrefix(proofValue, base58btc)
	if !ok || len(encoded) > maxBase58 {
		return nil, ErrValue
	}
	b, err := base58.Decode(encoded)
	if err != nil || !slices.ContainsFunc(s.algorithms, func(a *algorithm) bool { return len(b) == a.length }) {
		return nil, ErrValue
	}
	// The decoder is not ours, so what it was lenient about is found by
	// writing the value again.
	if base58.Encode(b) != encoded {
		return nil, ErrValue
	}
	return &Value{signature: b}, nil
}

func (whole) present(document *Part, _ *Value) (*Part, error) { return document, nil }

func (whole) verify(a *algorithm, key crypto.PublicKey, document, configuration *Part, v *Value) bool {
	return a.holds(key, signedData(document, configuration), v.signature)
}

func (whole) sign(ctx context.Context, suite *Suite, a *algorithm, s crypto.Signer, in *Input, configuration *Part, o SignOptions) (string, error) {
	document, err := in.prepare(ctx, suite.transform, a)
	if err != nil {
		return "", err
	}
	sign := a.signChecked
	if o.Unchecked {
		sign = func(s crypto.Signer, data []byte) ([]byte, error) { return a.sign(a, s, data) }
	}
	sig, err := sign(s, signedData(document, configuration))
	if err != nil {
		return "", err
	}
	return base58btc + base58.Encode(sig), nil
}

// signedData puts the hash of the proof configuration first (Data Integrity
// EdDSA Cryptosuites 1.0, section 3.2.4).
func signedData(document, configuration *Part) []byte {
	return slices.Concat(configuration.Hash, document.Hash)
}

// signChecked signs and verifies.
func (a *algorithm) signChecked(s crypto.Signer, data []byte) ([]byte, error) {
	sig, err := a.sign(a, s, data)
	if err != nil {
		return nil, err
	}
	if !a.holds(s.Public(), data, sig) {
		return nil, errors.New("dataintegrity: the signer made a signature that its own public key does not verify")
	}
	return sig, nil
}
