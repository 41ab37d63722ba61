package issuer

import (
	"context"
	"errors"
	"slices"
	"strings"

	"merkki/keys"
	"merkki/schema"
)

// kindKey is a key that was added to an institution later; the private half
// is in the key store alone.
const kindKey = "key"

// Keys returns the key pairs of an institution, oldest first; of all of them
// for "".
func (s *Service) Keys(ctx context.Context, institution string) ([]keys.Pair, error) {
	if institution == "" {
		all, err := s.keyStore.List(ctx)
		if err != nil {
			return nil, unsignable(err)
		}
		return all, nil
	}
	i, err := s.Institution(ctx, institution)
	if err != nil {
		return nil, err
	}
	return s.pairs(ctx, i)
}

func (s *Service) pairs(ctx context.Context, i Institution) ([]keys.Pair, error) {
	all, err := s.keyStore.List(ctx)
	if err != nil {
		return nil, unsignable(err)
	}
	var own []keys.Pair
	for _, p := range all {
		if p.Issuer == i.DID {
			own = append(own, p)
		}
	}
	return own, nil
}

// NewKey makes a key for an institution. From then on the newest key of a role
// signs; older ones stay published, so that what they signed verifies.
func (s *Service) NewKey(ctx context.Context, a Actor, institution string, alg keys.Algorithm, role keys.Role) (keys.Pair, error) {
	if err := a.may(KeyCustodian); err != nil {
		return keys.Pair{}, err
	}
	i, err := s.soleInstitution(ctx, a, institution)
	if err != nil {
		return keys.Pair{}, err
	}
	if !strings.HasPrefix(i.DID, "did:web:") {
		return keys.Pair{}, conflict(i.ID, "", "did-key-has-one-key")
	}
	if alg != keys.Ed25519 {
		return keys.Pair{}, schema.Refusal(schema.CodeUnsupportedAlgorithm, "/algorithm", map[string]any{"expected": string(keys.Ed25519), "found": string(alg)})
	}
	if role != keys.Credentials && role != keys.StatusLists && role != keys.Log {
		return keys.Pair{}, malformed("/role", "credentials, status-lists or log")
	}
	pair, err := s.keyStore.Generate(ctx, i.DID, alg, role)
	if err != nil {
		return keys.Pair{}, unsignable(err)
	}
	if err := s.store.Add(ctx, Thing{Kind: kindKey, ID: pair.ID}, s.entry(a, "key.made", pair.ID)); err != nil {
		return keys.Pair{}, stored(err)
	}
	return pair, nil
}

// signer opens the newest key of an institution that does a role's work. The
// one key of a did:key does all of it.
func (s *Service) signer(ctx context.Context, i Institution, role keys.Role) (keys.Signer, error) {
	pairs, err := s.pairs(ctx, i)
	if err != nil {
		return nil, err
	}
	var fit []keys.Pair
	for _, p := range pairs {
		works := p.Role == role || strings.HasPrefix(i.DID, "did:key:")
		if works && p.Algorithm == keys.Ed25519 && p.Retired.IsZero() && p.Revoked.IsZero() {
			fit = append(fit, p)
		}
	}
	if len(fit) == 0 {
		return nil, unsignable(errors.New("the institution " + i.ID + " has no key in use for " + string(role)))
	}
	newest, err := s.newest(ctx, fit)
	if err != nil {
		return nil, err
	}
	signer, err := s.keyStore.Signer(ctx, newest.ID)
	if err != nil {
		return nil, unsignable(err)
	}
	return signer, nil
}

// newest picks the key that was made last. Key stores tell the second; of keys
// made in one, that counts which was recorded last.
func (s *Service) newest(ctx context.Context, pairs []keys.Pair) (keys.Pair, error) {
	last := pairs[len(pairs)-1] // oldest first
	if len(pairs) == 1 || !last.Created.Equal(pairs[len(pairs)-2].Created) {
		return last, nil
	}
	things, err := s.store.Things(ctx, kindKey)
	if err != nil {
		return last, stored(err)
	}
	rank := -1
	for _, p := range pairs {
		n := slices.IndexFunc(things, func(t Thing) bool { return t.ID == p.ID })
		if p.Created.Equal(last.Created) && n > rank {
			last, rank = p, n
		}
	}
	return last, nil
}
