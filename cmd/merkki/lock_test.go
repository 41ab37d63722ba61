package main

import (
	"os"
	"path/filepath"
	"testing"

	"merkki/keys"
	"merkki/keys/keystest"
	"merkki/keys/softstore"
)

// The store that remembers why it refused is a key store like any other.
func TestWatchedStore(t *testing.T) {
	keystest.Run(t, func(t *testing.T, place string) keys.Store {
		identity, dir := filepath.Join(place, "identity"), filepath.Join(place, "keys")
		open := softstore.Open
		if _, err := os.Stat(identity); err != nil {
			fine(t, softstore.NewIdentity(identity))
			open = softstore.Create
		}
		s, err := open(dir, softstore.IdentityFile(identity))
		fine(t, err)
		s.RSABits = 2048
		return &watchedStore{Store: s}
	})
}
