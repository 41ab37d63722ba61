package proof

import (
	"context"
	"crypto"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"merkki/keys"
	"merkki/proof/jose"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// ReadToken takes a compact JWS apart. The error is a [*schema.Fault] of
// input.size, of input.container (no compact JWS in its one spelling) or of
// document.syntax (the payload). What is wrong with the header stands in the
// Fault of the first proof, which is the token itself, so that the document can
// be judged all the same; what else there is to say stands in Also. Proofs
// inside the payload follow as further proofs.
//
// Claims is the credential or presentation as [jose.View] gives it; Document is
// the payload as it came. Method is the header's kid, a bare fragment resolved
// against a DID issuer, "" where the token only brings a key; Created is iat,
// or nbf where that is later.
func ReadToken(b []byte, l schema.Limits) (*Secured, error) {
	t, err := jose.Read(b, jose.Options{Limits: l})
	if err != nil {
		return nil, err
	}
	return tokenOf(t), nil
}

func tokenOf(t *jose.Token) *Secured {
	view := t.View()
	s := secured(t.Payload, view.Claims)
	s.Also = view.Faults
	for _, name := range t.Header.Ignored {
		s.Also = append(s.Also, schema.Found("format.header", "", map[string]any{"member": name}).Weighing(schema.Warn))
	}
	if member, there := view.Claims.Get("proof"); there {
		if f, bad := errors.AsType[*schema.Fault](s.readProofs(member)); bad {
			s.Also = append(s.Also, f)
		}
	}
	s.Proofs = append([]*Proof{tokenProof(t, view)}, s.Proofs...)
	return s
}

func tokenProof(t *jose.Token, view *jose.View) *Proof {
	p := &Proof{
		Format:    formatOf(FormatToken),
		Method:    keyURL(t.Header.KeyID, partyOf(view)),
		Purpose:   "assertionMethod",
		Created:   view.Issued,
		Expires:   view.Expires,
		Challenge: view.Nonce,
		Domains:   view.Audience,
		HeaderKey: t.Header.Key,
		KeyFault:  t.Header.KeyFault,
		Fault:     t.Header.Fault,
		token:     t,
	}
	if view.NotBefore.After(p.Created) {
		p.Created = view.NotBefore
	}
	if view.Content == jose.Presentation {
		p.Purpose = "authentication"
	}
	said := t.Header.Content
	if p.Fault == nil && said != jose.Anything && view.Content != jose.Anything && said != view.Content {
		p.Fault = schema.Found("format.type", "", map[string]any{"found": t.Header.Type})
	}
	return p
}

// partyOf returns who a token is said to come from: the issuer of a credential,
// the holder of a presentation.
func partyOf(view *jose.View) string {
	member := "issuer"
	if view.Content == jose.Presentation {
		member = "holder"
	}
	v, _ := view.Claims.Get(member)
	if v.Kind == schema.Object {
		return v.GetString("id")
	}
	return v.Text
}

// keyURL makes the URL of a verification method of a bare fragment.
func keyURL(kid, issuer string) string {
	if strings.HasPrefix(kid, "#") && strings.HasPrefix(issuer, "did:") {
		return issuer + kid
	}
	return kid
}

// An asSigned is a part of a token, which is signed as it stands.
type asSigned func() []byte

func (a asSigned) Canonical() []byte { return a() }

// openToken is Open for a token.
func (s *Secured) openToken(p *Proof, key crypto.PublicKey) (*Opened, error) {
	if !p.token.Fits(key) {
		return nil, schema.Found("format.algorithm-forbidden", "", map[string]any{"algorithm": p.token.Header.Algorithm})
	}
	sum := sha256.Sum256([]byte(p.token.Signed()))
	o := &Opened{Proof: p, Evidence: Evidence{
		document: asSigned(p.token.Payload.Raw), DocumentHash: hex.EncodeToString(sum[:]),
		proof: asSigned(func() []byte { return []byte(p.token.Header.Text) }),
	}}
	if !p.token.Verify(key) {
		return o, schema.Found("signature.mismatch", "", nil)
	}
	o.Claims = s.Claims
	return o, nil
}

// disagreement returns what of Also is more than a warning.
func (s *Secured) disagreement() *schema.Fault {
	for _, f := range s.Also {
		if f.Outcome != schema.Warn {
			return f
		}
	}
	return nil
}

// methodOf looks up the key of a proof. A token may name it in ways that only
// the issuer's own list of keys explains: by a kid that is no URL of a
// verification method, or by the key. A key that is not in the list is
// key.unbound.
func (s *Secured) methodOf(ctx context.Context, p *Proof, resolver keys.Resolver) (*keys.Method, error) {
	switch {
	case p.token == nil || strings.Contains(p.Method, "#"):
		return resolver.Resolve(ctx, p.Method)
	case p.Method == "" && p.KeyFault != nil:
		return nil, p.KeyFault
	}
	issuer := partyOf(&jose.View{Claims: s.Claims})
	var list []*keys.Method
	if r, ok := resolver.(keys.IssuerKeys); ok {
		var err error
		if list, err = r.IssuerKeys(ctx, issuer); err != nil {
			return nil, err
		}
	}
	m, err := keys.Find(list, p.Method, p.HeaderKey)
	if m == nil && err == nil {
		err = schema.Found("key.unbound", "", map[string]any{"issuer": issuer, "method": p.Method})
	}
	return m, err
}

// TokenOptions of a token to make.
type TokenOptions struct {
	// Type is the header's typ: "" means JWT, the Open Badges profile; "vc+jwt"
	// is VC JOSE COSE.
	Type string
}

// SecureToken makes a token of root without its proofs and returns it, read back
// from its bytes; kid is the signer's verification method. It refuses what is not
// lossless, as [Secure] does: a credential has to mean the same whichever way it
// is signed. The error is [jsonld.Faults] of document.contexts or
// document.terms, or a [*schema.Fault]; where the signer fails it wraps a fault
// with PROOF_GENERATION_ERROR.
func SecureToken(ctx context.Context, r *jsonld.Register, root schema.Value, s keys.Signer, o TokenOptions) ([]byte, error) {
	claims := root.Without("proof")
	if faults := r.CheckContexts(claims); len(faults) > 0 {
		return nil, jsonld.Faults(faults)
	}
	if _, err := r.Quads(ctx, claims); err != nil {
		return nil, documentError(ctx, err, &Proof{})
	}
	b, err := jose.Sign(ctx, claims, s, jose.SignOptions{KeyID: s.VerificationMethod(), Type: o.Type})
	if err != nil {
		return nil, err
	}
	back, err := ReadToken(b, schema.Limits{})
	switch {
	case err != nil:
		return nil, err
	case back.Proofs[0].Fault != nil:
		return nil, back.Proofs[0].Fault
	case back.disagreement() != nil:
		return nil, back.disagreement()
	}
	if string(schema.Marshal(back.Claims)) != string(schema.Marshal(claims)) {
		return nil, schema.Refusal(schema.CodeProofGenerationError, "", nil)
	}
	return b, nil
}
