package issuer

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"merkki/schema"
)

// A storedRow is a row with what was found out about it when it came in.
type storedRow struct {
	BatchRow
	Claim *Claim `json:"claim,omitempty"` // nil: the row is faulty, or changes a status
	First int    `json:"first,omitempty"` // the row of which this is a duplicate
}

// keyed hashes parts under the secret that makes IDs of e-mail addresses, so
// that nothing about a person can be guessed from the result.
func (l *learners) keyed(parts ...string) Digest {
	h := hmac.New(sha256.New, l.secret[:])
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		io.WriteString(h, p)
	}
	return Digest(h.Sum(nil))
}

// batchLearner names the key of a batch.
func (s *Service) batchLearner(id string) Digest { return s.learners.keyed("batch", id) }

func chunkID(batch string, n int) string { return fmt.Sprintf("%s/%04d", batch, n) }

// keepChunk seals rows or results and keeps them. What is there already, from an
// attempt that was cut off, is replaced.
func (s *Service) keepChunk(ctx context.Context, a Actor, kind, batch string, n int, b batchBody, content any) error {
	key, err := s.learners.ensure(s.batchLearner(batch))
	if err != nil {
		return stored(err)
	}
	plain, err := json.Marshal(content)
	if err != nil {
		return err
	}
	t := Thing{Kind: kind, ID: chunkID(batch, n), Due: b.expires()}
	if t.Body, err = sealText(key, kind+" "+t.ID, plain); err != nil {
		return err
	}
	e := s.entry(a, kind[len("batch-"):]+".kept", t.ID)
	err = s.store.Add(ctx, t, e)
	if errors.Is(err, ErrExists) {
		old, err := s.store.Thing(ctx, kind, t.ID)
		if err != nil {
			return stored(err)
		}
		t.Revision = old.Revision
		return stored(s.store.Replace(ctx, t, e))
	}
	return stored(err)
}

// openChunk reads what keepChunk kept; ErrNotFound where there is nothing.
func (s *Service) openChunk(ctx context.Context, kind, batch string, n int, content any) error {
	t, err := s.store.Thing(ctx, kind, chunkID(batch, n))
	if err != nil {
		return err
	}
	key, err := s.learners.key(s.batchLearner(batch))
	if errors.Is(err, errErased) {
		return schema.Refusal(schema.CodeGone, "", map[string]any{"id": batch})
	}
	if err != nil {
		return fmt.Errorf("%w: batch %s: %w", ErrDamaged, batch, err)
	}
	plain, err := unsealText(key, kind+" "+t.ID, t.Body)
	if err == nil {
		err = json.Unmarshal(plain, content)
	}
	if err != nil {
		return fmt.Errorf("%w: %s %s does not open: %v", ErrDamaged, kind, t.ID, err)
	}
	return nil
}

func (s *Service) chunkOf(ctx context.Context, batch string, n int) (rows []storedRow, err error) {
	return rows, s.openChunk(ctx, kindRows, batch, n, &rows)
}

func (s *Service) chunkResults(ctx context.Context, batch string, n int) (results []RowResult, err error) {
	return results, s.openChunk(ctx, kindResults, batch, n, &results)
}

// keepBatch replaces the body of a batch; t moves on to the revision that it
// has then.
func (s *Service) keepBatch(ctx context.Context, a Actor, t *Thing, b batchBody, action string) error {
	t.Due, t.Owner = b.Created, b.Request.String()
	if b.State.Final() {
		t.Due, t.Owner = b.expires(), ""
	}
	var err error
	if t.Body, err = json.Marshal(b); err != nil {
		return err
	}
	if err := s.store.Replace(ctx, *t, s.entry(a, action, t.ID)); err != nil {
		return stored(err)
	}
	t.Revision++
	return nil
}

// forgetBatches drops batches, rows and results whose time is over. The key goes
// first: with it goes what it sealed in every copy of the database, but for those
// beside which a copy of the keys is kept.
func (s *Service) forgetBatches(ctx context.Context) error {
	for _, kind := range []string{kindBatch, kindRows, kindResults} {
		due, err := s.store.Due(ctx, kind, s.now(), 1000)
		if err != nil {
			return stored(err)
		}
		for _, t := range due {
			if kind == kindBatch {
				if b, err := readBatch(t); err != nil || !b.State.Final() {
					continue
				}
				if err := s.learners.destroy(s.batchLearner(t.ID)); err != nil {
					return stored(err)
				}
			}
			if err := s.store.Remove(ctx, kind, t.ID, s.entry(system, kind+".forgotten", t.ID)); err != nil && !isNotFound(err) {
				return stored(err)
			}
		}
	}
	return nil
}

// destroy overwrites a key in place. What it sealed cannot be opened again.
func (l *learners) destroy(id Digest) error {
	l.mu.Lock()
	at, ok := l.slots[id]
	if !ok {
		l.mu.Unlock()
		return nil
	}
	_, err := l.file.WriteAt(slot(id, [32]byte{}), at)
	if err == nil {
		l.keys[id] = [32]byte{}
	}
	l.mu.Unlock()
	if err != nil {
		return full(err)
	}
	l.syncing.Lock()
	defer l.syncing.Unlock()
	if err := l.file.Sync(); err != nil && l.broken == nil {
		l.broken = fmt.Errorf("%w: learner keys: %w", ErrReadOnly, err)
	}
	return l.broken
}
