package issuer

import (
	"context"
	"reflect"
	"slices"

	"merkki/keys"
)

// An Edit changes the settings of an institution; what is nil stays as it is.
type Edit struct {
	// Formats replaces what the institution signs with, from the next
	// credential on: names of [merkki/proof.Formats] that may be issued, each
	// with ":" and a kind of key where it is not the usual one of the format
	// ("ecdsa-rdfc-2019:P-384"). At least one has to stand in the document; of
	// several every credential and status list carries a proof, as a set.
	// vc-jwt makes a token beside the document, ecdsa-sd-2023 a copy for the
	// holder alone.
	Formats []string
	// Look changes how it appears.
	Look *LookEdit
}

// EditInstitution changes the settings of an institution, given its ID or DID.
// Keys that are missing for its formats are made; keys that are needed no more
// stay. A format that does not fit the one key of a did:key is CONFLICT. Formats
// need the role of key custodian, the look that of publisher.
func (s *Service) EditInstitution(ctx context.Context, a Actor, ref string, e Edit) (Institution, error) {
	if err := e.allowed(a); err != nil {
		return Institution{}, err
	}
	s.adding.Lock()
	defer s.adding.Unlock()
	i, err := s.Institution(ctx, ref)
	if err != nil {
		return i, err
	}
	if !a.sees(i.ID) {
		return Institution{}, notFound(ref)
	}
	next := i
	var pictures [][]byte
	if e.Look != nil {
		if next.Look, pictures, err = i.Look.edited(*e.Look); err != nil {
			return Institution{}, err
		}
		next.Profile = next.profile(s.base)
	}
	resigned := e.Formats != nil && !slices.Equal(e.Formats, i.Formats)
	if resigned {
		next.Formats = slices.Clone(e.Formats)
		if next.suites, err = parseFormats(i.DID, next.Formats); err != nil {
			return Institution{}, err
		}
		if err := s.equip(ctx, a, next); err != nil {
			return Institution{}, err
		}
	}
	if !resigned && reflect.DeepEqual(next.Look, i.Look) {
		return i, nil
	}
	for _, p := range pictures {
		if err := s.keepPicture(ctx, a, p); err != nil {
			return Institution{}, err
		}
	}
	if err := s.replaceInstitution(ctx, a, next); err != nil {
		return Institution{}, err
	}
	s.remember(next)
	for _, l := range s.lists.all() { // they are signed with the same
		if resigned && l.issuer == i.ID {
			l.stale.Store(true)
		}
	}
	return next, nil
}

// allowed refuses an edit for which the actor lacks a role.
func (e Edit) allowed(a Actor) error {
	if e.Look != nil {
		if err := a.may(Publisher); err != nil {
			return err
		}
	}
	if e.Look == nil || e.Formats != nil {
		return a.may(KeyCustodian)
	}
	return nil
}

// equip makes the keys that the suites of an institution lack.
func (s *Service) equip(ctx context.Context, a Actor, i Institution) error {
	if algorithmOfKeyDID(i.DID) != "" {
		return nil
	}
	pairs, err := s.pairs(ctx, i)
	if err != nil {
		return err
	}
	return needed(i.suites, pairs, func(alg keys.Algorithm, role keys.Role) error {
		_, err := s.makeKey(ctx, a, i, alg, role)
		return err
	})
}

func (s *Service) replaceInstitution(ctx context.Context, a Actor, i Institution) error {
	t, err := s.store.Thing(ctx, kindInstitution, i.ID)
	if err != nil {
		return stored(err)
	}
	if t.Body, err = i.body(); err != nil {
		return err
	}
	return stored(s.store.Replace(ctx, t, s.entry(a, "institution.changed", i.ID)))
}
