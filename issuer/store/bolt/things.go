package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"merkki/issuer"
)

// thingKey finds a thing; its value is the place in bucketThings, which keeps
// the order of adding.
func thingKey(kind, id string) []byte { return join(words(kind), []byte(id)) }

// Add implements issuer.Store.
func (s *Store) Add(ctx context.Context, t issuer.Thing, e issuer.LogEntry) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		ids := tx.Bucket(bucketThingIDs)
		if ids.Get(thingKey(t.Kind, t.ID)) != nil {
			return fmt.Errorf("%s %s: %w", t.Kind, t.ID, issuer.ErrExists)
		}
		b := tx.Bucket(bucketThings)
		n, err := b.NextSequence()
		if err != nil {
			return err
		}
		place := join(words(t.Kind), sequence(n))
		first := t
		first.Revision = 1
		if err := putJSON(b, place, first); err != nil {
			return err
		}
		if err := ids.Put(thingKey(t.Kind, t.ID), place); err != nil {
			return err
		}
		return appendLog(tx, e)
	})
}

// Replace implements issuer.Store.
func (s *Store) Replace(ctx context.Context, t issuer.Thing, e issuer.LogEntry) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		place, old, err := thing(tx, t.Kind, t.ID)
		if err != nil {
			return err
		}
		if old.Revision != t.Revision {
			return fmt.Errorf("%s %s has revision %d: %w", t.Kind, t.ID, old.Revision, issuer.ErrConflict)
		}
		next := t // this may run again: t stays as it is
		next.Revision++
		if err := putJSON(tx.Bucket(bucketThings), place, next); err != nil {
			return err
		}
		return appendLog(tx, e)
	})
}

// Remove implements issuer.Store.
func (s *Store) Remove(ctx context.Context, kind, id string, e issuer.LogEntry) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		place, _, err := thing(tx, kind, id)
		if err != nil {
			return err
		}
		if err := tx.Bucket(bucketThings).Delete(place); err != nil {
			return err
		}
		if err := tx.Bucket(bucketThingIDs).Delete(thingKey(kind, id)); err != nil {
			return err
		}
		return appendLog(tx, e)
	})
}

// Thing implements issuer.Store.
func (s *Store) Thing(_ context.Context, kind, id string) (t issuer.Thing, err error) {
	err = s.view(func(tx *bbolt.Tx) (err error) {
		_, t, err = thing(tx, kind, id)
		return err
	})
	return t, err
}

func thing(tx *bbolt.Tx, kind, id string) (place []byte, t issuer.Thing, err error) {
	found := tx.Bucket(bucketThingIDs).Get(thingKey(kind, id))
	if found == nil {
		return nil, t, fmt.Errorf("%s %s: %w", kind, id, issuer.ErrNotFound)
	}
	place = join(found)
	if err = getJSON(tx.Bucket(bucketThings), place, &t); err == nil && (t.Kind != kind || t.ID != id) {
		err = fmt.Errorf("%w: looking for %s %s found %s %s", issuer.ErrDamaged, kind, id, t.Kind, t.ID)
	}
	return place, t, err
}

// Things implements issuer.Store.
func (s *Store) Things(ctx context.Context, kind string) ([]issuer.Thing, error) {
	var all []issuer.Thing
	prefix := words(kind)
	for p, err := range s.pairs(ctx, bucketThings, prefix, prefix) {
		var t issuer.Thing
		if err == nil {
			err = decodeJSON(p.key, p.value, &t)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}
