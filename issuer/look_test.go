package issuer_test

import (
	"bytes"
	"strings"
	"testing"

	"merkki/issuer"
	"merkki/schema"
)

func to[T any](v T) *T { return &v }

// TestLookIsKept: what was chosen is there after a restart, what is not named
// stays, what is empty is taken away; the logo stands in the profile of the next
// credential, and a credential with it is valid.
func TestLookIsKept(t *testing.T) {
	h, a := school(t, false)
	logo := []byte("<svg/>")
	edit := func(e issuer.LookEdit) issuer.Institution {
		t.Helper()
		_, err := h.EditInstitution(ctx, registrar, a.Issuer, issuer.Edit{Look: &e})
		must(t, err)
		h.reopen(t)
		i, err := h.Institution(ctx, a.Issuer)
		must(t, err)
		return i
	}
	i := edit(issuer.LookEdit{Colour: to("#2c4a86"), Logo: &logo, Texts: map[string]string{"fi": "Moi", "sv": "Hej"}, Landscape: to(true),
		Signatures: to([]issuer.SignatureEdit{{Name: "Aino", Title: "Rector", Image: []byte("hand")}})})
	i = edit(issuer.LookEdit{Texts: map[string]string{"sv": ""}, Contact: to("studies@example.fi")})
	if l := i.Look; l.Colour != "#2c4a86" || !l.Landscape || len(l.Texts) != 1 || l.Texts["fi"] != "Moi" || l.Contact != "studies@example.fi" || len(l.Signatures) != 1 {
		t.Errorf("%+v", l)
	}
	for name, want := range map[string][]byte{i.Look.Logo: logo, i.Look.Signatures[0].Image: []byte("hand")} {
		if b, err := h.Picture(ctx, name); err != nil || !bytes.Equal(b, want) {
			t.Errorf("picture %s: %q, %v", name, b, err)
		}
	}
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	if image, _ := i.Profile.Get("image"); !strings.HasSuffix(image.GetString("id"), "/i/"+i.ID+"/logo") || !bytes.Contains(r.Credential, []byte(image.GetString("id"))) {
		t.Errorf("the profile has the image %s", schema.Marshal(image))
	}
	if report := h.verify(t, r.Credential); report.Verdict != "valid" {
		t.Errorf("%s: %+v", report.Verdict, report.Primary)
	}
	i = edit(issuer.LookEdit{Logo: to([]byte{})})
	if _, ok := i.Profile.Get("image"); ok || i.Look.Logo != "" {
		t.Error("a logo that was taken away is still there")
	}
}

// TestLooksRefused: each with its place in the request.
func TestLooksRefused(t *testing.T) {
	h, a := school(t, false)
	for at, e := range map[string]issuer.LookEdit{
		"/colour": {Colour: to("blue")}, "/dark": {Dark: to("#12")}, "/secondLanguage": {Second: to("de")}, "/text": {Texts: map[string]string{"de": "x"}},
		"/text/fi": {Texts: map[string]string{"fi": strings.Repeat("x", 4001)}}, "/contact": {Contact: to("http://example.fi")},
		"/signatures": {Signatures: to(make([]issuer.SignatureEdit, 4))}, "/signatures/0": {Signatures: to([]issuer.SignatureEdit{{Name: " "}})},
		"/signatures/0/name": {Signatures: to([]issuer.SignatureEdit{{Name: "a\u202eb"}})},
	} {
		_, err := h.EditInstitution(ctx, registrar, a.Issuer, issuer.Edit{Look: &e})
		if f := faultOf(err); f == nil || f.Pointer != at {
			t.Errorf("%s: %v", at, err)
		}
	}
	_, err := h.EditInstitution(ctx, issuer.Actor{Name: "x", Roles: []string{issuer.KeyCustodian}}, a.Issuer, issuer.Edit{Look: &issuer.LookEdit{}})
	if f := faultOf(err); f == nil || f.Code != schema.CodeForbidden {
		t.Errorf("who keeps keys changed the look: %v", err)
	}
}
