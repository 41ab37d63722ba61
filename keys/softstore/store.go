// Package softstore keeps private keys in files, encrypted at rest.
//
//	store, err := softstore.Open(filepath.Join(dir, "keys"), softstore.Passphrase(ask))
//
// The folder holds, for each key, NAME.age (the private half, encrypted with
// age) and NAME.json (what everybody may know), NAME being publicKeyMultibase.
// All keys are encrypted to one age identity, which lies in identity.age under
// a passphrase, or is given open from elsewhere: a file on another medium, or
// a credential of the service manager. Opening it costs one scrypt however
// many keys there are, and happens when the first private key is needed, once
// in the life of a Store; listing keys asks for nothing.
//
// The folder has mode 0700 and its files 0600; anything wider is refused when
// the store is opened. What is written is on disk when the call returns:
// temporary file, fsync, rename, fsync of the folder. A crash leaves a key
// whole or absent. Private keys are in no other place, and there is no way to
// have one printed.
//
// One process at a time may change a folder; its database lock sees to that.
package softstore

import (
	"cmp"
	"context"
	"crypto"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"merkki/keys"
)

// A Store is a [keys.Store] in a folder.
type Store struct {
	// Now says when a key was created; nil is time.Now.
	Now func() time.Time
	// RSABits is the size of the RSA keys that are made, 2048 to 4096; 0 is 3072.
	RSABits int

	dir    string
	unlock Unlock

	mu       sync.Mutex
	pairs    map[string]keys.Pair     // by ID; guarded by mu, as all below
	opened   map[string]crypto.Signer // by ID; a key is decrypted once
	identity *identity                // nil: not unlocked yet
}

var _ keys.Store = (*Store)(nil)

// Create makes the folder of a new store, and its identity where the unlock
// brings a passphrase for one. A folder that has an identity or keys already
// is refused.
func Create(dir string, unlock Unlock) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the key folder cannot be made: %w", err)
	}
	there, err := os.ReadDir(dir)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the key folder cannot be read: %w", err)
	case len(there) != 0:
		return nil, fmt.Errorf("the key folder %s is not empty: keys are never written over", dir)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the key folder cannot be closed to others: %w", err)
	}
	if err := syncDir(filepath.Dir(dir)); err != nil {
		return nil, fmt.Errorf("the key folder cannot be made to stay: %w", err)
	}
	s := newStore(dir, unlock)
	if s.identity, err = unlock.create(dir); err != nil {
		return nil, err
	}
	return s, nil
}

// Open opens an existing store and reads what may be known without unlocking.
func Open(dir string, unlock Unlock) (*Store, error) {
	if err := checkModes(dir); err != nil {
		return nil, err
	}
	s := newStore(dir, unlock)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the key folder cannot be read: %w", err)
	}
	for _, e := range entries {
		if name, ok := isPublicFile(e.Name()); ok {
			p, err := readPublic(dir, name)
			if err != nil {
				return nil, err
			}
			s.pairs[p.ID] = p
		}
	}
	return s, nil
}

func newStore(dir string, unlock Unlock) *Store {
	return &Store{dir: dir, unlock: unlock, pairs: map[string]keys.Pair{}, opened: map[string]crypto.Signer{}}
}

// List implements [keys.Store].
func (s *Store) List(context.Context) ([]keys.Pair, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.pairs), func(a, b keys.Pair) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	}), nil
}

// Generate implements [keys.Store]. It unlocks the store, so that no key is
// written that its owner cannot open.
func (s *Store) Generate(_ context.Context, issuer string, alg keys.Algorithm, role keys.Role) (keys.Pair, error) {
	if !slices.Contains(keys.Roles(), role) {
		return keys.Pair{}, fmt.Errorf("softstore: there is no key role %q", role)
	}
	if issuer == "" && alg == keys.RSA {
		return keys.Pair{}, errors.New("an RSA key cannot be an issuer of its own: there is no did:key of it; choose a did:web issuer")
	}
	private, err := generate(alg, s.RSABits)
	if err != nil {
		return keys.Pair{}, err
	}
	name, err := keys.Fragment(private.Public())
	if err != nil {
		return keys.Pair{}, err
	}
	if issuer == "" {
		issuer = "did:key:" + name
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.unlocked(); err != nil {
		return keys.Pair{}, err
	}
	p := keys.Pair{
		ID: issuer + "#" + name, Issuer: issuer, Algorithm: alg, Role: role,
		Public: private.Public(), Created: s.now(),
	}
	// The public file makes the key exist: a private one alone is litter of a
	// crash, and nobody has been told of it.
	if err := writePrivate(s.dir, name, p, private, s.identity); err != nil {
		return keys.Pair{}, err
	}
	if err := writePublic(s.dir, name, p); err != nil {
		return keys.Pair{}, err
	}
	s.pairs[p.ID], s.opened[p.ID] = p, private
	return p, nil
}

// Signer implements [keys.Store].
func (s *Store) Signer(_ context.Context, id string) (keys.Signer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.usable(id)
	if err != nil {
		return nil, err
	}
	private, ok := s.opened[id]
	if !ok {
		if err := s.unlocked(); err != nil {
			return nil, err
		}
		if private, err = readPrivate(s.dir, p, s.identity); err != nil {
			return nil, err
		}
		s.opened[id] = private
	}
	return &signer{s, id, private}, nil
}

// usable returns the pair of a key that may sign. s.mu is held.
func (s *Store) usable(id string) (keys.Pair, error) {
	p, ok := s.pairs[id]
	switch {
	case !ok:
		return p, fmt.Errorf("%s: %w", id, keys.ErrNotFound)
	case !p.Revoked.IsZero():
		return p, fmt.Errorf("%s: %w", id, keys.ErrRevoked)
	case !p.Retired.IsZero():
		return p, fmt.Errorf("%s: %w", id, keys.ErrRetired)
	}
	return p, nil
}

// Retire implements [keys.Store].
func (s *Store) Retire(_ context.Context, id string, at time.Time) error {
	return s.mark(id, func(p *keys.Pair) *time.Time { return &p.Retired }, at)
}

// Revoke implements [keys.Store].
func (s *Store) Revoke(_ context.Context, id string, at time.Time) error {
	return s.mark(id, func(p *keys.Pair) *time.Time { return &p.Revoked }, at)
}

// mark sets a moment of a key, on disk before in memory; an earlier one stays.
func (s *Store) mark(id string, field func(*keys.Pair) *time.Time, at time.Time) error {
	if at.IsZero() {
		return errors.New("softstore: a key ends at a moment; the zero time is none")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.pairs[id]
	if !ok {
		return fmt.Errorf("%s: %w", id, keys.ErrNotFound)
	}
	at = at.UTC().Truncate(time.Second)
	if old := field(&p); !old.IsZero() && !at.Before(*old) {
		return nil
	} else {
		*old = at
	}
	if err := writePublic(s.dir, nameOf(p), p); err != nil {
		return err
	}
	s.pairs[id] = p
	return nil
}

// unlocked opens the identity if it is not open yet. s.mu is held, so that two
// callers do not ask a person twice.
func (s *Store) unlocked() error {
	if s.identity != nil {
		return nil
	}
	i, err := s.unlock.open(s.dir)
	if err != nil {
		return err
	}
	s.identity = i
	return nil
}

func (s *Store) now() time.Time {
	now := s.Now
	if now == nil {
		now = time.Now
	}
	return now().UTC().Truncate(time.Second)
}
