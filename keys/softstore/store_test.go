package softstore_test

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merkki/keys"
	"merkki/keys/keystest"
	"merkki/keys/softstore"
)

func word(w string) softstore.Unlock {
	return softstore.Passphrase(func() (string, error) { return w, nil })
}

// never fails a test in which a passphrase is asked for too early.
func never(t *testing.T) softstore.Unlock {
	return softstore.Passphrase(func() (string, error) {
		t.Error("the passphrase was asked for where nothing private is needed")
		return "", errors.New("not asked for")
	})
}

func openOrCreate(t *testing.T, dir string, unlock softstore.Unlock) *softstore.Store {
	t.Helper()
	open := softstore.Create
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		open = softstore.Open
	}
	s, err := open(dir, unlock)
	if err != nil {
		t.Fatal(err)
	}
	s.RSABits = 2048 // a third of the time that the default takes
	return s
}

func TestStoreWithPassphrase(t *testing.T) {
	keystest.Run(t, func(t *testing.T, place string) keys.Store {
		return openOrCreate(t, filepath.Join(place, "keys"), word("correct horse"))
	})
}

func TestStoreWithOpenIdentity(t *testing.T) {
	keystest.Run(t, func(t *testing.T, place string) keys.Store {
		identity := filepath.Join(place, "identity.txt")
		if _, err := os.Stat(identity); err != nil {
			if err := softstore.NewIdentity(identity); err != nil {
				t.Fatal(err)
			}
		}
		return openOrCreate(t, filepath.Join(place, "keys"), softstore.IdentityFile(identity))
	})
}

