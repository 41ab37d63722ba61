package issuer

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"
)

const (
	kindSession = "session"
	// SessionLife is how long a learner's page stays open after a link was used.
	SessionLife = 2 * time.Hour
)

// newSession opens the learner's page: whoever has the secret is the learner
// until it ends. The store has its SHA-256.
func (s *Service) newSession(ctx context.Context, learner Digest) (secret string, err error) {
	var b [32]byte
	rand.Read(b[:])
	secret = base64.RawURLEncoding.EncodeToString(b[:])
	id := digestOf(secret).String()
	t := Thing{Kind: kindSession, ID: id, Owner: learner.String(), Due: s.now().Add(SessionLife), Body: []byte("{}")}
	return secret, stored(s.store.Add(ctx, t, s.entry(system, "session.begun", id[:16])))
}

// Learner returns whose session a secret opens, or NOT_FOUND: it ended or never
// was.
func (s *Service) Learner(ctx context.Context, secret string) (Digest, error) {
	var d Digest
	if len(secret) != secretLength {
		return d, notFound("session")
	}
	t, err := s.store.Thing(ctx, kindSession, digestOf(secret).String())
	if err != nil {
		return d, found("session", err)
	}
	if !s.now().Before(t.Due) {
		return d, notFound("session")
	}
	return d, d.UnmarshalText([]byte(t.Owner))
}

// EndSession closes the learner's page. Closing it twice changes nothing.
func (s *Service) EndSession(ctx context.Context, secret string) error {
	id := digestOf(secret).String()
	err := s.store.Remove(ctx, kindSession, id, s.entry(system, "session.ended", id[:16]))
	if isNotFound(err) {
		return nil
	}
	return stored(err)
}

// sweep forgets links and sessions that have ended.
func (s *Service) sweep(ctx context.Context) error {
	for _, kind := range []string{kindLink, kindSession} {
		over, err := s.store.Due(ctx, kind, s.now(), mailBatch)
		if err != nil {
			return stored(err)
		}
		for _, t := range over {
			err := s.store.Remove(ctx, kind, t.ID, s.entry(system, kind+".over", t.ID[:16]))
			if err != nil && !isNotFound(err) {
				return stored(err)
			}
		}
	}
	return nil
}
