package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"merkki/issuer"
)

func entry() issuer.LogEntry {
	return issuer.LogEntry{At: time.Unix(0, 0), Actor: "local:test", Action: "x", Subject: "y"}
}

// made returns the path of a closed store that holds one record.
func made(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "merkki.db")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	r := issuer.StoredRecord{ID: "ONE", State: issuer.Issued, Sealed: bytes.Repeat([]byte("sealed part "), 100)}
	if _, err := s.Create(t.Context(), issuer.Creation{Record: r, Entry: entry()}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func setTo(t *testing.T, path string, n uint64) {
	t.Helper()
	db, err := openFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *bbolt.Tx) error { return setFormat(tx, n) }); err != nil {
		t.Fatal(err)
	}
	db.Close()
}

// refusedWith checks that Open refuses and that the sentence has the words.
func refusedWith(t *testing.T, path string, words ...string) {
	t.Helper()
	s, err := Open(path)
	if err == nil {
		s.Close()
		t.Fatal("it opened")
	}
	for _, w := range append(words, path) {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

func TestNewerFormatIsRefused(t *testing.T) {
	path := made(t)
	setTo(t, path, Format+1)
	before, _ := os.ReadFile(path)
	refusedWith(t, path, fmt.Sprintf("format %d", Format+1), "newer merkki")
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("a file of a newer format was written to")
	}
}

func TestOlderFormatIsCopiedAndMigrated(t *testing.T) {
	path := made(t)
	setTo(t, path, 1)
	db, err := openFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	steps := map[uint64]func(*bbolt.Tx) error{
		1: func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Put([]byte("two"), []byte("2")) },
		2: func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Put([]byte("three"), []byte("3")) },
	}
	if err := upgrade(db, path, 3, steps); err != nil {
		t.Fatal(err)
	}
	db.View(func(tx *bbolt.Tx) error {
		if m := tx.Bucket(bucketMeta); format(tx) != 3 || m.Get([]byte("two")) == nil || m.Get([]byte("three")) == nil {
			t.Errorf("format %d after migration", format(tx))
		}
		return nil
	})
	kept, err := Open(path + ".format1")
	if err != nil {
		t.Fatalf("the copy of the old file does not open: %v", err)
	}
	defer kept.Close()
	if _, err := kept.Get(t.Context(), "ONE"); err != nil {
		t.Errorf("the copy lacks the record: %v", err)
	}
	failing := map[uint64]func(*bbolt.Tx) error{
		3: func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Put([]byte("four"), nil) },
		4: func(*bbolt.Tx) error { return errors.New("cannot") },
	}
	if err := upgrade(db, path, 5, failing); err == nil {
		t.Error("a failing migration succeeded")
	}
	db.View(func(tx *bbolt.Tx) error {
		if format(tx) != 3 || tx.Bucket(bucketMeta).Get([]byte("four")) != nil {
			t.Error("a failing migration left something")
		}
		return nil
	})
}

// Format 1 is format 2 without what was added: nothing is rewritten.
func TestFormat1ReadsAsItStands(t *testing.T) {
	path := made(t)
	setTo(t, path, 1)
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), "ONE"); err != nil {
		t.Error(err)
	}
	if found, err := s.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("after migration: %v, %v", found, err)
	}
	if _, err := os.Stat(path + ".format1"); err != nil {
		t.Errorf("the file was not copied first: %v", err)
	}
	s.Close()
	if s, err = Open(path); err != nil {
		t.Fatalf("a second time: %v", err)
	}
	s.Close()
}

func TestSecondProcessIsToldAfterTwoSeconds(t *testing.T) {
	path := made(t)
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	began := time.Now()
	refusedWith(t, path, "in use by another merkki process")
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestForeignFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, bytes.Repeat([]byte("no database\n"), 2000), 0o600); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, text)
	foreign := filepath.Join(dir, "foreign.db")
	db, err := bbolt.Open(foreign, 0o600, options(false))
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	refusedWith(t, foreign, "not a record file")
}

// A start that was cut off leaves its unfinished file under another name.
func TestFirstStartLeavesNoHalfFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "merkki.db")
	if err := os.WriteFile(path+".new", []byte("half a page"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := os.Stat(path + ".new"); err == nil {
		t.Error("the unfinished file is still there")
	}
}

// Every single byte of the file is spoilt in turn (a sample of them in the
// short form): the record is read as it was written, or not at all.
func TestBitRotIsNeverReadAsTruth(t *testing.T) {
	path := made(t)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := s.Get(t.Context(), "ONE")
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	step := 61
	if os.Getenv("MERKKI_LONG") == "1" {
		step = 1
	}
	noticed := 0
	for at := 0; at < len(good); at += step {
		spoilt := bytes.Clone(good)
		spoilt[at] ^= 1 << (at % 8)
		if err := os.WriteFile(path, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := openFile(path, true)
		if err != nil {
			noticed++
			continue
		}
		s := &Store{db: db, readOnly: true, closing: make(chan struct{})}
		got, err := s.Get(t.Context(), "ONE")
		switch {
		case err != nil:
			noticed++
		case got.State != want.State || got.ID != want.ID || !bytes.Equal(got.Sealed, want.Sealed) || !got.PreparedAt.Equal(want.PreparedAt):
			t.Errorf("byte %d spoilt: read %+v", at, got)
		}
		s.Close()
	}
	if noticed == 0 {
		t.Error("no damage was noticed at all")
	}
}
