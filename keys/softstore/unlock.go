package softstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"
)

const (
	identityFile = "identity.age"
	maxIdentity  = 64 << 10 // of an identity file, encrypted or open
)

// workFactor is the scrypt cost of the passphrase, as a power of two: about a
// second on the machines of today, which is age's own choice. Tests of this
// package lower it, nothing else does.
var workFactor = 18

// An identity opens every private key of a folder, and closes new ones.
type identity struct {
	age *age.X25519Identity
}

// An Unlock says how the identity of a folder is opened. It is asked when the
// first private key is needed, and not before.
type Unlock interface {
	open(dir string) (*identity, error)
	create(dir string) (*identity, error)
}

// Passphrase unlocks identity.age in the folder with a passphrase, which ask
// gives when it is needed: from a terminal, a file, the environment.
func Passphrase(ask func() (string, error)) Unlock { return passphrase{ask} }

// IdentityFile unlocks with an open age identity, the file that age-keygen or
// [NewIdentity] writes. It must not lie in the key folder. Other users must not
// be able to read it; its group may, because that is how service managers
// hand credentials over.
func IdentityFile(path string) Unlock { return openIdentity{path} }

// NewIdentity writes a new open identity to a file that does not exist yet.
// Whoever has the file has the keys.
func NewIdentity(path string) error {
	i, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("the identity file cannot be made: %w", err)
	}
	_, err = fmt.Fprintln(f, i)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("the identity file cannot be written: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

type passphrase struct{ ask func() (string, error) }

func (p passphrase) create(dir string) (*identity, error) {
	word, err := p.ask()
	if err != nil {
		return nil, err
	}
	x, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	i := &identity{x}
	sealed, err := i.under(word)
	if err != nil {
		return nil, err
	}
	if err := writeFile(dir, identityFile, sealed); err != nil {
		return nil, err
	}
	return i, nil
}

func (p passphrase) open(dir string) (*identity, error) {
	path := filepath.Join(dir, identityFile)
	sealed, err := readBounded(path, maxIdentity)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s is missing: without it no key of this folder can be used; restore it from a backup, or give the open identity with --identity FILE", path)
	case err != nil:
		return nil, fmt.Errorf("the key folder cannot be unlocked: %w", err)
	}
	word, err := p.ask()
	if err != nil {
		return nil, err
	}
	scrypt, err := age.NewScryptIdentity(word)
	if err != nil {
		return nil, errors.New("the passphrase is empty")
	}
	// A file that asks for more work than ours has not been written by us.
	scrypt.SetMaxWorkFactor(22)
	plain, err := unseal(sealed, scrypt)
	if _, wrong := errors.AsType[*age.NoIdentityMatchError](err); wrong {
		return nil, fmt.Errorf("the passphrase does not open %s", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: %w; restore it from a backup", path, err)
	}
	return parseIdentity(path, plain)
}

type openIdentity struct{ path string }

func (o openIdentity) create(string) (*identity, error) { return o.open("") }

func (o openIdentity) open(string) (*identity, error) {
	info, err := os.Stat(o.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no identity file %s", o.path)
	case err != nil:
		return nil, fmt.Errorf("the identity file cannot be read: %w", err)
	}
	if err := checkMode(o.path, info, 0o027, "chmod 600"); err != nil {
		return nil, err
	}
	text, err := readBounded(o.path, maxIdentity)
	if err != nil {
		return nil, fmt.Errorf("the identity file cannot be read: %w", err)
	}
	return parseIdentity(o.path, text)
}

func parseIdentity(path string, text []byte) (*identity, error) {
	found, err := age.ParseIdentities(bytes.NewReader(text))
	if err == nil && len(found) == 1 {
		if x, ok := found[0].(*age.X25519Identity); ok {
			return &identity{x}, nil
		}
	}
	// Not err: it quotes the line, which may be a secret.
	return nil, fmt.Errorf("%s does not hold exactly one age identity (a line AGE-SECRET-KEY-1…)", path)
}

func seal(plain []byte, to age.Recipient) ([]byte, error) {
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), err
}

func unseal(sealed []byte, with age.Identity) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), with)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
