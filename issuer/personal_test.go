package issuer_test

import (
	"fmt"
	"strings"
	"testing"

	"merkki/issuer"
	"merkki/schema"
)

// TestIdentifiersOfPersonsAreRefused: wherever one stands in what people get to
// see, the request is refused before anything is recorded, with the place and
// without the identifier.
func TestIdentifiersOfPersonsAreRefused(t *testing.T) {
	h, a := school(t, false)
	good := func() issuer.Draft { return issuer.Draft{Achievement: a.ID, Recipient: aino} }
	evidence := func(member, text string) []schema.Value {
		return []schema.Value{schema.ObjectValue(schema.Member{Name: "type", Value: schema.ArrayValue(schema.StringValue("Evidence"))},
			schema.Member{Name: member, Value: schema.StringValue(text)})}
	}
	places := map[string]func(d *issuer.Draft, text string){
		"/recipient/name":       func(d *issuer.Draft, s string) { d.Recipient.Name += " " + s },
		"/recipient/email":      func(d *issuer.Draft, s string) { d.Recipient.Email = s + "@example.org" },
		"/recipient/subjectId":  func(d *issuer.Draft, s string) { d.Recipient.SubjectID = s },
		"/narrative":            func(d *issuer.Draft, s string) { d.Narrative = "Born, as the card says: " + s + "." },
		"/evidence/0/narrative": func(d *issuer.Draft, s string) { d.Evidence = evidence("narrative", "See "+s) },
		"/evidence/0/id":        func(d *issuer.Draft, s string) { d.Evidence = evidence("id", "https://example.org/"+s+"/thesis") },
		"/result/0/value":       func(d *issuer.Draft, s string) { d.Result = evidence("value", s) },
	}
	for _, identifier := range []string{"010190-020A", "231158-467r", "311299-999E", "1.2.246.562.24.74973773005", "urn:schac:personalUniqueCode:int:esi:fi:ABC123"} {
		for at, put := range places {
			d := good()
			put(&d, identifier)
			_, err := h.Prepare(ctx, registrar, d)
			refusedAsPersonal(t, err, at, identifier)
		}
		r := h.issue(t, good())
		_, err := h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: "revoke", Reason: "wrong person: " + identifier})
		refusedAsPersonal(t, err, "/reason", identifier)
		_, err = h.AddAchievement(ctx, registrar, "", parse(t, strings.Replace(welding, `"description": "`, `"description": "`+identifier+" ", 1)), false)
		refusedAsPersonal(t, err, "/description", identifier)
	}
	if n := h.total(t); n != 5 {
		t.Errorf("%d credentials, want the five that have none", n)
	}
	for _, harmless := range []string{"010190-020B", "1.2.246.562.10.56753942459", "Course 12.5.2026, 5 op", "2026-11-25"} {
		d := good()
		d.Narrative = harmless
		if _, err := h.Prepare(ctx, registrar, d); err != nil {
			t.Errorf("%s: %v", harmless, err)
		}
	}
}

func refusedAsPersonal(t *testing.T, err error, at, identifier string) {
	t.Helper()
	f := faultOf(err)
	if f == nil || f.Code != schema.CodeMalformedValueError || f.Args["reason"] != "personal" || f.Pointer != at {
		t.Errorf("%s at %s: %v", identifier, at, err)
		return
	}
	if said := err.Error() + fmt.Sprint(f.Args); strings.Contains(said, identifier) {
		t.Errorf("at %s the refusal repeats %s: %s", at, identifier, said)
	}
}

// TestRowsWithIdentifiersOfPersons: a file is held to the same, row by row.
func TestRowsWithIdentifiersOfPersons(t *testing.T) {
	h, a := school(t, false)
	h.working(t)
	b, said := h.run(t, issuer.BatchOrder{Action: "issue", Achievement: a.ID}, rows(
		"name=Aino+Virtanen email=aino@example.org",
		"name=Eero+010190-020A email=eero@example.org",
		"name=Eeva email=eeva@example.org narrative=1.2.246.562.24.74973773005",
	))
	if h.total(t) != 1 || len(said) != 3 || said[0] != "issued" || !strings.Contains(said[1], "name:") || !strings.Contains(said[2], "narrative:") {
		t.Errorf("%+v: %q", b, said)
	}
}
