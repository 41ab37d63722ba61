package issuer

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"merkki/keys"
	"merkki/verifier"
)

// A TrustSource is a list of issuers that this service's verifier trusts, as
// it was added: JSON, or a compact JWS over it with the public key (a JWK) under
// which it must hold.
type TrustSource struct {
	ID, Name, Source string
	Added            time.Time
	JSON             []byte
	Key              []byte `json:",omitempty"`
}

// List reads the list. A signed one is verified each time: what is kept is what
// somebody signed, with its end. The error is a [*schema.Fault].
func (t TrustSource) List() (l verifier.TrustList, err error) {
	if t.Key == nil {
		l, err = verifier.ParseTrustList(t.JSON, t.Source)
	} else {
		key, kerr := keys.ParseJWK(t.Key)
		if kerr != nil {
			return l, kerr
		}
		l, err = verifier.ParseSignedTrustList(t.JSON, t.Source, key)
	}
	if err == nil && t.Name != "" {
		l.Name = t.Name
	}
	return l, err
}

const kindTrust = "trust"

// AddTrust keeps a trust list that package verifier can read. Without a name it
// gets that of the list.
func (s *Service) AddTrust(ctx context.Context, a Actor, t TrustSource) (TrustSource, error) {
	if err := a.mayForAll(Publisher); err != nil {
		return TrustSource{}, err
	}
	l, err := t.List()
	if err != nil {
		return TrustSource{}, err
	}
	t.Name = l.Name
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
