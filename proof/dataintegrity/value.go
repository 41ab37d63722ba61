package dataintegrity

import (
	"crypto"
	"errors"
	"strings"

	"github.com/mr-tron/base58"
)

// base58btc is the multibase prefix of proof values (Controlled Identifiers
// 1.0, section 2.4).
const base58btc = "z"

// maxBase58 bounds what is decoded: decoding is quadratic in the length, and
// the longest signature written in base 58, 96 bytes, takes 132 characters.
const maxBase58 = 160

// ErrValue is the error of a proofValue that is not a signature of the suite
// in the one spelling that the suite allows.
var ErrValue = errors.New("dataintegrity: proofValue is not base58btc of a signature of the right length")

// DecodeValue reads a proofValue. Every signature has exactly one spelling;
// all others are [ErrValue].
func (s *Suite) DecodeValue(proofValue string) ([]byte, error) {
	text, ok := strings.CutPrefix(proofValue, base58btc)
	if !ok || len(text) > maxBase58 {
		return nil, ErrValue
	}
	b, err := base58.Decode(text)
	if err != nil || len(b) != s.scheme.length {
		return nil, ErrValue
	}
	// The decoder is not ours, so what it was lenient about is found by
	// writing the value again.
	if base58.Encode(b) != text {
		return nil, ErrValue
	}
	return b, nil
}

// Sign signs the two parts and returns the proofValue. The signature is
// checked with the signer's own public key before it is returned, because a
// faulty device must not put an institution's name under something that nobody
// can verify.
func (s *Suite) Sign(signer crypto.Signer, document, configuration *Part) (string, error) {
	if !s.Fits(signer.Public()) {
		return "", errors.New("dataintegrity: " + s.Name + " does not work with this type of key")
	}
	sig, err := s.scheme.sign(signer, signedData(document, configuration))
	if err != nil {
		return "", err
	}
	if !s.Verify(signer.Public(), document, configuration, sig) {
		return "", errors.New("dataintegrity: the signer made a signature that its own public key does not verify")
	}
	return base58btc + base58.Encode(sig), nil
}

// Verify reports whether signature is the key's over the two parts. A key of
// another type, or one that the key policy refuses, verifies nothing.
func (s *Suite) Verify(key crypto.PublicKey, document, configuration *Part, signature []byte) bool {
	return len(signature) == s.scheme.length && s.Fits(key) &&
		s.scheme.verify(key, signedData(document, configuration), signature)
}
