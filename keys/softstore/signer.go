package softstore

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"io"

	"merkki/keys"
)

// A signer gives a private key's signatures and nothing else of it.
type signer struct {
	store   *Store
	id      string
	private crypto.Signer
}

var _ keys.Signer = (*signer)(nil)

func (s *signer) VerificationMethod() string { return s.id }

func (s *signer) Public() crypto.PublicKey { return s.private.Public() }

// Sign looks first whether the key may still be used: a signer that somebody
// holds must not outlive the decision to retire the key.
func (s *signer) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	s.store.mu.Lock()
	_, err := s.store.usable(s.id)
	s.store.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return s.private.Sign(random, digest, opts)
}

func generate(alg keys.Algorithm) (crypto.Signer, error) {
	switch alg {
	case keys.Ed25519:
		_, k, err := ed25519.GenerateKey(rand.Reader)
		return k, err
	case keys.P256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case keys.P384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	}
	return nil, fmt.Errorf("keys of algorithm %q are not made here; choose %s, %s or %s", alg, keys.Ed25519, keys.P256, keys.P384)
}
