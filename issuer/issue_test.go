package issuer_test

import (
	"context"
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

var aino = issuer.Recipient{Name: "Aino Virtanen", Email: "aino@example.org"}

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

func (h *house) issue(t testing.TB, a issuer.Achievement) issuer.Record {
	t.Helper()
	p, err := h.Prepare(ctx, registrar, issuer.Draft{Achievement: a.ID, Recipient: aino})
	must(t, err)
	r, err := h.Issue(ctx, p)
	must(t, err)
	return r
}

func (h *house) verify(t testing.TB, r issuer.Record) *verifier.Report {
	t.Helper()
	report, err := h.Verifier(nil, nil, nil).Verify(ctx, verifier.Request{Input: r.Credential})
	must(t, err)
	return report
}

func TestIssue(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, a)
	t.Logf("%s", r.Credential)
	if got := h.verify(t, r); got.Verdict != verifier.Valid {
		t.Fatalf("own verifier says %s: %+v", got.Verdict, got.Primary)
	}
	if _, err := h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: "revoke", Reason: "error"}); err != nil {
		t.Fatal(err)
	}
	if got := h.verify(t, r); got.Verdict != verifier.Invalid || got.Primary.Code != schema.CodeRevoked {
		t.Fatalf("after revocation: %s %+v", got.Verdict, got.Primary)
	}
	h.reopen(t)
	complaints, err := h.Doctor(ctx)
	must(t, err)
	if len(complaints) > 0 {
		t.Fatalf("doctor: %v", complaints)
	}
}
