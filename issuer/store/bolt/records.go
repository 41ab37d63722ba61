package bolt

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"merkki/issuer"
)

// A claimed is the value of an idempotency key.
type claimed struct {
	Record  string        `json:"record"`
	Request issuer.Digest `json:"request"`
	By      string        `json:"by,omitempty"`
}

// Create implements issuer.Store.
func (s *Store) Create(ctx context.Context, c issuer.Creation) (issuer.StoredRecord, error) {
	var made issuer.StoredRecord
	err := s.update(ctx, func(tx *bbolt.Tx) (err error) {
		made, err = createIn(tx, c)
		return err
	})
	if err != nil {
		return issuer.StoredRecord{}, err
	}
	return made, nil
}

func createIn(tx *bbolt.Tx, c issuer.Creation) (issuer.StoredRecord, error) {
	r := c.Record
	if tx.Bucket(bucketIDs).Get([]byte(r.ID)) != nil {
		return r, fmt.Errorf("record %s: %w", r.ID, issuer.ErrExists)
	}
	if c.Claim != nil {
		if err := claim(tx, *c.Claim, r.ID); err != nil {
			return r, err
		}
	}
	r.Places = nil
	for _, purpose := range c.Purposes {
		p, err := take(tx, r.Issuer, purpose)
		if err != nil {
			return r, err
		}
		r.Places = append(r.Places, p)
	}
	records := tx.Bucket(bucketRecords)
	records.FillPercent = 0.9
	n, err := records.NextSequence()
	if err != nil {
		return r, err
	}
	seq := sequence(n)
	if err := putRecord(records, seq, r); err != nil {
		return r, err
	}
	for _, put := range []struct{ bucket, key, value []byte }{
		{bucketIDs, []byte(r.ID), seq},
		{bucketLearners, join(r.Learner[:], seq), nil},
		{bucketAwards, join(words(r.Achievement), seq), nil},
	} {
		if err := tx.Bucket(put.bucket).Put(put.key, put.value); err != nil {
			return r, err
		}
	}
	if r.State == issuer.Unsigned {
		if err := tx.Bucket(bucketPrepared).Put(seq, nil); err != nil {
			return r, err
		}
	}
	return r, appendLog(tx, c.Entry)
}

// Claimed implements issuer.Store.
func (s *Store) Claimed(_ context.Context, key issuer.Digest) (*issuer.ClaimedError, error) {
	var held *issuer.ClaimedError
	err := s.view(func(tx *bbolt.Tx) (err error) {
		held, err = holder(tx, key)
		return err
	})
	return held, err
}

// claim takes an idempotency key, unless a record that is not voided has it.
func claim(tx *bbolt.Tx, c issuer.Claim, id string) error {
	held, err := holder(tx, c.Key)
	if err != nil {
		return err
	}
	if held != nil {
		return held
	}
	return putJSON(tx.Bucket(bucketClaims), c.Key[:], claimed{id, c.Request, c.By})
}

// holder returns what has a claim key, nil if nothing that counts.
func holder(tx *bbolt.Tx, key issuer.Digest) (*issuer.ClaimedError, error) {
	value := tx.Bucket(bucketClaims).Get(key[:])
	if value == nil {
		return nil, nil
	}
	var held claimed
	if err := decodeJSON(key[:], value, &held); err != nil {
		return nil, err
	}
	_, r, err := find(tx, held.Record)
	if err != nil || r.State == issuer.Voided {
		return nil, err
	}
	return &issuer.ClaimedError{Record: r, Request: held.Request, By: held.By}, nil
}

// find returns a record and its sequence.
func find(tx *bbolt.Tx, id string) ([]byte, issuer.StoredRecord, error) {
	seq := tx.Bucket(bucketIDs).Get([]byte(id))
	if seq == nil {
		return nil, issuer.StoredRecord{}, fmt.Errorf("record %s: %w", id, issuer.ErrNotFound)
	}
	value := tx.Bucket(bucketRecords).Get(seq)
	if value == nil {
		return nil, issuer.StoredRecord{}, fmt.Errorf("%w: record %s is gone", issuer.ErrDamaged, id)
	}
	r, err := decodeRecord(seq, value, true)
	if err == nil && r.ID != id {
		err = fmt.Errorf("%w: looking for record %s found %s", issuer.ErrDamaged, id, r.ID)
	}
	return bytes.Clone(seq), r, err
}

// Advance implements issuer.Store.
func (s *Store) Advance(ctx context.Context, from issuer.State, next issuer.StoredRecord, e issuer.LogEntry, also ...issuer.Thing) error {
	return s.AdvanceAll(ctx, issuer.Step{From: from, Record: next, Entry: e, Also: also})
}

// AdvanceAll implements issuer.Store.
func (s *Store) AdvanceAll(ctx context.Context, steps ...issuer.Step) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		for _, step := range steps { // this may run again: steps stay as they are
			if err := advance(tx, step); err != nil {
				return err
			}
		}
		return nil
	})
}

func advance(tx *bbolt.Tx, step issuer.Step) error {
	r := step.Record
	seq, old, err := find(tx, r.ID)
	if err != nil {
		return err
	}
	if old.State != step.From || old.Revision != r.Revision {
		return fmt.Errorf("record %s is %s, revision %d: %w", r.ID, old.State, old.Revision, issuer.ErrConflict)
	}
	if !samePlaces(old, r) {
		return fmt.Errorf("record %s: places never change: %w", r.ID, issuer.ErrConflict)
	}
	r.Revision++
	if err := putRecord(tx.Bucket(bucketRecords), seq, r); err != nil {
		return err
	}
	if step.From == issuer.Unsigned && r.State != issuer.Unsigned {
		if err := tx.Bucket(bucketPrepared).Delete(seq); err != nil {
			return err
		}
	}
	if err := mark(tx, r.Places); err != nil {
		return err
	}
	for _, t := range step.Also {
		if err := addThing(tx, t); err != nil {
			return err
		}
	}
	return appendLog(tx, step.Entry)
}

// samePlaces reports whether r says about its origin what the store knows.
func samePlaces(old, r issuer.StoredRecord) bool {
	return old.Issuer == r.Issuer && old.Achievement == r.Achievement && old.Learner == r.Learner &&
		slices.EqualFunc(old.Places, r.Places, func(a, b issuer.Place) bool {
			a.Set, b.Set = false, false
			return a == b
		})
}

// Get implements issuer.Store.
func (s *Store) Get(_ context.Context, id string) (issuer.StoredRecord, error) {
	var r issuer.StoredRecord
	err := s.view(func(tx *bbolt.Tx) (err error) {
		_, r, err = find(tx, id)
		return err
	})
	if err != nil {
		return issuer.StoredRecord{}, err
	}
	return r, nil
}
