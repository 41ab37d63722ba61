package softstore

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"merkki/keys"
	"merkki/schema"
)

// maxKeyFile bounds the files of one key.
const maxKeyFile = 64 << 10

// nameOf returns the file name of a pair without its ending.
func nameOf(p keys.Pair) string {
	_, name, _ := strings.Cut(p.ID, "#")
	return name
}

func isPublicFile(file string) (name string, ok bool) {
	return strings.CutSuffix(file, ".json")
}

func writePublic(dir, name string, p keys.Pair) error {
	v, err := description(p)
	if err != nil {
		return err
	}
	if !p.Retired.IsZero() {
		v = v.With("retired", schema.StringValue(schema.FormatTime(p.Retired)))
	}
	if !p.Revoked.IsZero() {
		v = v.With("revoked", schema.StringValue(schema.FormatTime(p.Revoked)))
	}
	return writeFile(dir, name+".json", append(schema.Marshal(v), '\n'))
}

func readPublic(dir, name string) (keys.Pair, error) {
	path := filepath.Join(dir, name+".json")
	text, err := readBounded(path, maxKeyFile)
	if err != nil {
		return keys.Pair{}, fmt.Errorf("a key cannot be read: %w", err)
	}
	p, err := parseDescription(text)
	if err == nil && p.ID != p.Issuer+"#"+name {
		err = errors.New("its name is not that of its key")
	}
	if err != nil {
		return keys.Pair{}, fmt.Errorf("%s does not describe a key: %w; restore it from a backup", path, err)
	}
	return p, nil
}

func writePrivate(dir, name string, p keys.Pair, private crypto.Signer, i *identity) error {
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	v, err := description(p)
	if err != nil {
		return err
	}
	v = v.With("pkcs8", schema.StringValue(base64.StdEncoding.EncodeToString(der)))
	sealed, err := seal(schema.Marshal(v), i.age.Recipient())
	if err != nil {
		return err
	}
	return writeFile(dir, name+".age", sealed)
}

// readPrivate opens the private half of p and checks that it is p's.
func readPrivate(dir string, p keys.Pair, i *identity) (crypto.Signer, error) {
	path := filepath.Join(dir, nameOf(p)+".age")
	sealed, err := readBounded(path, maxKeyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the private half of the key is missing: restore %s from a backup", path)
	case err != nil:
		return nil, fmt.Errorf("the private key cannot be read: %w", err)
	}
	plain, err := unseal(sealed, i.age)
	if _, wrong := errors.AsType[*age.NoIdentityMatchError](err); wrong {
		return nil, fmt.Errorf("%s is encrypted to another identity than the one given", path)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is damaged: %w; restore it from a backup", path, err)
	}
	private, err := parsePrivate(plain, p)
	if err != nil {
		return nil, fmt.Errorf("%s is not the private half of %s: %w", path, p.ID, err)
	}
	return private, nil
}

func parsePrivate(plain []byte, p keys.Pair) (crypto.Signer, error) {
	inside, err := parseDescription(plain)
	if err != nil {
		return nil, errors.New("it does not describe a key")
	}
	if inside.ID != p.ID || inside.Issuer != p.Issuer || inside.Role != p.Role || !inside.Created.Equal(p.Created) {
		return nil, errors.New("the public file beside it says something else")
	}
	doc, err := schema.Parse(plain, schema.Limits{Bytes: maxKeyFile})
	if err != nil {
		return nil, errors.New("it does not describe a key")
	}
	der, err := base64.StdEncoding.DecodeString(doc.Root().GetString("pkcs8"))
	if err != nil {
		return nil, errors.New("it holds no key")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	private, ok := parsed.(crypto.Signer)
	if err != nil || !ok {
		return nil, errors.New("it holds no key")
	}
	if public, ok := private.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !public.Equal(p.Public) {
		return nil, errors.New("it holds another key")
	}
	return private, nil
}

// writeFile puts a file where it is whole or absent after a power cut, and
// readable by its owner alone at every moment.
func writeFile(dir, name string, content []byte) error {
	f, err := os.CreateTemp(dir, ".new-*") // mode 0600
	if err != nil {
		return fmt.Errorf("a key file cannot be written: %w", err)
	}
	defer os.Remove(f.Name()) // fails once it has been renamed
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		return fmt.Errorf("a key file cannot be written: %w", err)
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func readBounded(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("%s is too large for what it should be", path)
	}
	return b, err
}
