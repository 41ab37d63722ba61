package virtual

import (
	"merkki/proof"
	"merkki/schema"
)

// Present makes a presentation of credentials, as the holder shows it for an
// occasion: of documents as they are, of tokens in envelopes. Challenge and
// Domain of the options are those of the occasion.
func (i *Issuer) Present(o proof.Options, credentials ...[]byte) []byte {
	shown := []schema.Value{}
	for _, c := range credentials {
		if schema.Recognise(c) == schema.FormJWS {
			shown = append(shown, Envelope(c))
			continue
		}
		doc, err := schema.Parse(c, schema.Limits{})
		if err != nil {
			panic(err)
		}
		shown = append(shown, doc.Root())
	}
	root := tree(`{
		"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"], "holder": "HOLDER"
	}`, "HOLDER", i.id).With("verifiableCredential", schema.ArrayValue(shown...))
	if o.Purpose == "" {
		o.Purpose = "authentication"
	}
	if o.Created.IsZero() {
		o.Created = i.campus.Now()
	}
	return i.SignWith(root, o)
}

// Envelope puts a token into an object, the form in which documents hold it.
func Envelope(token []byte) schema.Value {
	return tree(`{
		"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["EnvelopedVerifiableCredential"],
		"id": "data:application/vc+jwt,TOKEN"
	}`, "TOKEN", string(token))
}

// Endorse makes an endorsement of something by its id, signed.
func (i *Issuer) Endorse(id string) []byte {
	return i.Sign(i.Endorsement(id))
}

// Endorsement is an endorsement that is not signed yet.
func (i *Issuer) Endorsement(id string) schema.Value {
	return tree(`{
		"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
		"id": "https://campus.example/e/1", "type": ["VerifiableCredential", "EndorsementCredential"], "name": "Well done",
		"issuer": {"id": "ISSUER", "type": ["Profile"], "name": "NAME"}, "validFrom": "2026-05-02T00:00:00Z",
		"credentialSubject": {"id": "WHAT", "type": ["EndorsementSubject"], "endorsementComment": "We know it well."}
	}`, "ISSUER", i.id, "NAME", i.Name, "WHAT", id)
}
