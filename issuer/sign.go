package issuer

import (
	"context"
	"crypto"
	"crypto/sha256"
	"fmt"

	"merkki/keys"
	"merkki/proof"
	"merkki/schema"
	"merkki/verifier"
)

// A signing is a suite with the key that does its work.
type signing struct {
	suite
	key keys.Signer
}

// embedded returns the signings whose proof stands in the document.
func embedded(with []signing) (in []signing) {
	for _, x := range with {
		if x.suite.embedded() {
			in = append(in, x)
		}
	}
	return in
}

// signed is a credential in every form that its institution has switched on.
type signed struct {
	document []byte // with every proof that stands in it: what is published
	token    []byte // compact JWS; nil: none
	base     []byte // document with a base proof of ecdsa-sd-2023; nil: none
}

// token and base are zero where there is no such form.
func (d signed) digests() (document, token, base Digest) {
	return sum(d.document), sum(d.token), sum(d.base)
}

func sum(b []byte) Digest {
	if b == nil {
		return Digest{}
	}
	return sha256.Sum256(b)
}

// sign secures doc in every form and returns them only if v, reading each back
// from its bytes, calls it valid.
func (s *Service) sign(ctx context.Context, doc schema.Value, with []signing, v *verifier.Verifier) (signed, error) {
	d, err := s.secure(ctx, doc, with)
	if err != nil {
		return signed{}, err
	}
	for _, b := range [][]byte{d.document, d.token} {
		if err := verified(ctx, b, v); err != nil {
			return signed{}, err
		}
	}
	if d.base == nil {
		return d, nil
	}
	shown, err := s.show(ctx, d.base)
	if err == nil {
		err = verified(ctx, shown, v)
	}
	return d, err
}

// signMet is sign for a document whose like has been through the verifier: of
// what it asks, only the signatures can still come out otherwise. Each form is
// read back from its bytes, its signatures are checked with the keys that are
// published, and what they cover must be doc to the letter.
func (s *Service) signMet(ctx context.Context, i Institution, doc schema.Value, with []signing) (signed, error) {
	d, err := s.secure(ctx, doc, with)
	if err != nil {
		return signed{}, err
	}
	want := string(schema.Marshal(doc))
	for _, b := range [][]byte{d.document, d.token} {
		if b == nil {
			continue
		}
		opened, err := proof.Open(ctx, b, s.resolver(nil))
		if err != nil {
			return signed{}, lossy(err)
		}
		if opened.Method.Controller != i.DID || string(schema.Marshal(opened.Claims)) != want {
			return signed{}, fmt.Errorf("issuer: what was signed is not what was meant")
		}
	}
	if d.base == nil {
		return d, nil
	}
	shown, err := s.show(ctx, d.base)
	if err == nil {
		err = verified(ctx, shown, s.Verifier(nil, nil, nil))
	}
	return d, err
}

// secure signs; whoever calls it reads the result back. Proofs that stand in the document are a set: each is over the
// credential alone, and none needs another.
func (s *Service) secure(ctx context.Context, doc schema.Value, with []signing) (d signed, err error) {
	document := doc
	for _, x := range with {
		switch o := (proof.Options{Format: x.format.Name, Created: s.now(), Unchecked: true}); x.format.Name {
		case proof.FormatToken:
			d.token, err = proof.SecureToken(ctx, s.contexts, doc, x.key, proof.TokenOptions{})
		case formatBase:
			o.MandatoryPointers = proof.MandatoryFor(doc)
			d.base, _, err = s.embed(ctx, doc, x.key, o)
		default:
			d.document, document, err = s.embed(ctx, document, x.key, o)
		}
		if err != nil {
			return signed{}, lossy(err)
		}
	}
	return d, nil
}

func (s *Service) embed(ctx context.Context, doc schema.Value, k keys.Signer, o proof.Options) ([]byte, schema.Value, error) {
	secured, err := proof.Secure(ctx, s.contexts, doc, k, o)
	if err != nil {
		return nil, doc, err
	}
	return secured.Raw(), secured.Root(), nil
}

// verified returns nil only for what v calls valid.
func verified(ctx context.Context, b []byte, v *verifier.Verifier) error {
	if b == nil {
		return nil
	}
	report, err := v.Verify(ctx, verifier.Request{Input: b})
	if err != nil {
		return err
	}
	if report.Verdict != verifier.Valid {
		return rejected(report)
	}
	return nil
}

// show derives from a base copy what its holder can show at most. A base proof
// is nothing that a verifier takes; this is.
func (s *Service) show(ctx context.Context, base []byte) ([]byte, error) {
	doc, err := schema.Parse(base, schema.Limits{})
	if err != nil {
		return nil, err
	}
	var all []string
	for _, m := range doc.Root().Members {
		if m.Name != "@context" && m.Name != "proof" {
			all = append(all, schema.PointerTo("", m.Name))
		}
	}
	shown, err := proof.Derive(ctx, s.contexts, doc, all)
	if err != nil {
		return nil, fmt.Errorf("issuer: nothing can be derived from the base copy: %w", err)
	}
	return shown.Raw(), nil
}

// A throwaway is a key that signs one document, which then is thrown away too.
type throwaway struct {
	crypto.Signer
	method string
}

var _ keys.Signer = throwaway{}

func newThrowaway(a keys.Algorithm, method string) throwaway {
	if a == keys.RSA { // takes long to make, and is never shown
		return throwaway{sample(a), method}
	}
	return throwaway{fresh(a), method}
}

// VerificationMethod is that of the key it stands in for.
func (t throwaway) VerificationMethod() string { return t.method }

// throwaways returns the same signings with throw-away keys, and their public
// halves under the methods of the keys they stand in for.
func throwaways(with []signing) ([]signing, map[string]crypto.PublicKey) {
	lint := make([]signing, len(with))
	known := map[string]crypto.PublicKey{}
	made := map[string]throwaway{} // several suites may share a key
	for n, x := range with {
		method := x.key.VerificationMethod()
		if _, ok := made[method]; !ok {
			made[method] = newThrowaway(x.algorithm, method)
			known[method] = made[method].Public()
		}
		lint[n] = signing{x.suite, made[method]}
	}
	return lint, known
}
