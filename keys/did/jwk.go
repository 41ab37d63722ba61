package did

import (
	"encoding/base64"
	"slices"

	"merkki/keys"
	"merkki/schema"
)

// parseJWK reads did:jwk: the DID is the base64url text of a public JWK, case
// and members as its owner wrote them. The one fragment is "0", whatever the
// JWK says of its kid. What is no JSON object in base64url is no DID; a JWK that
// is, and may not be used, is key.unusable, a private one among them.
func parseJWK(id identifier) (origin, error) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(id.specific)
	if err != nil { // the line breaks that the decoder skips are no idchars
		return origin{}, didFault(id.did, "base64url")
	}
	doc, err := schema.Parse(text, schema.Limits{Bytes: maxDID, Depth: 8})
	if err != nil {
		return origin{}, didFault(id.did, "syntax")
	}
	pub, err := keys.ReadJWK(doc.Root())
	if err != nil {
		return origin{}, err
	}
	return origin{computed: &keys.Method{
		ID:            id.did + "#0",
		Controller:    id.did,
		Key:           pub,
		Relationships: slices.Clone(computedRelationships),
		KeyID:         doc.Root().GetString("kid"),
	}}, nil
}
