package issuer_test

import (
	"slices"
	"strings"
	"testing"

	"merkki/issuer"
	"merkki/keys"
	"merkki/keys/did"
	"merkki/schema"
)

// TestReceiptKeySignsNothingElse: it is published without being under any
// relationship, in no key set for tokens, and never the key of a credential, however
// new it is; without one there is no signer, and no issuing key stands in.
func TestReceiptKeySignsNothingElse(t *testing.T) {
	h, a := school(t, false)
	if _, ok, err := h.ReceiptSigner(ctx); err != nil || ok {
		t.Fatalf("a signer of receipts without a key for them: %v %v", ok, err)
	}
	custodian := issuer.Actor{Name: "local:test", Roles: issuer.AllRoles()}
	old, err := h.NewKey(ctx, custodian, "", keys.Ed25519, keys.Receipt)
	must(t, err)
	pair, err := h.NewKey(ctx, custodian, "", keys.P256, keys.Receipt)
	must(t, err)
	signer, ok, err := h.ReceiptSigner(ctx)
	must(t, err)
	if !ok || signer.VerificationMethod() != pair.ID {
		t.Errorf("the newest key is %s, receipts are signed with %v", pair.ID, signer)
	}
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	for _, id := range []string{old.ID, pair.ID} {
		if strings.Contains(string(r.Credential), id) || strings.Contains(string(segment(t, r.Token, 0).GetString("kid")), id) {
			t.Errorf("%s signed a credential", id)
		}
		method, err := h.Verifier(nil, nil, nil).Resolver.Resolve(ctx, id)
		must(t, err)
		if len(method.Relationships) != 0 {
			t.Errorf("%s is under %v", id, method.Relationships)
		}
	}
	doc, err := h.DIDDocument(ctx, a.Issuer)
	must(t, err)
	var asserted []string
	for _, v := range doc.GetList("assertionMethod") {
		asserted = append(asserted, v.Text)
	}
	if slices.Contains(asserted, pair.ID) || !strings.Contains(string(schema.Marshal(doc)), pair.ID) {
		t.Errorf("published as %s", schema.Marshal(doc))
	}
	pairs, err := h.Keys(ctx, "")
	must(t, err)
	set, err := did.JWKS("", pairs)
	must(t, err)
	if strings.Contains(string(schema.Marshal(set)), pair.ID) {
		t.Errorf("verifiers of tokens are told of it: %s", schema.Marshal(set))
	}
}
