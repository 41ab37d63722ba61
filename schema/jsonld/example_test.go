package jsonld_test

import (
	"context"
	"crypto"
	"fmt"

	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
)

func Example() {
	doc, err := schema.Parse([]byte(`{
		"@context": ["https://www.w3.org/ns/credentials/v2"],
		"type": ["VerifiableCredential"],
		"issuer": "did:web:merkki.example",
		"credentialSubject": {"id": "urn:uuid:0b2f7f52-1f0e-4bd5-9e4e-111111111111", "name": "Aino"}
	}`), schema.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := jsonld.Embedded()
	if faults := r.CheckContexts(doc.Root()); len(faults) > 0 {
		fmt.Println(faults[0])
		return
	}
	quads, err := r.Quads(context.Background(), doc.Root())
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := rdfcanon.Canonicalize(context.Background(), quads, crypto.SHA256)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(c.Bytes()))
	// Output:
	// <urn:uuid:0b2f7f52-1f0e-4bd5-9e4e-111111111111> <https://schema.org/name> "Aino" .
	// _:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/2018/credentials#VerifiableCredential> .
	// _:c14n0 <https://www.w3.org/2018/credentials#credentialSubject> <urn:uuid:0b2f7f52-1f0e-4bd5-9e4e-111111111111> .
	// _:c14n0 <https://www.w3.org/2018/credentials#issuer> <did:web:merkki.example> .
}
