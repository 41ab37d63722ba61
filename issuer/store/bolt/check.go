package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"merkki/issuer"
)

// Check implements issuer.Store. It reads everything in one transaction, so
// that writing meanwhile cannot look like disagreement. While it walks the pages
// of the file, before that, writers wait.
func (s *Store) Check(ctx context.Context) ([]issuer.Complaint, error) {
	c := checker{ctx: ctx, places: map[issuer.Place]string{}, marked: map[string]bool{}, lists: map[string]issuer.List{}}
	if err := s.pages(c.complain); err != nil {
		return c.found, err
	}
	err := s.view(func(tx *bbolt.Tx) error {
		for _, part := range []func(*bbolt.Tx) error{c.checkLists, c.checkRecords, c.checkIndexes, c.checkThings, c.checkLog} {
			if err := part(tx); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	return c.found, err
}

// pages looks at every page of the file. bbolt compares them with the list of
// free pages as it stands in memory, which belongs to whoever writes: reading it
// beside a writer is a race, and finds pages free that were in use a moment ago.
func (s *Store) pages(complain func(check, format string, args ...any)) error {
	walk := func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			complain("store.file", "%v", err)
		}
		return nil
	}
	if s.readOnly {
		return s.view(walk)
	}
	return guarded(func() error {
		tx, err := s.db.Begin(true)
		if err != nil {
			return err
		}
		defer tx.Rollback() // nothing was written
		return walk(tx)
	})
}

type checker struct {
	ctx    context.Context
	found  []issuer.Complaint
	lists  map[string]issuer.List
	places map[issuer.Place]string // place without Set → record
	marked map[string]bool         // mark keys that records ask for
	count  int                     // of records
}

func (c *checker) complain(check, format string, args ...any) {
	c.found = append(c.found, issuer.Complaint{Check: check, Detail: fmt.Sprintf(format, args...)})
}

func (c *checker) checkLists(tx *bbolt.Tx) error {
	return tx.Bucket(bucketLists).ForEach(func(seq, value []byte) error {
		var l issuer.List
		if err := decodeJSON(seq, value, &l); err != nil {
			c.complain("store.list", "%v", err)
			return nil
		}
		c.lists[l.ID] = l
		if !bytes.Equal(tx.Bucket(bucketListIDs).Get([]byte(l.ID)), seq) {
			c.complain("store.index", "list %s is not found under its ID", l.ID)
		}
		return nil
	})
}

func (c *checker) checkRecords(tx *bbolt.Tx) error {
	return tx.Bucket(bucketRecords).ForEach(func(seq, value []byte) error {
		if c.count++; c.count%chunk == 0 && c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		r, err := decodeRecord(seq, value, false)
		if err != nil {
			c.complain("store.record", "%v", err)
			return nil
		}
		if !bytes.Equal(tx.Bucket(bucketIDs).Get([]byte(r.ID)), seq) {
			c.complain("store.index", "record %s is not found under its ID", r.ID)
		}
		for _, ix := range []struct {
			name        string
			bucket, key []byte
			want        bool
		}{
			{"its learner", bucketLearners, join(r.Learner[:], seq), true},
			{"its achievement", bucketAwards, join(words(r.Achievement), seq), true},
			{"the prepared ones", bucketPrepared, seq, r.State == issuer.Unsigned},
		} {
			if (tx.Bucket(ix.bucket).Get(ix.key) != nil) != ix.want {
				c.complain("store.index", "record %s (%s) among %s: want %v", r.ID, r.State, ix.name, ix.want)
			}
		}
		c.checkPlaces(tx, r)
		return nil
	})
}

// checkPlaces looks for an index used twice: the one mistake that nothing
// repairs.
func (c *checker) checkPlaces(tx *bbolt.Tx, r issuer.StoredRecord) {
	for _, p := range r.Places {
		key := markKey(p.List, p.Number)
		if p.Set {
			c.marked[string(key)] = true
		}
		if has := tx.Bucket(bucketMarks).Get(key) != nil; has != p.Set {
			c.complain("store.marks", "record %s: mark %d of list %s is %v, want %v", r.ID, p.Number, p.List, has, p.Set)
		}
		p.Set = false
		if other, taken := c.places[p]; taken {
			c.complain("store.places", "number %d of list %s stands in records %s and %s", p.Number, p.List, other, r.ID)
		}
		c.places[p] = r.ID
		if l, ok := c.lists[p.List]; !ok || p.Number >= l.Next || l.Issuer != r.Issuer || l.Purpose != p.Purpose {
			c.complain("store.places", "record %s has number %d of list %s, which that list never gave to it", r.ID, p.Number, p.List)
		}
	}
}

// checkIndexes looks for entries that lead nowhere.
func (c *checker) checkIndexes(tx *bbolt.Tx) error {
	for _, name := range [][]byte{bucketIDs, bucketLearners, bucketAwards} {
		n := 0
		if err := tx.Bucket(name).ForEach(func(_, _ []byte) error { n++; return nil }); err != nil {
			return err
		}
		if n != c.count {
			c.complain("store.index", "%d records, but %d entries in %s", c.count, n, name)
		}
	}
	return tx.Bucket(bucketMarks).ForEach(func(k, _ []byte) error {
		if !c.marked[string(k)] && len(k) > 5 {
			c.complain("store.marks", "number %d of list %s is marked and no record asks for it", binary.BigEndian.Uint32(k[len(k)-4:]), k[:len(k)-5])
		}
		return nil
	})
}

func (c *checker) checkThings(tx *bbolt.Tx) error {
	owned, due := 0, 0
	err := tx.Bucket(bucketThings).ForEach(func(k, v []byte) error {
		var t issuer.Thing
		if err := decodeJSON(k, v, &t); err != nil {
			c.complain("store.thing", "%v", err)
			return nil
		}
		if !bytes.Equal(tx.Bucket(bucketThingIDs).Get(thingKey(t.Kind, t.ID)), k) {
			c.complain("store.index", "%s %s is not found under its ID", t.Kind, t.ID)
		}
		for _, ix := range []struct {
			name        string
			bucket, key []byte
			count       *int
		}{
			{"its owner", bucketOwned, ownedKey(k, t), &owned},
			{"its time", bucketDue, dueKey(k, t), &due},
		} {
			if ix.key == nil {
				continue
			}
			*ix.count++
			if found, _ := tx.Bucket(ix.bucket).Cursor().Seek(ix.key); !bytes.Equal(found, ix.key) {
				c.complain("store.index", "%s %s is not found under %s", t.Kind, t.ID, ix.name)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, ix := range []struct {
		bucket []byte
		want   int
	}{{bucketOwned, owned}, {bucketDue, due}} {
		n := 0
		if err := tx.Bucket(ix.bucket).ForEach(func(_, _ []byte) error { n++; return nil }); err != nil {
			return err
		}
		if n != ix.want {
			c.complain("store.index", "%d things, but %d entries in %s", ix.want, n, ix.bucket)
		}
	}
	return nil
}

func (c *checker) checkLog(tx *bbolt.Tx) error {
	var at head
	err := tx.Bucket(bucketLog).ForEach(func(k, v []byte) error {
		e, err := decodeEntry(k, v)
		if err != nil {
			c.complain("log.entry", "%v", err)
			return nil
		}
		if e.Number != at.Number+1 || e.Previous != at.Sum {
			c.complain("log.chain", "entry %d does not follow entry %d", e.Number, at.Number)
		}
		at = head{e.Number, e.Sum()}
		return nil
	})
	if err != nil {
		return err
	}
	if h, err := logHead(tx); err != nil || h != at {
		c.complain("log.head", "the log ends with entry %d, and its head says %d", at.Number, h.Number)
	}
	return nil
}
