package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"go.etcd.io/bbolt"

	"merkki/issuer"
)

// thingKey finds a thing; its value is the place in bucketThings, which keeps
// the order of adding.
func thingKey(kind, id string) []byte { return join(words(kind), []byte(id)) }

// Add implements issuer.Store.
func (s *Store) Add(ctx context.Context, t issuer.Thing, e issuer.LogEntry) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		if err := addThing(tx, t); err != nil {
			return err
		}
		return appendLog(tx, e)
	})
}

func addThing(tx *bbolt.Tx, t issuer.Thing) error {
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
	t.Revision = 1
	if err := putJSON(b, place, t); err != nil {
		return err
	}
	if err := ids.Put(thingKey(t.Kind, t.ID), place); err != nil {
		return err
	}
	return indexThing(tx, place, issuer.Thing{}, t)
}

// seqOf is the end of a thing's place.
func seqOf(place []byte) []byte { return place[len(place)-8:] }

// ownedKey finds a thing by its owner, nil if it has none.
func ownedKey(place []byte, t issuer.Thing) []byte {
	if t.Owner == "" {
		return nil
	}
	return join(words(t.Kind), words(t.Owner), seqOf(place))
}

// dueKey finds a thing by when it is due, nil if it never is.
func dueKey(place []byte, t issuer.Thing) []byte {
	if t.Due.IsZero() {
		return nil
	}
	return join(words(t.Kind), moment(t.Due), seqOf(place))
}

// moment orders times from 1970 on; what lies before counts as then.
func moment(t time.Time) []byte { return sequence(uint64(max(t.UnixMilli(), 0))) }

// indexThing makes the indices say t instead of old; a zero one stands in none.
func indexThing(tx *bbolt.Tx, place []byte, old, t issuer.Thing) error {
	for _, ix := range []struct{ bucket, was, is []byte }{
		{bucketOwned, ownedKey(place, old), ownedKey(place, t)},
		{bucketDue, dueKey(place, old), dueKey(place, t)},
	} {
		if bytes.Equal(ix.was, ix.is) {
			continue
		}
		if ix.was != nil {
			if err := tx.Bucket(ix.bucket).Delete(ix.was); err != nil {
				return err
			}
		}
		if ix.is != nil {
			if err := tx.Bucket(ix.bucket).Put(ix.is, nil); err != nil {
				return err
			}
		}
	}
	return nil
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
		if err := indexThing(tx, place, old, next); err != nil {
			return err
		}
		return appendLog(tx, e)
	})
}

// Remove implements issuer.Store.
func (s *Store) Remove(ctx context.Context, kind, id string, e issuer.LogEntry) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		place, old, err := thing(tx, kind, id)
		if err != nil {
			return err
		}
		if err := tx.Bucket(bucketThings).Delete(place); err != nil {
			return err
		}
		if err := tx.Bucket(bucketThingIDs).Delete(thingKey(kind, id)); err != nil {
			return err
		}
		if err := indexThing(tx, place, old, issuer.Thing{}); err != nil {
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

// Owned implements issuer.Store.
func (s *Store) Owned(ctx context.Context, kind, owner string) ([]issuer.Thing, error) {
	prefix := join(words(kind), words(owner))
	var all []issuer.Thing
	for key, err := range s.keys(ctx, bucketOwned, prefix) {
		if err != nil {
			return nil, err
		}
		t, err := s.placed(kind, key)
		if err != nil {
			return nil, err
		}
		if t.Owner == owner { // it may have been given away meanwhile
			all = append(all, t)
		}
	}
	return all, nil
}

// Due implements issuer.Store.
func (s *Store) Due(ctx context.Context, kind string, until time.Time, limit int) ([]issuer.Thing, error) {
	prefix := words(kind)
	end := join(prefix, moment(until), sequence(math.MaxUint64))
	var all []issuer.Thing
	for key, err := range s.keys(ctx, bucketDue, prefix) {
		if err != nil {
			return nil, err
		}
		if len(all) >= limit || bytes.Compare(key, end) > 0 {
			break
		}
		t, err := s.placed(kind, key)
		if err != nil {
			return nil, err
		}
		if !t.Due.IsZero() && !t.Due.After(until) {
			all = append(all, t)
		}
	}
	return all, nil
}

// placed reads the thing that an index key ends in; a zero one if it has been
// removed since.
func (s *Store) placed(kind string, key []byte) (t issuer.Thing, err error) {
	place := join(words(kind), seqOf(key))
	err = s.view(func(tx *bbolt.Tx) error { return getJSON(tx.Bucket(bucketThings), place, &t) })
	if errors.Is(err, issuer.ErrNotFound) {
		return issuer.Thing{}, nil
	}
	return t, err
}
