package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"sync"

	"go.etcd.io/bbolt"

	"merkki/issuer"
)

// The layout. A sequence number is eight bytes, big endian, given to records
// in the order they are created: new records go to the end of the file's
// largest tree, which keeps writing fast and paging stable.
var (
	bucketMeta     = []byte("meta")     // keyFormat, keyLogHead
	bucketRecords  = []byte("records")  // sequence → record
	bucketIDs      = []byte("ids")      // record ID → sequence, never removed
	bucketPrepared = []byte("prepared") // sequence → nothing, while the state is prepared
	bucketLearners = []byte("learners") // learner, sequence → nothing
	bucketAwards   = []byte("awards")   // achievement address, 0, sequence → nothing
	bucketClaims   = []byte("claims")   // claim key → record ID and request
	bucketLists    = []byte("lists")    // sequence → list
	bucketListIDs  = []byte("list-ids") // list ID → sequence
	bucketMarks    = []byte("marks")    // list ID, number → nothing
	bucketThings   = []byte("things")   // kind, 0, sequence → thing
	bucketThingIDs = []byte("thing-ids")
	bucketOwned    = []byte("things-owned") // kind, 0, owner, 0, sequence → nothing
	bucketDue      = []byte("things-due")   // kind, 0, Unix milliseconds, sequence → nothing
	bucketLog      = []byte("log")          // entry number → entry

	keyFormat  = []byte("format")
	keyLogHead = []byte("log-head")

	buckets = [][]byte{
		bucketMeta, bucketRecords, bucketIDs, bucketPrepared, bucketLearners, bucketAwards, bucketClaims,
		bucketLists, bucketListIDs, bucketMarks, bucketThings, bucketThingIDs, bucketOwned, bucketDue, bucketLog,
	}
)

// A Store is an issuer.Store in one file.
type Store struct {
	db       *bbolt.DB
	readOnly bool
	writes   chan *write
	closing  chan struct{}
	closed   sync.Once
	done     sync.WaitGroup

	mu     sync.Mutex
	broken error // guarded by mu; set once a write failed on its way to the disk
}

var _ issuer.Store = (*Store)(nil)

// Open opens the record file at path, creating it if there is none. The
// errors are sentences for the person who starts the program.
func Open(path string) (*Store, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, err
		}
	}
	db, err := openFile(path, false)
	if err != nil {
		return nil, err
	}
	if err := upgrade(db, path, Format, migrations); err != nil {
		db.Close()
		return nil, err
	}
	s := &Store{db: db, writes: make(chan *write), closing: make(chan struct{})}
	s.done.Go(s.writer)
	return s, nil
}

// Close waits for the writes that have begun and lets go of the file.
func (s *Store) Close() error {
	var err error
	s.closed.Do(func() {
		close(s.closing)
		s.done.Wait()
		err = s.db.Close()
	})
	return err
}

// view runs do in a read transaction.
func (s *Store) view(do func(*bbolt.Tx) error) error {
	return guarded(func() error { return s.db.View(do) })
}

// guarded runs do. A damaged file can make bbolt panic, or a truncated one
// fault; both are damage that the caller is told about.
func guarded(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", issuer.ErrDamaged, r)
		}
	}()
	return do()
}

// Snapshot copies the file while it is written to, and opens the copy.
func (s *Store) Snapshot(ctx context.Context, path string) (issuer.Store, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := copyTo(s.db, path); err != nil {
		return nil, err
	}
	db, err := openFile(path, true)
	if err == nil {
		if err = checkFile(db); err != nil {
			db.Close()
		}
	}
	if err != nil {
		os.Remove(path)
		return nil, err
	}
	return &Store{db: db, readOnly: true, writes: make(chan *write), closing: make(chan struct{})}, nil
}
