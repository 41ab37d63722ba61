package proof_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"merkki/keys"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// A signer is a key in memory under the method URL it is told.
type signer struct {
	ed25519.PrivateKey
	method string
}

func (s signer) VerificationMethod() string { return s.method }

func (s signer) public() ed25519.PublicKey { return s.Public().(ed25519.PublicKey) }

// An anySigner is a key of any kind under the method URL it is told.
type anySigner struct {
	crypto.Signer
	method string
}

func (s anySigner) VerificationMethod() string { return s.method }

// didKey makes the signer of a did:key from a word, and the DID.
func didKey(t testing.TB, word string) (signer, string) {
	t.Helper()
	seed := sha256.Sum256([]byte(word))
	priv := ed25519.NewKeyFromSeed(seed[:])
	multikey, err := keys.Multikey(priv.Public())
	if err != nil {
		t.Fatal(err)
	}
	did := "did:key:" + multikey
	return signer{priv, did + "#" + multikey}, did
}

// keyOf reads the key out of a did:key method, for documents whose keys are
// known to be in their names.
func keyOf(t testing.TB, method string) crypto.PublicKey {
	t.Helper()
	for i := range method {
		if method[i] == '#' {
			key, err := keys.ParseMultikey(method[i+1:])
			if err != nil {
				t.Fatal(err)
			}
			return key
		}
	}
	t.Fatalf("%s has no fragment", method)
	return nil
}

// isFinding reports whether err is a fault with that finding, or several of
// which the primary one has it.
func isFinding(err error, finding string) bool {
	if fs, ok := errors.AsType[jsonld.Faults](err); ok {
		return fs[0].Finding == finding
	}
	f, ok := errors.AsType[*schema.Fault](err)
	return ok && f != nil && f.Finding == finding
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readJSON(t testing.TB, path string, into any) {
	t.Helper()
	if err := json.Unmarshal(readFile(t, path), into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func parseFile(t testing.TB, path string) *schema.Document {
	t.Helper()
	return parse(t, string(readFile(t, path)))
}

// nothing is a web without documents, on which only keys that are computed
// can be found.
type nothing struct{}

func (nothing) FetchKey(_ context.Context, url string) ([]byte, error) {
	return nil, schema.Found("key.unreachable", "", map[string]any{"url": url})
}
