package issuer_test

import (
	"context"
	"strings"
	"testing"

	"merkki/issuer"
	"merkki/schema"
	"merkki/verifier"
)

var ctx = context.Background()

const welding = `{
	"id": "urn:example:welding",
	"type": ["Achievement"],
	"name": "Welding basics",
	"description": "Joining steel safely.",
	"criteria": {"narrative": "Pass the practical test."},
	"resultDescription": [{
		"id": "urn:example:welding#grade",
		"type": ["ResultDescription"],
		"name": "Grade",
		"resultType": "LetterGrade",
		"allowedValue": ["A", "B"]
	}]
}`

var aino = issuer.Recipient{Name: "Aino Virtanen", Email: "Aino@Example.org"}

// school is a house with one institution and one achievement.
func school(t testing.TB, suspendable bool) (*house, issuer.Achievement) {
	t.Helper()
	h := newHouse(t)
	_, err := h.AddInstitution(ctx, registrar, "Example School", "web", "en", false)
	must(t, err)
	a, err := h.AddAchievement(ctx, registrar, "", parse(t, welding), suspendable)
	must(t, err)
	return h, a
}

func (h *house) issue(t testing.TB, d issuer.Draft) issuer.Record {
	t.Helper()
	if d.Recipient.Name == "" {
		d.Recipient = aino
	}
	p, err := h.Prepare(ctx, registrar, d)
	must(t, err)
	r, err := h.Issue(ctx, p)
	must(t, err)
	return r
}

func (h *house) verify(t testing.TB, credential []byte) *verifier.Report {
	t.Helper()
	report, err := h.Verifier(nil, nil, nil).Verify(ctx, verifier.Request{Input: credential})
	must(t, err)
	return report
}

func (h *house) healthy(t testing.TB) {
	t.Helper()
	complaints, err := h.Doctor(ctx)
	must(t, err)
	for _, c := range complaints {
		t.Errorf("doctor: %s: %s", c.Check, c.Detail)
	}
}

// refusedWith fails unless err is a fault with this code and pointer.
func refusedWith(t testing.TB, err error, code schema.Code, pointer string) *schema.Fault {
	t.Helper()
	f := faultOf(err)
	if f == nil || f.Code != code || f.Pointer != pointer {
		t.Fatalf("%v, want %s at %q", err, code, pointer)
	}
	return f
}

func TestIssuedCredential(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{
		Achievement: a.URL, AwardedDate: "2026-05-12", ValidUntil: "2027-05-12",
		Result: []schema.Value{parse(t, `{"type":["Result"],"resultDescription":"urn:example:welding#grade","value":"A"}`)},
	})
	doc := parse(t, string(r.Credential))
	subject, _ := doc.Get("credentialSubject")
	for name, c := range map[string]struct{ got, want string }{
		"id":           {doc.GetString("id"), base + "/c/" + r.ID},
		"validFrom":    {doc.GetString("validFrom"), "2026-11-25T12:00:00Z"},
		"validUntil":   {doc.GetString("validUntil"), "2027-05-12T23:59:59Z"},
		"awardedDate":  {doc.GetString("awardedDate"), "2026-05-12T00:00:00Z"},
		"result":       {subject.GetList("result")[0].GetString("resultDescription"), a.URL + "#grade"},
		"subject":      {subject.GetString("id")[:9], "urn:uuid:"},
		"record state": {string(r.State), "issued"},
		"record url":   {r.URL, base + "/c/" + r.ID},
	} {
		if c.got != c.want {
			t.Errorf("%s is %q, want %q", name, c.got, c.want)
		}
	}
	if strings.Contains(strings.ToLower(string(r.Credential)), "aino@example.org") || strings.Contains(string(r.Credential), "emailAddress") {
		t.Error("the e-mail address is in the credential, and nobody asked for it")
	}
	if status, _ := doc.Get("credentialStatus"); status.Kind != schema.Object {
		t.Errorf("credentialStatus is a %v, want one object: the official schema takes no array", status.Kind)
	}
	if proofs, _ := doc.Get("proof"); proofs.Kind != schema.Array || len(proofs.Items) != 1 {
		t.Error("proof is not an array of one")
	}
	if report := h.verify(t, r.Credential); report.Verdict != verifier.Valid {
		t.Errorf("own verifier: %s, %+v", report.Verdict, report.Primary)
	}
	again, err := h.Get(ctx, strings.ToLower(r.URL))
	must(t, err)
	if string(again.Credential) != string(r.Credential) || again.Recipient != aino {
		t.Errorf("read back: %+v", again)
	}
	h.healthy(t)
}

