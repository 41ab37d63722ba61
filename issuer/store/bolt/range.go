package bolt

import (
	"bytes"
	"context"
	"iter"

	"go.etcd.io/bbolt"

	"merkki/issuer"
)

// chunk is how many entries a sequence reads in one transaction. It never
// yields inside one: a caller that writes while a read transaction of its own
// is open can wait for itself for ever, and old pages would pile up.
const chunk = 256

// A pair is one entry of a bucket, copied.
type pair struct{ key, value []byte }

// pairs yields the entries of a bucket whose key begins with prefix, from the
// key from on. Entries written meanwhile may or may not be seen.
func (s *Store) pairs(ctx context.Context, bucket, prefix, from []byte) iter.Seq2[pair, error] {
	return func(yield func(pair, error) bool) {
		next := from
		for {
			if err := ctx.Err(); err != nil {
				yield(pair{}, err)
				return
			}
			got := make([]pair, 0, chunk)
			err := s.view(func(tx *bbolt.Tx) error {
				got = got[:0]
				c := tx.Bucket(bucket).Cursor()
				for k, v := c.Seek(next); k != nil && bytes.HasPrefix(k, prefix) && len(got) < chunk; k, v = c.Next() {
					got = append(got, pair{bytes.Clone(k), bytes.Clone(v)})
				}
				return nil
			})
			if err != nil {
				yield(pair{}, err)
				return
			}
			for _, p := range got {
				if !yield(p, nil) {
					return
				}
			}
			if len(got) < chunk {
				return
			}
			next = append(got[len(got)-1].key, 0)
		}
	}
}

// keys is pairs without values.
func (s *Store) keys(ctx context.Context, bucket, prefix []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for p, err := range s.pairs(ctx, bucket, prefix, prefix) {
			if !yield(p.key, err) || err != nil {
				return
			}
		}
	}
}

// All implements issuer.Store.
func (s *Store) All(ctx context.Context) iter.Seq2[issuer.StoredRecord, error] {
	return func(yield func(issuer.StoredRecord, error) bool) {
		for p, err := range s.pairs(ctx, bucketRecords, nil, nil) {
			var r issuer.StoredRecord
			if err == nil {
				r, err = decodeRecord(p.key, p.value, true)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// Unfinished implements issuer.Store.
func (s *Store) Unfinished(ctx context.Context) iter.Seq2[issuer.StoredRecord, error] {
	return func(yield func(issuer.StoredRecord, error) bool) {
		for seq, err := range s.keys(ctx, bucketPrepared, nil) {
			var r issuer.StoredRecord
			if err == nil {
				r, err = s.record(seq)
			}
			if err == nil && r.State != issuer.Unsigned {
				continue // finished meanwhile
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// record reads the record of a sequence number.
func (s *Store) record(seq []byte) (issuer.StoredRecord, error) {
	var r issuer.StoredRecord
	err := s.view(func(tx *bbolt.Tx) (err error) {
		value := tx.Bucket(bucketRecords).Get(seq)
		if value == nil {
			return issuer.ErrDamaged
		}
		r, err = decodeRecord(seq, value, true)
		return err
	})
	return r, err
}