func TestRSAKeys(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	s := openOrCreate(t, dir, word("w"))
	for _, bits := range []int{1024, 2047, 4097, -1} {
		s.RSABits = bits
		if p, err := s.Generate(t.Context(), "did:web:issuer.example", keys.RSA, keys.Credentials); err == nil {
			t.Errorf("a key of %d bits was made: %s", bits, p.ID)
		}
	}
	s.RSABits = 0
	p, err := s.Generate(t.Context(), "did:web:issuer.example", keys.RSA, keys.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	if n := p.Public.(*rsa.PublicKey).N.BitLen(); n != 3072 {
		t.Errorf("a key of %d bits where nobody chose, want 3072", n)
	}
	_, name, _ := strings.Cut(p.ID, "#")
	text, err := os.ReadFile(filepath.Join(dir, name+".json"))
	if err != nil || !bytes.Contains(text, []byte(`"publicKeyJwk":{`)) || bytes.Contains(text, []byte(`"d":`)) {
		t.Errorf("the public file is %s (%v)", text, err)
	}
}

// newFolder makes a store with one key and returns its folder and the key.
func newFolder(t *testing.T) (string, keys.Pair) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	p, err := openOrCreate(t, dir, word("w")).Generate(t.Context(), "did:web:issuer.example", keys.Ed25519, keys.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	return dir, p
}

func TestPassphraseIsAskedForOnceAndLate(t *testing.T) {
	dir, p := newFolder(t)
	asked := 0
	s, err := softstore.Open(dir, softstore.Passphrase(func() (string, error) { asked++; return "w", nil }))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.List(t.Context()); err != nil || asked != 0 {
		t.Fatalf("List: %v, asked %d times for the passphrase, want 0", err, asked)
	}
	for range 2 {
		if _, err := s.Generate(t.Context(), p.Issuer, keys.P256, keys.Log); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Signer(t.Context(), p.ID); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times for the passphrase, want 1", asked)
	}
}

func TestEndingAKeyNeedsNoUnlocking(t *testing.T) {
	dir, p := newFolder(t)
	s, err := softstore.Open(dir, never(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Revoke(t.Context(), p.ID, p.Created); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Signer(t.Context(), p.ID); !errors.Is(err, keys.ErrRevoked) {
		t.Errorf("Signer of a revoked key: %v", err)
	}
}

func TestNothingPrivateLiesOpen(t *testing.T) {
	dir, _ := newFolder(t)
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v (%v), want 0700", info.Mode(), err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 {
		t.Fatalf("%d files (%v), want identity.age and two of the key", len(entries), err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v (%v), want 0600", e.Name(), info.Mode(), err)
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		switch encrypted := bytes.HasPrefix(b, []byte("age-encryption.org/v1\n")); {
		case strings.HasSuffix(e.Name(), ".age") != encrypted:
			t.Errorf("%s: encrypted %v", e.Name(), encrypted)
		case bytes.Contains(b, []byte("AGE-SECRET-KEY")), bytes.Contains(b, []byte("pkcs8")):
			t.Errorf("%s holds something private in the open", e.Name())
		}
	}
}

// A refusal is read by somebody who has to do something about it.
func TestRefusals(t *testing.T) {
	use := func(s *softstore.Store, err error, id string) error {
		if err != nil {
			return err
		}
		_, err = s.Signer(t.Context(), id)
		return err
	}
	file := func(dir string, p keys.Pair, ending string) string {
		return filepath.Join(dir, strings.TrimPrefix(p.ID, p.Issuer+"#")+ending)
	}
	for _, c := range []struct {
		name   string
		spoil  func(t *testing.T, dir string, p keys.Pair) softstore.Unlock
		phrase string
	}{
		{"wrong passphrase", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock { return word("v") },
			"the passphrase does not open"},
		{"empty passphrase", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock { return word("") },
			"the passphrase is empty"},
		{"identity missing", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock {
			must(t, os.Remove(filepath.Join(dir, "identity.age")))
			return word("w")
		}, "identity.age is missing"},
		{"identity cut off", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock {
			must(t, os.Truncate(filepath.Join(dir, "identity.age"), 200))
			return word("w")
		}, "is damaged"},
		{"folder open to others", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock {
			must(t, os.Chmod(dir, 0o750))
			return word("w")
		}, "chmod 700"},
		{"file open to others", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock {
			must(t, os.Chmod(file(dir, p, ".age"), 0o644))
			return word("w")
		}, "chmod 600"},
		{"link in the folder", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock {
			must(t, os.Symlink("/etc/hostname", filepath.Join(dir, "other")))
			return word("w")
		}, "is not a file"},
		{"private half missing", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock {
			must(t, os.Remove(file(dir, p, ".age")))
			return word("w")
		}, "restore"},
		{"private half damaged", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock {
			edit(t, file(dir, p, ".age"), func(b []byte) []byte { b[len(b)-1] ^= 1; return b })
			return word("w")
		}, "is damaged"},
		{"role edited", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock {
			edit(t, file(dir, p, ".json"), func(b []byte) []byte {
				return bytes.Replace(b, []byte(`"credentials"`), []byte(`"status-lists"`), 1)
			})
			return word("w")
		}, "says something else"},
		{"public half not JSON", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock {
			edit(t, file(dir, p, ".json"), func(b []byte) []byte { return b[:20] })
			return word("w")
		}, "does not describe a key"},
		{"format of the future", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock {
			edit(t, file(dir, p, ".json"), func(b []byte) []byte {
				return bytes.Replace(b, []byte(`"format":1`), []byte(`"format":2`), 1)
			})
			return word("w")
		}, "format that this version does not know"},
		{"another identity", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock {
			path := filepath.Join(filepath.Dir(dir), "identity.txt")
			must(t, softstore.NewIdentity(path))
			return softstore.IdentityFile(path)
		}, "another identity"},
		{"no identity file", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock {
			return softstore.IdentityFile(filepath.Join(dir, "..", "nowhere"))
		}, "there is no identity file"},
		{"identity file of something else", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock {
			path := filepath.Join(filepath.Dir(dir), "identity.txt")
			must(t, os.WriteFile(path, []byte("secret-looking text\n"), 0o600))
			return softstore.IdentityFile(path)
		}, "exactly one age identity"},
		{"identity file open to all", func(t *testing.T, dir string, p keys.Pair) softstore.Unlock {
			path := filepath.Join(filepath.Dir(dir), "identity.txt")
			must(t, softstore.NewIdentity(path))
			must(t, os.Chmod(path, 0o644))
			return softstore.IdentityFile(path)
		}, "chmod 600"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, p := newFolder(t)
			unlock := c.spoil(t, dir, p)
			s, err := softstore.Open(dir, unlock)
			err = use(s, err, p.ID)
			if err == nil || !strings.Contains(err.Error(), c.phrase) {
				t.Errorf("%v, want a sentence with %q", err, c.phrase)
			}
			if err != nil && strings.Contains(err.Error(), "secret-looking") {
				t.Error("the sentence quotes what might be a secret")
			}
		})
	}
}

func TestNothingIsWrittenOver(t *testing.T) {
	dir, _ := newFolder(t)
	if _, err := softstore.Create(dir, word("w")); err == nil || !strings.Contains(err.Error(), "never written over") {
		t.Errorf("Create in a folder with keys: %v", err)
	}
	identity := filepath.Join(t.TempDir(), "identity.txt")
	must(t, softstore.NewIdentity(identity))
	if err := softstore.NewIdentity(identity); err == nil {
		t.Error("NewIdentity wrote over an identity")
	}
}

func TestPrivateHalfAloneIsNoKey(t *testing.T) {
	dir, p := newFolder(t)
	// A crash between the two files leaves the private one alone.
	must(t, os.Remove(filepath.Join(dir, strings.TrimPrefix(p.ID, p.Issuer+"#")+".json")))
	s, err := softstore.Open(dir, never(t))
	if err != nil {
		t.Fatal(err)
	}
	if pairs, err := s.List(t.Context()); err != nil || len(pairs) != 0 {
		t.Errorf("%d keys (%v), want none: nobody has been told of it", len(pairs), err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func edit(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, change(b), 0o600))
}
