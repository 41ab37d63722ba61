package proof_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"time"

	"merkki/keys"
	"merkki/keys/did"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/schematest"
)

func Example() {
	ctx := context.Background()
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	multikey, err := keys.Multikey(private.Public())
	if err != nil {
		panic(err)
	}
	issuer := "did:key:" + multikey
	credential := schematest.Credential(rand.New(rand.NewPCG(1, 2))).With("issuer", schema.StringValue(issuer))

	doc, err := proof.Secure(ctx, jsonld.Embedded(), credential, signer{private, issuer + "#" + multikey},
		proof.Options{Created: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		panic(err)
	}

	opened, err := proof.Open(ctx, doc.Raw(), did.New(nothing{}))
	if err != nil {
		fmt.Println("nothing in it may be believed:", err)
		return
	}
	fmt.Println("signed by the issuer:", opened.Method.Controller == opened.Claims.GetString("issuer"))
	// Output: signed by the issuer: true
}
