package issuer

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"merkki/keys"
)

// kindKeyEnd is a note that a key was taken out of use: the key store knows when,
// the log who did it.
const kindKeyEnd = "key-end"

// RetireKey takes a key out of use. It stays published, and what it signed goes on
// being verified. The last key with which an institution can do a work is CONFLICT:
// make another one first, or rotate. It needs the role of key custodian.
func (s *Service) RetireKey(ctx context.Context, a Actor, id string) (keys.Pair, error) {
	if err := a.may(KeyCustodian); err != nil {
		return keys.Pair{}, err
	}
	s.turning.Lock()
	defer s.turning.Unlock()
	i, p, err := s.pair(ctx, a, id)
	if err != nil {
		return p, err
	}
	if !strings.HasPrefix(i.DID, "did:web:") {
		return p, conflict(i.ID, "", "did-key-has-one-key")
	}
	last, err := s.lastOfItsKind(ctx, i, p)
	if err != nil {
		return p, err
	}
	if last && inUse(p) && p.Role != keys.Receipt {
		return p, conflict(p.ID, "", "last-key")
	}
	return s.endKey(ctx, a, p, "key.retired", s.now(), s.keyStore.Retire)
}

// CompromiseKey says that somebody else may have signed with a key from a moment
// on, now for a zero one. It signs nothing more, the key documents say that it is
// revoked, and every verifier refuses everything it ever signed, because the date
// in a proof is the word of whoever holds the key. Where it was the last one for
// its work, another is made in its place; the status lists are signed anew. It
// needs the role of key custodian.
func (s *Service) CompromiseKey(ctx context.Context, a Actor, id string, from time.Time) (keys.Pair, error) {
	if err := a.may(KeyCustodian); err != nil {
		return keys.Pair{}, err
	}
	if from.IsZero() {
		from = s.now()
	}
	if from.After(s.now()) {
		return keys.Pair{}, malformed("/from", "a moment that has passed")
	}
	s.turning.Lock()
	defer s.turning.Unlock()
	i, p, err := s.pair(ctx, a, id)
	if err != nil {
		return p, err
	}
	// First of all it stops signing.
	p, err = s.endKey(ctx, a, p, "key.compromised", from.UTC().Truncate(time.Second), s.keyStore.Revoke)
	if err != nil {
		return p, err
	}
	if last, err := s.lastOfItsKind(ctx, i, p); err != nil {
		return p, err
	} else if last && strings.HasPrefix(i.DID, "did:web:") {
		if _, err := s.makeKey(ctx, a, i, p.Algorithm, p.Role); err != nil {
			return p, err
		}
	}
	return p, s.signListsAnew(ctx, i)
}

// signListsAnew replaces the lists of an institution that were signed by a key
// which is not believed any more.
func (s *Service) signListsAnew(ctx context.Context, i Institution) error {
	var first error
	for _, l := range s.lists.all() {
		if l.issuer != i.ID {
			continue
		}
		l.stale.Store(true)
		if _, err := s.StatusList(ctx, l.id); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// pair finds a key of an institution that the actor sees.
func (s *Service) pair(ctx context.Context, a Actor, id string) (Institution, keys.Pair, error) {
	did, _, _ := strings.Cut(id, "#")
	i, own, err := s.ownIssuer(ctx, did)
	if err != nil {
		return i, keys.Pair{}, err
	}
	if !own || !a.sees(i.ID) {
		return i, keys.Pair{}, notFound(id)
	}
	pairs, err := s.pairs(ctx, i)
	if err != nil {
		return i, keys.Pair{}, err
	}
	for _, p := range pairs {
		if p.ID == id {
			return i, p, nil
		}
	}
	return i, keys.Pair{}, notFound(id)
}

// lastOfItsKind reports whether no other key in use can do the work of p.
func (s *Service) lastOfItsKind(ctx context.Context, i Institution, p keys.Pair) (bool, error) {
	pairs, err := s.pairs(ctx, i)
	if err != nil {
		return false, err
	}
	for _, other := range pairs {
		if other.ID != p.ID && inUse(other) && other.Role == p.Role && other.Algorithm == p.Algorithm {
			return false, nil
		}
	}
	return true, nil
}

// endKey marks a key in the key store and writes down who did it.
func (s *Service) endKey(ctx context.Context, a Actor, p keys.Pair, action string, at time.Time, mark func(context.Context, string, time.Time) error) (keys.Pair, error) {
	if err := mark(ctx, p.ID, at); err != nil {
		return p, unsignable(err)
	}
	body, err := json.Marshal(map[string]string{"key": p.ID, "action": action, "from": instant(at)})
	if err != nil {
		return p, err
	}
	if err := s.store.Add(ctx, Thing{Kind: kindKeyEnd, ID: NewID(), Owner: p.ID, Body: body}, s.entry(a, action, p.ID)); err != nil {
		return p, stored(err)
	}
	_, p, err = s.pair(ctx, Actor{}, p.ID)
	return p, err
}
