package issuer

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
)

// learners keeps one key for each learner, in a file of its own beside the
// record file: slots of 80 bytes, an ID, a key, a checksum. The first slot
// holds the secret of the keyed hash that makes IDs of e-mail addresses, so
// that neither file alone tells who is in it. A key is on the disk before it
// seals anything; destroying one overwrites it in place.
type learners struct {
	mu    sync.Mutex
	file  *os.File
	slots map[Digest]int64 // offset of a learner's slot, guarded by mu
	keys  map[Digest][32]byte
	end   int64 // guarded by mu

	syncing sync.Mutex
	synced  int64 // slots before this offset are on the disk, guarded by syncing
	broken  error // guarded by syncing; set once a sync failed

	secret  [32]byte
	damaged []string // what was found wrong when the file was opened
}

const slotSize = 32 + 32 + 16

// learnersMagic stands where the first slot has its ID.
var learnersMagic = Digest([]byte("merkki learners, format 1\n\n\n\n\n\n\n"))

var (
	errErased    = errors.New("the learner's key has been destroyed")
	errNoLearner = errors.New("no key for this learner")
)

// openLearners opens the file, and makes it if there is none.
func openLearners(path string) (*learners, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		var secret [32]byte
		rand.Read(secret[:])
		if err := replaceFile(path, slot(learnersMagic, secret)); err != nil {
			return nil, err
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	l := &learners{slots: map[Digest]int64{}, keys: map[Digest][32]byte{}}
	if err := l.read(path, b); err != nil {
		return nil, err
	}
	if l.file, err = os.OpenFile(path, os.O_RDWR, 0o600); err != nil {
		return nil, err
	}
	// What follows the last whole slot was never acknowledged.
	if err := l.file.Truncate(l.end); err != nil {
		l.file.Close()
		return nil, err
	}
	l.synced = l.end
	return l, nil
}

// read fills l from the bytes of the file.
func (l *learners) read(path string, b []byte) error {
	id, secret, ok := readSlot(b)
	if !ok || id != learnersMagic {
		return fmt.Errorf("%s is not a file of learner keys, or is damaged: restore it from its backup", path)
	}
	l.secret = secret
	good := int64(slotSize)
	var bad []int64
	for at := good; at+slotSize <= int64(len(b)); at += slotSize {
		id, key, ok := readSlot(b[at:])
		if !ok {
			bad = append(bad, at)
			continue
		}
		good = at + slotSize
		l.slots[id], l.keys[id] = at, key
	}
	l.end = good
	for _, at := range bad {
		if at < good { // a torn end is no damage, a hole is
			l.damaged = append(l.damaged, fmt.Sprintf("slot at byte %d of %s does not match its checksum", at, path))
		}
	}
	return nil
}

func slot(id Digest, key [32]byte) []byte {
	sum := sha256.Sum256(append(id[:], key[:]...))
	return append(append(append(make([]byte, 0, slotSize), id[:]...), key[:]...), sum[:16]...)
}

func readSlot(b []byte) (id Digest, key [32]byte, ok bool) {
	if len(b) < slotSize {
		return id, key, false
	}
	copy(id[:], b)
	copy(key[:], b[32:])
	return id, key, string(slot(id, key)) == string(b[:slotSize])
}

// byEmail names the learner with an e-mail address, whatever its case.
func (l *learners) byEmail(email string) Digest {
	h := hmac.New(sha256.New, l.secret[:])
	h.Write([]byte("email\n" + strings.ToLower(strings.TrimSpace(email))))
	return Digest(h.Sum(nil))
}

// key returns a learner's key.
func (l *learners) key(id Digest) ([32]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key, ok := l.keys[id]
	switch {
	case !ok:
		return key, errNoLearner
	case key == [32]byte{}:
		return key, errErased
	}
	return key, nil
}

// ensure returns a learner's key, new if there is none, on the disk.
func (l *learners) ensure(id Digest) ([32]byte, error) {
	l.mu.Lock()
	key, at := l.keys[id], l.slots[id]
	if key == [32]byte{} {
		rand.Read(key[:])
		at = l.end
		if _, err := l.file.WriteAt(slot(id, key), at); err != nil {
			l.mu.Unlock()
			return key, full(err) // the next one is written over what there is of it
		}
		l.end += slotSize
		l.slots[id], l.keys[id] = at, key
	}
	l.mu.Unlock()
	return key, l.sync(at + slotSize)
}

// sync returns once everything before an offset is on the disk. One sync
// serves all who wait for it.
func (l *learners) sync(upTo int64) error {
	l.syncing.Lock()
	defer l.syncing.Unlock()
	if l.broken != nil || l.synced >= upTo {
		return l.broken
	}
	l.mu.Lock()
	end := l.end
	l.mu.Unlock()
	if err := l.file.Sync(); err != nil {
		l.broken = fmt.Errorf("%w: learner keys: %w", ErrReadOnly, err)
		return l.broken
	}
	l.synced = end
	return nil
}

// copyTo writes a copy of all keys to a new file.
func (l *learners) copyTo(path string) error {
	l.mu.Lock()
	b := make([]byte, l.end)
	_, err := l.file.ReadAt(b, 0)
	l.mu.Unlock()
	if err != nil {
		return err
	}
	return newFile(path, b)
}

func (l *learners) close() error { return l.file.Close() }
