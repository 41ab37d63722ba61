package proof_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
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
	credential := schematest.Credential(mathrand.New(mathrand.NewPCG(1, 2))).With("issuer", schema.StringValue(issuer))

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

// A university signs for selective disclosure, and the holder shows the name of
// the achievement and what she has to show.
func ExampleDerive() {
	ctx := context.Background()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	multikey, err := keys.Multikey(private.Public())
	if err != nil {
		panic(err)
	}
	issuer := "did:key:" + multikey
	credential := schematest.Credential(mathrand.New(mathrand.NewPCG(1, 2))).With("issuer", schema.StringValue(issuer))

	base, err := proof.Secure(ctx, jsonld.Embedded(), credential, anySigner{private, issuer + "#" + multikey}, proof.Options{
		Format: "ecdsa-sd-2023", MandatoryPointers: proof.MandatoryFor(credential),
	})
	if err != nil {
		panic(err)
	}
	shown, err := proof.Derive(ctx, jsonld.Embedded(), base, []string{"/credentialSubject/achievement/name"})
	if err != nil {
		panic(err)
	}

	opened, err := proof.Open(ctx, shown.Raw(), did.New(nothing{}))
	if err != nil {
		fmt.Println("nothing in it may be believed:", err)
		return
	}
	subject, _ := opened.Claims.Get("credentialSubject")
	_, whose := subject.Get("identifier")
	_, from := opened.Claims.Get("validFrom")
	fmt.Println("whose it is:", whose, "- since when:", from)
	// Output: whose it is: false - since when: true
}
