package did_test

import (
	"context"
	"fmt"

	"merkki/internal/fetch"
	"merkki/keys"
	"merkki/keys/did"
)

func Example() {
	// An empty stack asks nobody; a program puts a fetch.Client into it.
	resolver := did.New(did.FromSource(fetch.NewStack(fetch.Rules{})))
	const key = "z6Mkf5rGMoatrSj1f4CyvuHBeXJELe9RPdzo2PKGNCKVtZxP"
	m, err := resolver.Resolve(context.Background(), "did:key:"+key+"#"+key)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(keys.AlgorithmOf(m.Key), m.Controller)

	_, err = resolver.Resolve(context.Background(), "did:web:issuer.example#k")
	fmt.Println(err)
	// Output:
	// Ed25519 did:key:z6Mkf5rGMoatrSj1f4CyvuHBeXJELe9RPdzo2PKGNCKVtZxP
	// KEY_RETRIEVAL_ERROR (key.unreachable) host=issuer.example reason=offline url=https://issuer.example/.well-known/did.json
}
