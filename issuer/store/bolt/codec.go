package bolt

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"merkki/issuer"
)

// bbolt has no checksums on data pages: every value carries the SHA-256 of
// its key and content in front, so that bit rot and swapped pages are seen.

func seal(key, content []byte) []byte {
	sum := digest(key, content)
	return append(sum[:], content...)
}

func digest(key, content []byte) [32]byte {
	h := sha256.New()
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(key))))
	h.Write(key)
	h.Write(content)
	return [32]byte(h.Sum(nil))
}

// unseal checks a value and returns its content, which lives no longer than
// the transaction.
func unseal(key, value []byte) ([]byte, error) {
	if len(value) < 32 {
		return nil, fmt.Errorf("%w: value of %x is cut short", issuer.ErrDamaged, key)
	}
	content := value[32:]
	if digest(key, content) != [32]byte(value[:32]) {
		return nil, fmt.Errorf("%w: digest of %x does not match", issuer.ErrDamaged, key)
	}
	return content, nil
}

func putJSON(b *bbolt.Bucket, key []byte, v any) error {
	content, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return b.Put(key, seal(key, content))
}

// getJSON fills v; ErrNotFound if the key is not there.
func getJSON(b *bbolt.Bucket, key []byte, v any) error {
	value := b.Get(key)
	if value == nil {
		return issuer.ErrNotFound
	}
	return decodeJSON(key, value, v)
}

func decodeJSON(key, value []byte, v any) error {
	content, err := unseal(key, value)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, v); err != nil {
		return fmt.Errorf("%w: %x: %v", issuer.ErrDamaged, key, err)
	}
	return nil
}

// A record is the length of its open part, the open part as JSON, and the
// sealed part as it came.
func putRecord(b *bbolt.Bucket, seq []byte, r issuer.StoredRecord) error {
	open, err := json.Marshal(r)
	if err != nil {
		return err
	}
	content := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(open)+len(r.Sealed)), uint32(len(open)))
	content = append(append(content, open...), r.Sealed...)
	return b.Put(seq, seal(seq, content))
}

func decodeRecord(seq, value []byte, withSealed bool) (issuer.StoredRecord, error) {
	var r issuer.StoredRecord
	content, err := unseal(seq, value)
	if err != nil {
		return r, err
	}
	if len(content) < 4 || uint64(len(content)-4) < uint64(binary.BigEndian.Uint32(content)) {
		return r, fmt.Errorf("%w: record %x is cut short", issuer.ErrDamaged, seq)
	}
	n := binary.BigEndian.Uint32(content)
	if err := json.Unmarshal(content[4:4+n], &r); err != nil {
		return r, fmt.Errorf("%w: record %x: %v", issuer.ErrDamaged, seq, err)
	}
	if withSealed && len(content) > int(4+n) {
		r.Sealed = bytes.Clone(content[4+n:])
	}
	return r, nil
}

func sequence(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// join makes a compound key.
func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// words makes the prefix of a compound key that begins with text.
func words(s string) []byte { return append([]byte(s), 0) }
