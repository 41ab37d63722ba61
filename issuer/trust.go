package issuer

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"merkki/verifier"
)

// A TrustSource is a list of issuers that this service's verifier trusts, as
// the JSON it was added with.
type TrustSource struct {
	ID, Name, Source string
	Added            time.Time
	JSON             []byte
}

const kindTrust = "trust"

// AddTrust keeps a trust list. Its JSON must be one that package verifier
// reads.
func (s *Service) AddTrust(ctx context.Context, a Actor, t TrustSource) (TrustSource, error) {
	if err := a.mayForAll(Publisher); err != nil {
		return TrustSource{}, err
	}
	if _, err := verifier.ParseTrustList(t.JSON, t.Source); err != nil {
		return TrustSource{}, err
	}
	t.ID, t.Added = NewID(), s.now()
	body, err := json.Marshal(t)
	if err != nil {
		return TrustSource{}, err
	}
	err = s.store.Add(ctx, Thing{Kind: kindTrust, ID: t.ID, Body: body}, s.entry(a, "trust.added", t.ID))
	return t, stored(err)
}

// Trust returns the trust lists in the order they were added.
func (s *Service) Trust(ctx context.Context) ([]TrustSource, error) {
	things, err := s.store.Things(ctx, kindTrust)
	if err != nil {
		return nil, stored(err)
	}
	all := make([]TrustSource, len(things))
	for n, t := range things {
		if err := json.Unmarshal(t.Body, &all[n]); err != nil {
			return nil, fmt.Errorf("%w: trust list %s: %v", ErrDamaged, t.ID, err)
		}
	}
	return all, nil
}

// RemoveTrust forgets a trust list.
func (s *Service) RemoveTrust(ctx context.Context, a Actor, id string) error {
	if err := a.mayForAll(Publisher); err != nil {
		return err
	}
	parsed, err := ParseID(id)
	if err != nil {
		return err
	}
	return found(id, s.store.Remove(ctx, kindTrust, parsed, s.entry(a, "trust.removed", parsed)))
}
