package softstore

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
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

// generate makes a private key; rsaBits is the size of an RSA key.
func generate(alg keys.Algorithm, rsaBits int) (crypto.Signer, error) {
	switch alg {
	case keys.Ed25519:
		_, k, err := ed25519.GenerateKey(rand.Reader)
		return k, err
	case keys.P256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case keys.P384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case keys.RSA:
		if rsaBits == 0 {
			rsaBits = 3072
		}
		if rsaBits < 2048 || rsaBits > 4096 { // before the time is spent
			return nil, fmt.Errorf("RSA keys of %d bits are not made here; choose 2048 to 4096", rsaBits)
		}
		return rsa.GenerateKey(rand.Reader, rsaBits)
	}
	return nil, fmt.Errorf("keys of algorithm %q are not made here; choose %s, %s, %s or %s", alg, keys.Ed25519, keys.P256, keys.P384, keys.RSA)
}
