package softstore

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merkki/keys"
)

func word(s string) func() (string, error) { return func() (string, error) { return s, nil } }

func TestChangePassphrase(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	s, err := Create(dir, Passphrase(word("the old one")))
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Generate(t.Context(), "did:web:a.example", keys.Ed25519, keys.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)
	refused := errors.New("nobody there")
	for name, change := range map[string]error{
		"wrong":     ChangePassphrase(dir, word("another"), word("the new one")),
		"empty":     ChangePassphrase(dir, word("the old one"), word("")),
		"not given": ChangePassphrase(dir, word("the old one"), func() (string, error) { return "", refused }),
	} {
		if change == nil {
			t.Errorf("%s: it went through", name)
		}
	}
	if after := files(t, dir); strings.Join(after, "\n") != strings.Join(before, "\n") {
		t.Errorf("a refused change left %q, was %q", after, before)
	}
	if err := ChangePassphrase(dir, word("the old one"), word("the new one")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Signer(t.Context(), p.ID); err != nil {
		t.Errorf("an open store: %v", err)
	}
	for given, works := range map[string]bool{"the old one": false, "the new one": true} {
		again, err := Open(dir, Passphrase(word(given)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := again.Signer(t.Context(), p.ID); (err == nil) != works {
			t.Errorf("%s: %v", given, err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, identityFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestIdentityFileHasNoPassphrase(t *testing.T) {
	home := t.TempDir()
	dir, id := filepath.Join(home, "keys"), filepath.Join(home, "id")
	if err := NewIdentity(id); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(dir, IdentityFile(id)); err != nil {
		t.Fatal(err)
	}
	if err := ChangePassphrase(dir, word("a"), word("b")); err == nil || !strings.Contains(err.Error(), "identity file") {
		t.Errorf("%v", err)
	}
}

// files are the names and contents of a folder.
func files(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e.Name()+" "+string(b))
	}
	return all
}
