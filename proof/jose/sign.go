package jose

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"

	"merkki/keys"
	"merkki/schema"
)

// SignOptions of a token to make.
type SignOptions struct {
	// KeyID is the header's kid: the URL of the key's verification method.
	KeyID string
	// Type is the header's typ. "" means JWT, the Open Badges profile, whose
	// payload repeats the credential in claims; "vc+jwt" and "vp+jwt" are VC JOSE
	// COSE, whose payload is the document alone.
	Type string
	// ConformanceUnsafe admits the algorithms that only test suites ask for.
	ConformanceUnsafe bool
}

// Sign makes a compact JWS of a document, of data model 2.0, without its
// proofs. The algorithm is that of the key. The result was read back and
// verified. What a document lacks for the Open Badges profile, or has and may
// not, is a [*schema.Fault] of document.schema; that the signer failed wraps one
// with PROOF_GENERATION_ERROR.
func Sign(ctx context.Context, document schema.Value, s crypto.Signer, o SignOptions) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	read := Options{ConformanceUnsafe: o.ConformanceUnsafe}
	payload, err := o.payload(document.Without("proof"))
	if err != nil {
		return nil, err
	}
	a := algorithmFor(s.Public(), read)
	if a == nil {
		return nil, generationError(errors.New("jose: this kind of key signs no tokens"))
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: a.name, Key: opaque{s, a, o.KeyID}}, o.headers())
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
	return readBack([]byte(text), s.Public(), read)
}

// readBack is what stands between a broken signer and a broken credential.
func readBack(b []byte, pub crypto.PublicKey, o Options) ([]byte, error) {
	t, err := Read(b, o)
	if err != nil {
		return nil, err
	}
	if t.Header.Fault != nil {
		return nil, t.Header.Fault
	}
	for _, f := range t.View().Faults {
		if f.Outcome != schema.Warn {
			return nil, f
		}
	}
	if !t.Verify(pub) {
		return nil, generationError(errors.New("jose: the signer made a signature that its own public key does not verify"))
	}
	return b, nil
}

func generationError(err error) error {
	return fmt.Errorf("%w: %w", schema.Refusal(schema.CodeProofGenerationError, "", nil), err)
}

func (o SignOptions) headers() *jose.SignerOptions {
	typ := o.Type
	if typ == "" {
		typ = "JWT"
	}
	h := (&jose.SignerOptions{}).WithType(jose.ContentType(typ))
	switch types[typ] {
	case Credential:
		h.WithContentType("vc")
	case Presentation:
		h.WithContentType("vp")
	}
	return h
}

// payload returns the document with the claims that the profile asks for.
func (o SignOptions) payload(document schema.Value) (schema.Value, error) {
	for _, name := range append([]string{"vc", "vp"}, registered...) {
		if _, there := document.Get(name); there {
			return schema.Value{}, schema.Found("schema.claims-forbidden", "/"+name, map[string]any{"claim": name})
		}
	}
	if o.Type != "" && o.Type != "JWT" {
		return document, nil
	}
	payload := document
	for _, c := range []struct{ claim, text string }{
		{"iss", idOf(document, "issuer")}, {"jti", idOf(document, "id")}, {"sub", onlySubject(document)},
	} {
		if c.text != "" {
			payload = payload.With(c.claim, schema.StringValue(c.text))
		}
	}
	for _, c := range []struct{ claim, member string }{{"nbf", "validFrom"}, {"exp", "validUntil"}} {
		if _, there := document.Get(c.member); !there {
			continue
		}
		at, err := schema.ParseTime(document.GetString(c.member))
		if err != nil {
			return schema.Value{}, schema.Found("schema.time", "/"+c.member, map[string]any{"expected": "date-time"})
		}
		payload = payload.With(c.claim, numericDateOf(at))
	}
	return payload, nil
}

// onlySubject returns the id of the one subject, "" where there is none or
// there are several.
func onlySubject(document schema.Value) string {
	if subjects := document.GetList("credentialSubject"); len(subjects) == 1 {
		return subjects[0].GetString("id")
	}
	return ""
}

// An opaque signer lets go-jose sign with a key that it never sees.
type opaque struct {
	signer    crypto.Signer
	algorithm *algorithm
	keyID     string
}

func (o opaque) Public() *jose.JSONWebKey {
	return &jose.JSONWebKey{Key: o.signer.Public(), KeyID: o.keyID}
}

func (o opaque) Algs() []jose.SignatureAlgorithm { return []jose.SignatureAlgorithm{o.algorithm.name} }

func (o opaque) SignPayload(payload []byte, alg jose.SignatureAlgorithm) ([]byte, error) {
	if !slices.Contains(o.Algs(), alg) {
		return nil, jose.ErrUnsupportedAlgorithm
	}
	return o.algorithm.sign(o.signer, payload)
}

// sign gives the signer no randomness: a key in software then signs
// deterministically (RFC 6979), and a device uses its own. Neither Ed25519 nor
// PKCS #1 v1.5 needs any.
func (a *algorithm) sign(s crypto.Signer, message []byte) ([]byte, error) {
	if a.hash == 0 {
		return s.Sign(nil, message, crypto.Hash(0))
	}
	h := a.hash.New()
	h.Write(message)
	sig, err := s.Sign(nil, h.Sum(nil), a.hash)
	if err != nil {
		return nil, err
	}
	if pub, ok := s.Public().(*ecdsa.PublicKey); ok {
		return keys.FixedWidth(sig, (pub.Curve.Params().BitSize+7)/8)
	}
	return sig, nil
}
