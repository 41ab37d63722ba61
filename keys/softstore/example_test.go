package softstore_test

import (
	"context"
	"crypto"
	"fmt"
	"os"
	"path/filepath"

	"merkki/keys"
	"merkki/keys/softstore"
)

func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ask := func() (string, error) { return "correct horse battery staple", nil }

	store, err := softstore.Create(filepath.Join(dir, "keys"), softstore.Passphrase(ask))
	if err != nil {
		fmt.Println(err)
		return
	}
	pair, err := store.Generate(context.Background(), "did:web:issuer.example", keys.Ed25519, keys.Credentials)
	if err != nil {
		fmt.Println(err)
		return
	}
	signer, err := store.Signer(context.Background(), pair.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	signature, err := signer.Sign(nil, []byte("what is signed"), crypto.Hash(0))
	fmt.Println(len(signature), err)
	// Output: 64 <nil>
}
