package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// Format is the version of the file's layout that this program writes.
const Format = 3

// lockTimeout is how long Open waits for another process to let go.
const lockTimeout = 2 * time.Second

// migrations turn the layout of their index into the next one, in one
// transaction together with the raised version. Format 1 is the first layout
// there was, so nothing leads to it. In format 2 records and log entries may
// have digests of further forms of a credential. What format 1 holds reads as it
// stands; a program that knows format 1 alone would drop them, and then find
// the chain of the log broken. In format 3 records have revisions, and things
// are found by their owner and by when they are due; things of format 2 have
// neither.
var migrations = map[uint64]func(*bbolt.Tx) error{
	1: func(*bbolt.Tx) error { return nil },
	2: func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketOwned, bucketDue} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	},
}

func options(readOnly bool) *bbolt.Options {
	return &bbolt.Options{
		Timeout:      lockTimeout,
		FreelistType: bbolt.FreelistMapType,
		ReadOnly:     readOnly,
	}
}

// openFile opens path, which exists, as a bbolt file.
func openFile(path string, readOnly bool) (db *bbolt.DB, err error) {
	defer func() {
		if r := recover(); r != nil {
			db, err = nil, fmt.Errorf("%s cannot be read as a record file: %v", path, r)
		}
	}()
	db, err = bbolt.Open(path, 0o600, options(readOnly))
	if err == nil {
		return db, nil
	}
	if errors.Is(err, bbolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s is in use by another merkki process; stop it, or use its socket", path)
	}
	return nil, fmt.Errorf("%s cannot be opened: %w", path, err)
}

// create makes an empty record file. It is built under another name, checked,
// synced and only then renamed, because a power cut during bbolt's own first
// initialisation can leave a file that nothing opens (etcd-io/etcd#16596).
func create(path string) error {
	temp := path + ".new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	db, err := bbolt.Open(temp, 0o600, options(false))
	if err != nil {
		return fmt.Errorf("%s cannot be created: %w", path, err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range buckets {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		return setFormat(tx, Format)
	})
	if err == nil {
		err = checkFile(db)
	}
	if cerr := db.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		os.Remove(temp)
		return fmt.Errorf("%s cannot be created: %w", path, err)
	}
	return syncDir(filepath.Dir(path))
}

// checkFile walks every page of the file.
func checkFile(db *bbolt.DB) error {
	return db.View(func(tx *bbolt.Tx) error {
		var first error
		for err := range tx.Check() { // drained, or its goroutine would stay
			if first == nil {
				first = err
			}
		}
		return first
	})
}

func setFormat(tx *bbolt.Tx, n uint64) error {
	return tx.Bucket(bucketMeta).Put(keyFormat, binary.BigEndian.AppendUint64(nil, n))
}

func format(tx *bbolt.Tx) uint64 {
	b := tx.Bucket(bucketMeta)
	if b == nil {
		return 0
	}
	v := b.Get(keyFormat)
	if len(v) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(v)
}

// upgrade brings an older file to the wanted format after copying it, and
// refuses a newer one.
func upgrade(db *bbolt.DB, path string, want uint64, steps map[uint64]func(*bbolt.Tx) error) error {
	var have uint64
	if err := db.View(func(tx *bbolt.Tx) error { have = format(tx); return nil }); err != nil {
		return err
	}
	switch {
	case have == want:
		return nil
	case have == 0:
		return fmt.Errorf("%s is not a record file of merkki", path)
	case have > want:
		return fmt.Errorf("%s has format %d and this program knows formats up to %d: it was written by a newer merkki, use that one", path, have, want)
	}
	kept := fmt.Sprintf("%s.format%d", path, have)
	if err := copyTo(db, kept); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s cannot be copied before it is migrated: %w", path, err)
	}
	return db.Update(func(tx *bbolt.Tx) error {
		for n := have; n < want; n++ {
			if steps[n] == nil {
				return fmt.Errorf("%s has format %d, and this program has no way from there to %d", path, have, want)
			}
			if err := steps[n](tx); err != nil {
				return fmt.Errorf("%s cannot be migrated from format %d: %w", path, n, err)
			}
		}
		return setFormat(tx, want)
	})
}

// copyTo writes a copy of one moment to a new file and syncs it. The target
// must not exist: bbolt's copy is not safe over a file in use
// (etcd-io/bbolt#1058), and a backup is never overwritten by a half one.
func copyTo(db *bbolt.DB, path string) (err error) {
	temp := path + ".part"
	if _, err := os.Lstat(path); err == nil {
		return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temp)
		}
	}()
	err = db.View(func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(f)
		return err
	})
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err = os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a rename in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
