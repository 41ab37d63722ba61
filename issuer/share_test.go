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
	"merkki/verifier"
)

// sharing is a school with one credential that has a name, a result and a
// holder's copy, and its learner.
func sharing(t testing.TB, formats ...string) (*house, issuer.Record, issuer.Digest) {
	t.Helper()
	h, a := school(t, false)
	if len(formats) > 0 {
		all, err := h.Institutions(ctx)
		must(t, err)
		_, err = h.EditInstitution(ctx, registrar, all[0].ID, issuer.Edit{Formats: formats})
		must(t, err)
	}
	evidence := parse(t, `{"id":"https://evidence.example/hidden-evidence","type":["Evidence"],"name":"Hidden evidence"}`)
	r := h.issue(t, issuer.Draft{Achievement: a.ID, Evidence: []schema.Value{evidence}, HashedEmail: true})
	return h, r, h.LearnerOf(aino.Email)
}

func (h *house) share(t testing.TB, who issuer.Digest, id string, n issuer.NewShare) issuer.Share {
	t.Helper()
	if n.Label == "" {
		n.Label = "for Acme"
	}
	if n.Until.IsZero() {
		n.Until = h.clock().Add(24 * time.Hour)
	}
	sh, err := h.MakeShare(ctx, who, id, n)
	must(t, err)
	return sh
}

