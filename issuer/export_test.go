package issuer

import (
	"bytes"
	"context"
)

// PrepareUnder is the first half of IssueOnce: a crash in the middle.
func (s *Service) PrepareUnder(ctx context.Context, a Actor, key string, request [32]byte, d Draft) (*Prepared, error) {
	return s.prepare(ctx, a, d, &Claim{Key: claimKey(a, key), Request: request})
}

// DestroySlot overwrites the key of the n-th slot of a file of learners' keys.
func DestroySlot(b []byte, n int) []byte {
	b = bytes.Clone(b)
	copy(b[n*slotSize:], slot(Digest(b[n*slotSize:n*slotSize+32]), [32]byte{}))
	return b
}

// LearnerOf is the learner with an e-mail address.
func (s *Service) LearnerOf(email string) Digest { return s.learners.byEmail(email) }

// Builds is how many status lists were built and signed.
func (s *Service) Builds() int64 { return s.builds.Load() }
