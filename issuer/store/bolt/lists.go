package bolt

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"merkki/issuer"
)

// take hands out the next number of the newest list of an issuer and purpose.
func take(tx *bbolt.Tx, institution, purpose string) (issuer.Place, error) {
	b := tx.Bucket(bucketLists)
	c := b.Cursor()
	// Newest first; lists are few: one is opened for every 65,000 credentials.
	for seq, value := c.Last(); seq != nil; seq, value = c.Prev() {
		var l issuer.List
		if err := decodeJSON(seq, value, &l); err != nil {
			return issuer.Place{}, err
		}
		if l.Issuer != institution || l.Purpose != purpose {
			continue
		}
		if l.Next >= l.Limit {
			break
		}
		p := issuer.Place{List: l.ID, Purpose: purpose, Number: l.Next}
		l.Next++
		return p, putJSON(b, seq, l)
	}
	return issuer.Place{}, fmt.Errorf("issuer %s, %s: %w", institution, purpose, issuer.ErrNoList)
}

// mark makes the marks of places agree with their Set.
func mark(tx *bbolt.Tx, places []issuer.Place) error {
	b := tx.Bucket(bucketMarks)
	for _, p := range places {
		key := markKey(p.List, p.Number)
		var err error
		if p.Set {
			err = b.Put(key, nil)
		} else {
			err = b.Delete(key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func markKey(list string, number int) []byte {
	return binary.BigEndian.AppendUint32(words(list), uint32(number))
}

// OpenList implements issuer.Store.
func (s *Store) OpenList(ctx context.Context, l issuer.List, e issuer.LogEntry) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		ids := tx.Bucket(bucketListIDs)
		if ids.Get([]byte(l.ID)) != nil {
			return fmt.Errorf("list %s: %w", l.ID, issuer.ErrExists)
		}
		b := tx.Bucket(bucketLists)
		n, err := b.NextSequence()
		if err != nil {
			return err
		}
		if err := putJSON(b, sequence(n), l); err != nil {
			return err
		}
		if err := ids.Put([]byte(l.ID), sequence(n)); err != nil {
			return err
		}
		return appendLog(tx, e)
	})
}

// Lists implements issuer.Store.
func (s *Store) Lists(context.Context) ([]issuer.List, error) {
	var lists []issuer.List
	err := s.view(func(tx *bbolt.Tx) error {
		lists = nil
		return tx.Bucket(bucketLists).ForEach(func(seq, value []byte) error {
			var l issuer.List
			if err := decodeJSON(seq, value, &l); err != nil {
				return err
			}
			lists = append(lists, l)
			return nil
		})
	})
	return lists, err
}

// Skip implements issuer.Store.
func (s *Store) Skip(ctx context.Context, list string, n int, e issuer.LogEntry) error {
	return s.update(ctx, func(tx *bbolt.Tx) error {
		seq := tx.Bucket(bucketListIDs).Get([]byte(list))
		if seq == nil {
			return fmt.Errorf("list %s: %w", list, issuer.ErrNotFound)
		}
		b := tx.Bucket(bucketLists)
		var l issuer.List
		if err := getJSON(b, seq, &l); err != nil {
			return err
		}
		if n <= l.Next {
			return nil
		}
		l.Next = n
		if err := putJSON(b, seq, l); err != nil {
			return err
		}
		return appendLog(tx, e)
	})
}

// Marked implements issuer.Store.
func (s *Store) Marked(ctx context.Context, list string) iter.Seq2[int, error] {
	prefix := words(list)
	return func(yield func(int, error) bool) {
		for key, err := range s.keys(ctx, bucketMarks, prefix) {
			if err != nil {
				yield(0, err)
				return
			}
			if !yield(int(binary.BigEndian.Uint32(key[len(prefix):])), nil) {
				return
			}
		}
	}
}