func wantCode(t testing.TB, what string, err error, code schema.Code) {
	t.Helper()
	if f := faultOf(err); f == nil || f.Code != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

// TestShares is the life of a link.
func TestShares(t *testing.T) {
	h, r, who := sharing(t)
	until := h.clock().Add(time.Hour)
	_, err := h.MakeShare(ctx, who, r.ID, issuer.NewShare{Label: "x", Until: until, Limited: true})
	wantCode(t, "limited, of an open credential", err, schema.CodeConflict)
	_, err = h.MakeShare(ctx, h.LearnerOf("eve@example.org"), r.ID, issuer.NewShare{Label: "x", Until: until})
	wantCode(t, "of somebody else's", err, schema.CodeNotFound)
	for _, n := range []issuer.NewShare{
		{Until: until}, {Label: strings.Repeat("ä", 101), Until: until}, {Label: "x"}, {Label: "x", Until: h.clock()},
		{Label: "x", Until: h.clock().Add(400 * 24 * time.Hour)}, {Label: "x", Until: until, Shows: []string{"email"}},
	} {
		_, err = h.MakeShare(ctx, who, r.ID, n)
		wantCode(t, n.Label, err, schema.CodeMalformedValueError)
	}
	full := h.share(t, who, r.ID, issuer.NewShare{})
	part := h.share(t, who, r.ID, issuer.NewShare{Label: "for Acme", Limited: true, Shows: []string{"evidence"}, Close: true})
	got, err := h.OpenShare(ctx, strings.ToLower(full.Token))
	if err != nil || got.Claims.GetString("id") != r.URL {
		t.Errorf("full: %v", err)
	}
	got, err = h.OpenShare(ctx, part.Token)
	must(t, err)
	claims := string(schema.Marshal(got.Claims))
	if strings.Contains(claims, "Aino") || strings.Contains(claims, "identityHash") || !strings.Contains(claims, "Hidden evidence") {
		t.Errorf("the part shows %s", claims)
	}
	_, err = h.Choose(ctx, who, r.ID, issuer.ByLink)
	must(t, err)
	_, err = h.OpenShare(ctx, part.Token)
	wantCode(t, "a part of an open credential", err, schema.CodeNotFound)
	_, err = h.OpenShare(ctx, full.Token)
	must(t, err)
	_, err = h.Withhold(ctx, registrar, r.ID, true)
	must(t, err)
	_, err = h.OpenShare(ctx, full.Token)
	wantCode(t, "of what is withheld", err, schema.CodeNotFound)
	_, err = h.MakeShare(ctx, who, r.ID, issuer.NewShare{Label: "x", Until: until, Close: true})
	wantCode(t, "made of what is withheld", err, schema.CodeConflict)
	_, err = h.Withhold(ctx, registrar, r.ID, false)
	must(t, err)

	wantCode(t, "ended by somebody else", h.EndShare(ctx, h.LearnerOf("eve@example.org"), r.ID, full.ID), schema.CodeNotFound)
	must(t, h.EndShare(ctx, who, r.ID, full.ID))
	wantCode(t, "ended twice", h.EndShare(ctx, who, r.ID, full.ID), schema.CodeNotFound)
	_, err = h.OpenShare(ctx, full.Token)
	wantCode(t, "ended", err, schema.CodeNotFound)

	short := h.share(t, who, r.ID, issuer.NewShare{Until: h.clock().Add(time.Minute)})
	h.pass(time.Minute)
	_, err = h.OpenShare(ctx, short.Token)
	wantCode(t, "run out", err, schema.CodeNotFound)
	all, err := h.Shares(ctx, who, r.ID)
	if err != nil || len(all) != 2 {
		t.Errorf("%d shares are listed, %v", len(all), err)
	}
	h.pass(32 * 24 * time.Hour)
	if all, err = h.Shares(ctx, who, r.ID); err != nil || len(all) != 0 {
		t.Errorf("after a month %d shares are listed, %v", len(all), err)
	}
	for range 50 {
		h.share(t, who, r.ID, issuer.NewShare{})
	}
	_, err = h.MakeShare(ctx, who, r.ID, issuer.NewShare{Label: "x", Until: h.clock().Add(time.Hour)})
	wantCode(t, "one too many", err, schema.CodeConflict)
}

// TestViews: a view writes nothing; the counts of many are written together, and
// survive a restart.
func TestViews(t *testing.T) {
	h, r, who := sharing(t)
	sh := h.share(t, who, r.ID, issuer.NewShare{})
	before := len(logOf(t, h))
	for range 100 {
		h.CountView(ctx, sh.ID)
	}
	h.reopen(t)
	all, err := h.Shares(ctx, who, r.ID)
	must(t, err)
	if all[0].Views != 100 {
		t.Errorf("%d views, want 100", all[0].Views)
	}
	if n := len(logOf(t, h)) - before; n != 1 {
		t.Errorf("100 views made %d writes, want 1", n)
	}
}

// TestNothingOfAShareIsKeptInClear: neither what opens a link nor whom it is for
// stands in the file.
func TestNothingOfAShareIsKeptInClear(t *testing.T) {
	h, r, who := sharing(t)
	sh := h.share(t, who, r.ID, issuer.NewShare{Label: "for Acme Corporation"})
	_, err := h.AskCorrection(ctx, who, r.ID, "The name is misspelt", "Aino-Maria")
	must(t, err)
	must(t, h.Close())
	b, err := os.ReadFile(filepath.Join(h.dir, "merkki.db"))
	must(t, err)
	for _, secret := range []string{sh.Token, "Acme", "misspelt", "Aino-Maria"} {
		if bytes.Contains(b, []byte(secret)) {
			t.Errorf("the record file holds %q", secret)
		}
	}
	h.open(t)
}

// TestDerivedParts: whatever is shown and hidden, the derived credential holds
// what the page holds and nothing hidden, and any verifier finds it valid.
func TestDerivedParts(t *testing.T) {
	h, r, who := sharing(t, "eddsa-rdfc-2022", "ecdsa-sd-2023")
	marks := map[string]string{"name": aino.Name, "evidence": "Hidden evidence"}
	for _, shows := range [][]string{nil, {"name"}, {"evidence"}, {"evidence", "name"}} {
		sh := h.share(t, who, r.ID, issuer.NewShare{Limited: true, Shows: shows, Close: true})
		opened, err := h.OpenShare(ctx, sh.Token)
		must(t, err)
		derived, err := h.Derive(ctx, opened)
		must(t, err)
		if rep := h.verify(t, derived); rep.Verdict != verifier.Valid {
			t.Errorf("%v: %s: %+v", shows, rep.Verdict, rep.Primary)
		}
		for part, mark := range marks {
			want := slices.Contains(shows, part)
			if got := strings.Contains(string(schema.Marshal(opened.Claims)), mark); got != want {
				t.Errorf("%v: the page shows %s: %v", shows, part, got)
			}
			if got := strings.Contains(string(derived), mark); got != want {
				t.Errorf("%v: the credential shows %s: %v", shows, part, got)
			}
		}
		if strings.Contains(string(derived), "emailAddress") {
			t.Errorf("%v: the credential holds a hash of the address", shows)
		}
	}
	plain, r2, who2 := sharing(t)
	opened, err := plain.OpenShare(ctx, plain.share(t, who2, r2.ID, issuer.NewShare{Limited: true, Close: true}).Token)
	must(t, err)
	if b, err := plain.Derive(ctx, opened); b != nil || err != nil {
		t.Errorf("a part of what was signed as a whole: %s, %v", b, err)
	}
}
