package main

import (
	"context"
	"slices"
	"strings"

	"merkki/proof/jose"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// A suite presents tokens in the form of data model 1.1, with the claims vp and
// vc, in envelopes of data model 2.0, which forbids those claims. They are read
// under the media type that the suite gives them, and nowhere else: under
// application/vp+jwt the same token is refused.
const legacyPrefix = "data:application/jwt,"

// legacyEnvelope returns the token in such an envelope.
func legacyEnvelope(v schema.Value) (token string, is bool) {
	contexts, types := v.GetList("@context"), v.GetList("type")
	token, is = strings.CutPrefix(v.GetString("id"), legacyPrefix)
	is = is && len(contexts) > 0 && contexts[0].Text == jsonld.BaseV2 &&
		len(types) == 1 && types[0].Text == "EnvelopedVerifiablePresentation"
	return token, is
}

// verifyLegacy verifies the token and those in it.
func (s *server) verifyLegacy(ctx context.Context, token, challenge string) reply {
	view, f := s.openLegacy(ctx, token)
	switch {
	case f != nil:
		return s.deny(f)
	case view.Content != jose.Presentation:
		return s.deny(malformed("", "VerifiablePresentation"))
	case challenge != "" && view.Nonce != "" && challenge != view.Nonce:
		return s.deny(schema.Refusal(schema.CodeInvalidChallengeError, "/nonce", map[string]any{"found": view.Nonce}))
	}
	for _, c := range view.Claims.GetList("verifiableCredential") {
		if f := s.verifyLegacyCredential(ctx, c); f != nil {
			return s.deny(f)
		}
	}
	return tell(verdict{Verified: true})
}

func (s *server) verifyLegacyCredential(ctx context.Context, c schema.Value) *schema.Fault {
	if c.Kind != schema.String {
		return malformed("/verifiableCredential", "token")
	}
	view, f := s.openLegacy(ctx, c.Text)
	if f != nil {
		return f
	}
	return conform(ctx, s.contexts, view.Claims, schema.CheckVerifiableCredential)
}

// openLegacy checks the signature of one token by the did:key that it names.
func (s *server) openLegacy(ctx context.Context, token string) (*jose.View, *schema.Fault) {
	t, err := jose.Read([]byte(token), jose.Options{ConformanceUnsafe: true, Limits: bodyLimits})
	if err != nil {
		return nil, faultOf(err)
	}
	if t.Header.Fault != nil {
		return nil, t.Header.Fault
	}
	m, err := s.resolver.Resolve(ctx, keyURL(t.Header.KeyID))
	if err != nil {
		return nil, faultOf(err)
	}
	view := t.View()
	i := slices.IndexFunc(view.Faults, func(f *schema.Fault) bool { return f.Finding == "schema.claims-differ" })
	switch {
	case !t.Verify(m.Key):
		return nil, schema.Found("signature.mismatch", "", nil)
	case i >= 0:
		return nil, view.Faults[i]
	}
	return view, nil
}

// keyURL completes a kid that is only a did:key, which has one method.
func keyURL(kid string) string {
	if value, ok := strings.CutPrefix(kid, "did:key:"); ok && !strings.Contains(kid, "#") {
		return kid + "#" + value
	}
	return kid
}
