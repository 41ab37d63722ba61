package issuer

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"merkki/schema"
)

// maxIdempotencyKey is the length of the longest key that is accepted.
const maxIdempotencyKey = 255

// IssueOnce is Prepare and Issue under an idempotency key of the actor's own.
// request is a hash over what was asked for. An equal repetition returns the
// first answer, another request under the key is IDEMPOTENCY_MISMATCH, and one
// that is still being worked on is IDEMPOTENCY_IN_PROGRESS. Keys are kept as
// long as the record. With an empty key it only prepares and issues.
func (s *Service) IssueOnce(ctx context.Context, a Actor, key string, request [32]byte, d Draft) (Record, error) {
	if err := a.may(Registrar); err != nil {
		return Record{}, err
	}
	var claim *Claim
	if key != "" {
		if len(key) > maxIdempotencyKey {
			return Record{}, schema.Refusal(schema.CodeLimitExceeded, "", map[string]any{"limit": "idempotency-key", "max": maxIdempotencyKey, "found": len(key)})
		}
		claim = &Claim{Key: claimKey(a, key), Request: request}
		// Before anything else: what was valid then may not be any more.
		held, err := s.store.Claimed(ctx, claim.Key)
		if err != nil {
			return Record{}, stored(err)
		}
		if held != nil && !s.abandoned(ctx, held.Record) {
			return s.repeat(held, *claim)
		}
	}
	p, err := s.prepare(ctx, a, d, claim)
	var held *ClaimedError
	if errors.As(err, &held) {
		return s.repeat(held, *claim)
	}
	if err != nil {
		return Record{}, err
	}
	return s.Issue(ctx, p)
}

// claimKey binds an idempotency key to the caller and to what it is for.
func claimKey(a Actor, key string) Digest {
	return sha256.Sum256([]byte(a.Name + "\x00credentials\x00" + key))
}

// abandonAfter is how long a prepared record is believed to be worked on.
const abandonAfter = 5 * time.Minute

// abandoned voids a record that was prepared and never finished, by a service
// whose disk was full, say, and reports whether it did.
func (s *Service) abandoned(ctx context.Context, r StoredRecord) bool {
	return r.State == Unsigned && s.now().Sub(r.PreparedAt) > abandonAfter &&
		s.void(ctx, Actor{Name: "merkki"}, r) == nil
}

// repeat answers a request that was made before as it was answered then,
// whatever became of the credential since.
func (s *Service) repeat(held *ClaimedError, c Claim) (Record, error) {
	args := map[string]any{"id": held.Record.ID}
	switch {
	case held.Request != c.Request:
		return Record{}, schema.Refusal(schema.CodeIdempotencyMismatch, "", args)
	case held.Record.State == Unsigned:
		return Record{}, schema.Refusal(schema.CodeIdempotencyInProgress, "", args)
	}
	r, err := s.open(held.Record)
	r.State, r.Reason, r.ReasonCode, r.ChangedAt = Issued, "", "", time.Time{}
	return r, err
}
