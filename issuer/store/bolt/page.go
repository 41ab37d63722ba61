package bolt

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"

	"go.etcd.io/bbolt"

	"merkki/issuer"
)

// maxScan bounds how many records one page looks at, so that a filter that
// matches nothing costs a short page and not the whole file.
const maxScan = 10_000

// Page implements issuer.Store. A cursor is the sequence number of the last
// record looked at: records are only ever added behind it.
func (s *Store) Page(ctx context.Context, q issuer.Selection) (page []issuer.StoredRecord, next string, err error) {
	before, err := readCursor(q.Cursor)
	if err != nil {
		return nil, "", err
	}
	limit := min(max(q.Limit, 1), 1000)
	bucket, prefix := source(q)
	err = s.view(func(tx *bbolt.Tx) error {
		page, next = nil, ""
		c := tx.Bucket(bucket).Cursor()
		seen := 0
		for k := last(c, prefix, before); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Prev() {
			seq := bytes.Clone(k[len(prefix):])
			if len(page) == limit || seen == maxScan {
				next = writeCursor(before)
				return ctx.Err()
			}
			seen++
			before = seq
			value := tx.Bucket(bucketRecords).Get(seq)
			r, err := decodeRecord(seq, value, false)
			if err != nil {
				return err
			}
			if matches(q, r) {
				page = append(page, r)
			}
		}
		return nil
	})
	return page, next, err
}

// source picks the index that leaves the least to look at.
func source(q issuer.Selection) (bucket, prefix []byte) {
	switch {
	case !q.Learner.IsZero():
		return bucketLearners, q.Learner[:]
	case q.Achievement != "":
		return bucketAwards, words(q.Achievement)
	}
	return bucketRecords, nil
}

// last moves to the newest entry of prefix before a sequence; nil means all.
func last(c *bbolt.Cursor, prefix, before []byte) []byte {
	if before == nil {
		before = bytes.Repeat([]byte{0xff}, 8)
	}
	k, _ := c.Seek(join(prefix, before))
	if k == nil {
		k, _ = c.Last()
		return k
	}
	k, _ = c.Prev()
	return k
}

func matches(q issuer.Selection, r issuer.StoredRecord) bool {
	return (q.Achievement == "" || q.Achievement == r.Achievement) &&
		(q.State == "" || q.State == r.State) &&
		(q.Issuer == "" || q.Issuer == r.Issuer) &&
		(q.Learner.IsZero() || q.Learner == r.Learner)
}

func writeCursor(seq []byte) string { return base64.RawURLEncoding.EncodeToString(seq) }

func readCursor(s string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != 8 {
		return nil, fmt.Errorf("cursor %q: %w", s, issuer.ErrNotFound)
	}
	return b, nil
}
