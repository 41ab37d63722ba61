package issuer_test

import (
	"strings"
	"testing"

	"merkki/issuer"
	"merkki/schema"
)

// TestCorrections is the life of a request: asked once at a time, seen by those
// who may, decided once.
func TestCorrections(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	who := h.LearnerOf(aino.Email)
	auditor := issuer.Actor{Name: "a", Roles: []string{issuer.Auditor}}
	publisher := issuer.Actor{Name: "p", Roles: []string{issuer.Publisher}}
	foreign := issuer.Actor{Name: "f", Roles: issuer.AllRoles(), Issuer: issuer.NewID()}
	for _, texts := range [][2]string{{"", "x"}, {"x", " "}, {strings.Repeat("ä", 1001), "x"}, {"x", "\xff"}} {
		_, err := h.AskCorrection(ctx, who, r.ID, texts[0], texts[1])
		wantCode(t, texts[0], err, schema.CodeMalformedValueError)
	}
	_, err := h.AskCorrection(ctx, h.LearnerOf("eve@example.org"), r.ID, "x", "y")
	wantCode(t, "about somebody else's", err, schema.CodeNotFound)
	q, err := h.AskCorrection(ctx, who, r.ID, "My name", "Aino-Maria")
	must(t, err)
	_, err = h.AskCorrection(ctx, who, r.ID, "My name", "Aino-Maria")
	wantCode(t, "a second one", err, schema.CodeConflict)

	all, err := h.Requests(ctx, auditor, "")
	if err != nil || len(all) != 1 || all[0].Right != "Aino-Maria" || all[0].Credential != r.ID {
		t.Errorf("open requests: %+v, %v", all, err)
	}
	_, err = h.Requests(ctx, publisher, "")
	wantCode(t, "read by a publisher", err, schema.CodeForbidden)
	if all, err = h.Requests(ctx, foreign, ""); err != nil || len(all) != 0 {
		t.Errorf("another institution sees %+v, %v", all, err)
	}
	_, err = h.Request(ctx, foreign, q.ID)
	wantCode(t, "read by another institution", err, schema.CodeNotFound)
	_, err = h.DecideRequest(ctx, auditor, q.ID, true, "Right")
	wantCode(t, "decided by an auditor", err, schema.CodeForbidden)
	_, err = h.DecideRequest(ctx, registrar, q.ID, true, "")
	wantCode(t, "decided without a reason", err, schema.CodeMalformedValueError)

	got, err := h.DecideRequest(ctx, registrar, q.ID, true, "You are right.")
	if err != nil || got.State != issuer.RequestAccepted || got.Decided.IsZero() {
		t.Errorf("decided: %+v, %v", got, err)
	}
	_, err = h.DecideRequest(ctx, registrar, q.ID, false, "No.")
	wantCode(t, "decided again", err, schema.CodeConflict)
	if all, err = h.Requests(ctx, registrar, ""); err != nil || len(all) != 0 {
		t.Errorf("still open: %+v, %v", all, err)
	}
	if all, err = h.Requests(ctx, registrar, r.ID); err != nil || len(all) != 1 {
		t.Errorf("about the credential: %+v, %v", all, err)
	}
	if all, err = h.Corrections(ctx, who, r.ID); err != nil || len(all) != 1 || all[0].Reason != "You are right." {
		t.Errorf("the learner sees %+v, %v", all, err)
	}
	for range 19 {
		if q, err = h.AskCorrection(ctx, who, r.ID, "My name", "Aino-Maria"); err != nil {
			t.Fatal(err)
		}
		_, err = h.DecideRequest(ctx, registrar, q.ID, false, "No.")
		must(t, err)
	}
	_, err = h.AskCorrection(ctx, who, r.ID, "My name", "Aino-Maria")
	wantCode(t, "one too many", err, schema.CodeConflict)
}