func TestHashedEmailIsSalted(t *testing.T) {
	h, a := school(t, false)
	salts := map[string]bool{}
	for range 2 {
		r := h.issue(t, issuer.Draft{Achievement: a.ID, HashedEmail: true})
		subject, _ := parse(t, string(r.Credential)).Get("credentialSubject")
		entry := subject.GetList("identifier")[1]
		salt := entry.GetString("salt")
		if len(salt) < 22 || salts[salt] {
			t.Errorf("salt %q is short or was used before", salt)
		}
		salts[salt] = true
		if got, want := entry.GetString("identityHash"), schema.IdentityHash(aino.Email, salt); got != want {
			t.Errorf("identityHash is %s, want %s", got, want)
		}
	}
}

func TestDraftsRefused(t *testing.T) {
	h, a := school(t, false)
	good := issuer.Draft{Achievement: a.ID, Recipient: aino}
	for name, c := range map[string]struct {
		change  func(*issuer.Draft)
		code    schema.Code
		pointer string
	}{
		"no achievement":     {func(d *issuer.Draft) { d.Achievement = issuer.NewID() }, schema.CodeNotFound, ""},
		"foreign address":    {func(d *issuer.Draft) { d.Achievement = "https://other.example/a/" + a.ID + "/v1" }, schema.CodeNotFound, ""},
		"other issuer":       {func(d *issuer.Draft) { d.Issuer = issuer.NewID() }, schema.CodeMalformedValueError, "/issuer"},
		"no name":            {func(d *issuer.Draft) { d.Recipient.Name = " " }, schema.CodeMalformedValueError, "/recipient/name"},
		"no e-mail":          {func(d *issuer.Draft) { d.Recipient.Email = "aino" }, schema.CodeMalformedValueError, "/recipient/email"},
		"two e-mails":        {func(d *issuer.Draft) { d.Recipient.Email = "a@b.c,d@e.f" }, schema.CodeMalformedValueError, "/recipient/email"},
		"until the past":     {func(d *issuer.Draft) { d.ValidUntil = "2020-01-01" }, schema.CodeMalformedValueError, "/validUntil"},
		"until nonsense":     {func(d *issuer.Draft) { d.ValidUntil = "soon" }, schema.CodeMalformedValueError, "/validUntil"},
		"awarded nonsense":   {func(d *issuer.Draft) { d.AwardedDate = "12.5.2026" }, schema.CodeMalformedValueError, "/awardedDate"},
		"subject no URI":     {func(d *issuer.Draft) { d.Recipient.SubjectID = "aino" }, schema.CodeMalformedValueError, "/recipient/subjectId"},
		"name turned around": {func(d *issuer.Draft) { d.Recipient.Name = "Aino \u202evirtanen" }, schema.CodeMalformedValueError, "/recipient/name"},
		"result that is not in the achievement": {func(d *issuer.Draft) {
			d.Result = []schema.Value{parse(t, `{"type":["Result"],"resultDescription":"urn:example:other","value":"A"}`)}
		}, schema.CodeMalformedValueError, "/result/0/resultDescription"},
		"evidence that nobody defines": {func(d *issuer.Draft) {
			d.Evidence = []schema.Value{parse(t, `{"type":["Evidence"],"name":"x","colour":"red"}`)}
		}, schema.CodeDataLossDetectionError, "/evidence/0/colour"},
	} {
		d := good
		c.change(&d)
		_, err := h.Prepare(ctx, registrar, d)
		if f := faultOf(err); f == nil || f.Code != c.code || f.Pointer != c.pointer {
			t.Errorf("%s: %v, want %s at %q", name, err, c.code, c.pointer)
		}
	}
	page, err := h.List(ctx, registrar, issuer.Query{})
	must(t, err)
	if len(page.Items) > 0 {
		t.Errorf("refused drafts left %d records", len(page.Items))
	}
}

func TestPreparedIsRedeemedOnce(t *testing.T) {
	h, a := school(t, false)
	p, err := h.Prepare(ctx, registrar, issuer.Draft{Achievement: a.ID, Recipient: aino})
	must(t, err)
	page, err := h.List(ctx, registrar, issuer.Query{State: issuer.Unsigned})
	must(t, err)
	if len(page.Items) != 1 {
		t.Fatalf("%d prepared records, want 1", len(page.Items))
	}
	id := page.Items[0].ID
	_, err = h.Get(ctx, id)
	refusedWith(t, err, schema.CodeNotFound, "")
	other := newHouse(t)
	if _, err := other.Issue(ctx, p); err == nil {
		t.Error("another service redeemed it")
	}
	_, err = h.Issue(ctx, p)
	must(t, err)
	if _, err := h.Issue(ctx, p); err == nil {
		t.Error("it was redeemed twice")
	}
}
