package proof_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"

	"merkki/keys"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/schematest"
)

func ExampleSecureToken() {
	ctx := context.Background()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	const issuer = "https://uni.example"
	credential := schematest.Credential(rand.New(rand.NewPCG(1, 2))).With("issuer", schema.StringValue(issuer))

	token, err := proof.SecureToken(ctx, jsonld.Embedded(), credential, signer{key, issuer + "/keys/1"}, proof.TokenOptions{})
	if err != nil {
		panic(err)
	}

	// The key comes from what the issuer publishes, not from the token.
	jwks := published{issuer: {&keys.Method{KeyID: issuer + "/keys/1", Controller: issuer, Key: key.Public()}}}
	opened, err := proof.Open(ctx, token, jwks)
	if err != nil {
		fmt.Println("nothing in it may be believed:", err)
		return
	}
	fmt.Println("signed by the issuer:", opened.Method.Controller == opened.Claims.GetString("issuer"))
	// Output: signed by the issuer: true
}
