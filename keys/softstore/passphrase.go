package softstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"
)

// ChangePassphrase closes the identity of a key folder under another passphrase.
// The identity stays the same: no key file is touched, and a process that has opened
// the folder goes on. A crash leaves the file as it was or as it will be. What opens
// with the old passphrase is a copy of the old file, such as a backup, and only that.
//
// fresh is asked only after the old passphrase was right.
func ChangePassphrase(dir string, old, fresh func() (string, error)) error {
	if err := checkModes(dir); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, identityFile)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the keys in %s are not closed with a passphrase but with an identity file: to change it would be to encrypt every key anew", dir)
	}
	i, err := passphrase{old}.open(dir)
	if err != nil {
		return err
	}
	word, err := fresh()
	if err != nil {
		return err
	}
	sealed, err := i.under(word)
	if err != nil {
		return err
	}
	return writeFile(dir, identityFile, sealed)
}

// under is the identity as it lies in the folder, closed with a passphrase.
func (i *identity) under(word string) ([]byte, error) {
	recipient, err := age.NewScryptRecipient(word)
	if err != nil {
		return nil, errors.New("an empty passphrase protects nothing; give one, or use an identity file")
	}
	recipient.SetWorkFactor(workFactor)
	return seal([]byte(i.age.String()+"\n"), recipient)
}
