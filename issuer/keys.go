package issuer

import (
	"context"
	"errors"
	"fmt"
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
	able, ok := ableTo[role]
	if !ok {
		return keys.Pair{}, malformed("/role", "credentials, status-lists, log or receipt")
	}
	if !slices.Contains(able, alg) {
		return keys.Pair{}, schema.Refusal(schema.CodeUnsupportedAlgorithm, "/algorithm", map[string]any{"expected": list(able), "found": string(alg)})
	}
	if role == keys.Credentials || role == keys.StatusLists {
		if err := s.noRotation(i); err != nil {
			return keys.Pair{}, err
		}
	}
	return s.makeKey(ctx, a, i, alg, role)
}

// ableTo says which kinds of keys can do the work of a role: no format that
// stands in a document is signed with RSA, and the log has one kind.
var ableTo = map[keys.Role][]keys.Algorithm{
	keys.Credentials: {keys.Ed25519, keys.P256, keys.P384, keys.RSA},
	keys.StatusLists: {keys.Ed25519, keys.P256, keys.P384},
	keys.Log:         {keys.Ed25519},
	keys.Receipt:     {keys.Ed25519, keys.P256},
}

func list(algorithms []keys.Algorithm) string {
	var names []string
	for _, a := range algorithms {
		names = append(names, string(a))
	}
	return strings.Join(names, ", ")
}

func (s *Service) makeKey(ctx context.Context, a Actor, i Institution, alg keys.Algorithm, role keys.Role) (keys.Pair, error) {
	pair, err := s.keyStore.Generate(ctx, i.DID, alg, role)
	if err != nil {
		return keys.Pair{}, unsignable(err)
	}
	if err := s.store.Add(ctx, Thing{Kind: kindKey, ID: pair.ID}, s.entry(a, "key.made", pair.ID)); err != nil {
		return keys.Pair{}, stored(err)
	}
	return pair, nil
}

// needed calls make for each kind of key that suites need and that is not among
// pairs: for credentials of all of them, for status lists of those that stand in
// documents.
func needed(suites []suite, pairs []keys.Pair, make func(keys.Algorithm, keys.Role) error) error {
	have := map[keys.Role]map[keys.Algorithm]bool{keys.Credentials: {}, keys.StatusLists: {}}
	for _, p := range pairs {
		if p.Retired.IsZero() && p.Revoked.IsZero() && have[p.Role] != nil {
			have[p.Role][p.Algorithm] = true
		}
	}
	for _, role := range []keys.Role{keys.Credentials, keys.StatusLists} {
		for _, x := range suites {
			if have[role][x.algorithm] || role == keys.StatusLists && !x.embedded() {
				continue
			}
			have[role][x.algorithm] = true
			if err := make(x.algorithm, role); err != nil {
				return err
			}
		}
	}
	return nil
}

// signings opens, for each suite of an institution that a role's work has, the
// newest key that fits. The one key of a did:key does all work.
func (s *Service) signings(ctx context.Context, i Institution, role keys.Role) ([]signing, error) {
	pairs, err := s.pairs(ctx, i)
	if err != nil {
		return nil, err
	}
	var with []signing
	open := map[keys.Algorithm]keys.Signer{}
	for _, x := range i.suites {
		if role == keys.StatusLists && !x.embedded() {
			continue
		}
		if open[x.algorithm] == nil {
			if open[x.algorithm], err = s.signer(ctx, i, pairs, x.algorithm, role); err != nil {
				return nil, err
			}
		}
		with = append(with, signing{x, open[x.algorithm]})
	}
	return with, nil
}

func (s *Service) signer(ctx context.Context, i Institution, pairs []keys.Pair, alg keys.Algorithm, role keys.Role) (keys.Signer, error) {
	var fit []keys.Pair
	for _, p := range pairs {
		works := p.Role == role || strings.HasPrefix(i.DID, "did:key:")
		if works && p.Algorithm == alg && p.Retired.IsZero() && p.Revoked.IsZero() {
			fit = append(fit, p)
		}
	}
	if len(fit) == 0 {
		return nil, unsignable(fmt.Errorf("the institution %s has no key of kind %s in use for %s", i.ID, alg, role))
	}
	newest, err := s.newest(ctx, s.turn(i, fit))
	if err != nil {
		return nil, err
	}
	signer, err := s.keyStore.Signer(ctx, newest.ID)
	if errors.Is(err, keys.ErrRetired) || errors.Is(err, keys.ErrRevoked) { // since we looked
		if pairs, err = s.pairs(ctx, i); err == nil {
			return s.signer(ctx, i, pairs, alg, role)
		}
	}
	if err != nil {
		return nil, unsignable(err)
	}
	return signer, nil
}

// ReceiptSigner returns the key that signs receipts of checks: the newest of that
// role, whoever's it is; false where there is none. An issuing key never stands in
// for it, so that no receipt can be taken for a credential.
func (s *Service) ReceiptSigner(ctx context.Context) (keys.Signer, bool, error) {
	all, err := s.keyStore.List(ctx)
	if err != nil {
		return nil, false, unsignable(err)
	}
	var fit []keys.Pair
	for _, p := range all {
		if p.Role == keys.Receipt && p.Retired.IsZero() && p.Revoked.IsZero() {
			fit = append(fit, p)
		}
	}
	if len(fit) == 0 {
		return nil, false, nil
	}
	newest, err := s.newest(ctx, fit)
	if err != nil {
		return nil, false, err
	}
	signer, err := s.keyStore.Signer(ctx, newest.ID)
	if err != nil {
		return nil, false, unsignable(err)
	}
	return signer, true, nil
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
