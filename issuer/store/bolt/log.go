package bolt

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"merkki/issuer"
)

// A head is the number and the sum of the last log entry.
type head struct {
	Number uint64        `json:"number"`
	Sum    issuer.Digest `json:"sum"`
}

func logHead(tx *bbolt.Tx) (head, error) {
	var h head
	if tx.Bucket(bucketMeta).Get(keyLogHead) == nil {
		return h, nil
	}
	return h, getJSON(tx.Bucket(bucketMeta), keyLogHead, &h)
}

// appendLog chains e to the log. Every write ends with it.
func appendLog(tx *bbolt.Tx, e issuer.LogEntry) error {
	h, err := logHead(tx)
	if err != nil {
		return err
	}
	e = e.Follow(h.Number, h.Sum)
	b := tx.Bucket(bucketLog)
	b.FillPercent = 0.9
	key := sequence(e.Number)
	if err := b.Put(key, seal(key, e.Bytes())); err != nil {
		return err
	}
	return putJSON(tx.Bucket(bucketMeta), keyLogHead, head{e.Number, e.Sum()})
}

// Log implements issuer.Store.
func (s *Store) Log(ctx context.Context, from uint64) iter.Seq2[issuer.LogEntry, error] {
	return func(yield func(issuer.LogEntry, error) bool) {
		for p, err := range s.pairs(ctx, bucketLog, nil, sequence(from)) {
			var e issuer.LogEntry
			if err == nil {
				e, err = decodeEntry(p.key, p.value)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

func decodeEntry(key, value []byte) (issuer.LogEntry, error) {
	var e issuer.LogEntry
	content, err := unseal(key, value)
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(content, &e); err != nil {
		return e, fmt.Errorf("%w: log entry %x: %v", issuer.ErrDamaged, key, err)
	}
	return e, nil
}
