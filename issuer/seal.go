package issuer

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"merkki/schema"
)

// A personal part is what a record says about its learner. The store sees it
// only sealed: AES-256-GCM under the learner's key, bound to the record's ID.
type personalPart struct {
	Recipient  Recipient `json:"recipient"`
	Credential []byte    `json:"credential"` // signed bytes; before that, what is about to be signed
	Token      []byte    `json:"token,omitempty"`
	Base       []byte    `json:"base,omitempty"`
}

// seal makes the sealed part of the record with this ID.
func (s *Service) seal(key [32]byte, id string, p personalPart) ([]byte, error) {
	plain, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	return sealText(key, id, plain)
}

// sealText seals what belongs to a learner, bound to the name under which it
// is kept.
func sealText(key [32]byte, id string, plain []byte) ([]byte, error) {
	aead, err := sealer(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	rand.Read(nonce)
	return aead.Seal(nonce, nonce, plain, []byte(id)), nil
}

// unsealText opens what sealText made.
func unsealText(key [32]byte, id string, sealed []byte) ([]byte, error) {
	aead, err := sealer(key)
	if err != nil {
		return nil, err
	}
	n := aead.NonceSize()
	if len(sealed) < n {
		return nil, errors.New("nothing is sealed there")
	}
	return aead.Open(nil, sealed[:n], sealed[n:], []byte(id))
}

// unseal opens the sealed part of a record. Where the learner's key has been
// destroyed the answer is GONE.
func (s *Service) unseal(r StoredRecord) (personalPart, error) {
	var p personalPart
	key, err := s.learners.key(r.Learner)
	if errors.Is(err, errErased) {
		return p, fmt.Errorf("%w: %w", schema.Refusal(schema.CodeGone, "", map[string]any{"id": r.ID}), err)
	}
	if err != nil {
		return p, stored(fmt.Errorf("%w: record %s: %w", ErrDamaged, r.ID, err))
	}
	plain, err := unsealText(key, r.ID, r.Sealed)
	if err != nil {
		return p, stored(fmt.Errorf("%w: personal part of record %s does not open", ErrDamaged, r.ID))
	}
	if err := json.Unmarshal(plain, &p); err != nil {
		return p, stored(fmt.Errorf("%w: personal part of record %s: %v", ErrDamaged, r.ID, err))
	}
	if !r.Document.IsZero() && (sum(p.Credential) != r.Document || sum(p.Token) != r.Token || sum(p.Base) != r.Base) {
		return p, stored(fmt.Errorf("%w: credential of record %s is not the one that was signed", ErrDamaged, r.ID))
	}
	return p, nil
}

func sealer(key [32]byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
