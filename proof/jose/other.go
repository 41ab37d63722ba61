package jose

import (
	"context"
	"errors"

	"github.com/go-jose/go-jose/v4"

	"merkki/keys"
	"merkki/schema"
)

// SignOther makes a compact JWS of an object that is no credential, such as a
// receipt; [OpenSigned] reads it. Its header says alg, kid and typ, and typ is
// none of those that a credential has, so that one is never taken for the other
// (RFC 8725, section 3.11). The result was read back and verified. That the
// signer failed wraps a fault with PROOF_GENERATION_ERROR.
func SignOther(ctx context.Context, payload schema.Value, s keys.Signer, typ string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if _, credential := types[typ]; credential {
		return nil, generationError(errors.New("jose: the type " + typ + " is one of credentials"))
	}
	a := algorithmFor(s.Public(), Options{})
	if a == nil {
		return nil, generationError(errors.New("jose: this kind of key signs no tokens"))
	}
	o := (&jose.SignerOptions{}).WithType(jose.ContentType(typ))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: a.name, Key: opaque{s, a, s.VerificationMethod()}}, o)
	if err != nil {
		return nil, generationError(err)
	}
	jws, err := signer.Sign(schema.Marshal(payload))
	if err != nil {
		return nil, generationError(err)
	}
	text, err := jws.CompactSerialize()
	if err != nil {
		return nil, generationError(err)
	}
	if _, err := OpenSigned([]byte(text), s.Public(), schema.Limits{}, string(a.name)); err != nil {
		return nil, generationError(err)
	}
	return []byte(text), nil
}

// HeaderOf returns the typ and kid of a compact JWS, read and not believed: it is
// how a reader finds out what this is and with which key to open it. False for
// anything that is no compact JWS.
func HeaderOf(b []byte) (typ, kid string, ok bool) {
	header, _, err := split(string(b))
	if err != nil || len(header) > maxHeader {
		return "", "", false
	}
	doc, err := schema.Parse(header, schema.Limits{Bytes: maxHeader, Depth: 8})
	if err != nil {
		return "", "", false
	}
	return doc.Root().GetString("typ"), doc.Root().GetString("kid"), true
}
