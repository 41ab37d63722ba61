package issuer_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/schema"
)

func TestTokens(t *testing.T) {
	h, _ := school(t, false)
	end := h.clock().Add(time.Hour)
	made, err := h.NewToken(ctx, registrar, issuer.Token{Name: "registry", Roles: []string{issuer.Registrar}, Expires: end})
	must(t, err)
	if len(made.Secret) != 46 || !strings.HasPrefix(made.Secret, "mk_") {
		t.Fatalf("secret %q", made.Secret)
	}
	h.reopen(t)
	actor, err := h.Authenticate(ctx, made.Secret)
	must(t, err)
	if actor.Name != "registry" || !slices.Equal(actor.Roles, []string{issuer.Registrar}) {
		t.Errorf("actor %+v", actor)
	}
	if db, _ := os.ReadFile(filepath.Join(h.dir, "merkki.db")); bytes.Contains(db, []byte(made.Secret)) {
		t.Error("the secret is in the database")
	}
	listed, err := h.Tokens(ctx, registrar)
	must(t, err)
	if len(listed) != 1 || listed[0].Secret != "" || listed[0].ID != made.ID {
		t.Errorf("tokens %+v", listed)
	}
	flipped := []byte(made.Secret)
	flipped[45] ^= 1
	for _, wrong := range []string{"", "mk_", made.Secret[:45], made.Secret + "A", strings.ToUpper(made.Secret), string(flipped)} {
		_, err := h.Authenticate(ctx, wrong)
		refusedWith(t, err, schema.CodeUnauthenticated, "")
	}
	h.pass(time.Hour)
	_, err = h.Authenticate(ctx, made.Secret)
	refusedWith(t, err, schema.CodeUnauthenticated, "")

	forever, err := h.NewToken(ctx, registrar, issuer.Token{Name: "other", Roles: []string{issuer.Auditor}})
	must(t, err)
	must(t, h.RevokeToken(ctx, registrar, strings.ToLower(forever.ID)))
	must(t, h.RevokeToken(ctx, registrar, forever.ID))
	_, err = h.Authenticate(ctx, forever.Secret)
	refusedWith(t, err, schema.CodeUnauthenticated, "")
	refusedWith(t, h.RevokeToken(ctx, registrar, issuer.NewID()), schema.CodeNotFound, "")
}

func TestTokensRefused(t *testing.T) {
	h, _ := school(t, false)
	for pointer, tok := range map[string]issuer.Token{
		"/name":    {Roles: []string{issuer.Auditor}},
		"/roles":   {Name: "x", Roles: []string{"king"}},
		"/expires": {Name: "x", Roles: []string{issuer.Auditor}, Expires: h.clock()},
	} {
		_, err := h.NewToken(ctx, registrar, tok)
		refusedWith(t, err, schema.CodeMalformedValueError, pointer)
	}
	_, err := h.NewToken(ctx, registrar, issuer.Token{Name: "local:root", Roles: []string{issuer.Auditor}})
	refusedWith(t, err, schema.CodeMalformedValueError, "/name")
	custodian := issuer.Actor{Name: "c", Roles: []string{issuer.KeyCustodian}}
	_, err = h.NewToken(ctx, custodian, issuer.Token{Name: "x", Roles: []string{issuer.Registrar}})
	refusedWith(t, err, schema.CodeForbidden, "/roles")
}
