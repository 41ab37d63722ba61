package i18n_test

import (
	"strings"
	"testing"
	"time"

	"merkki/internal/i18n"
	"merkki/schema"
	"merkki/verifier"
)

var now = time.Date(2026, 11, 22, 10, 15, 0, 0, time.UTC)

// A report of which every check passed on a trust list, changed by each case.
func report(change func(*verifier.Report)) *verifier.Report {
	r := &verifier.Report{Verdict: verifier.Valid, CheckedAt: now, EvaluatedAt: now,
		Credential: []byte(`{"issuer":{"id":"did:web:uni.example"}}`)}
	for _, c := range verifier.Checks() {
		r.Checks = append(r.Checks, verifier.CheckResult{Name: c.Name, Status: schema.Pass, Args: map[string]any{}})
	}
	set(r, "issuer.trusted", schema.Pass, "issuer.listed", map[string]any{"name": "Uni", "domain": "uni.example"})
	set(r, "credential.validity", schema.Pass, "validity.current",
		map[string]any{"validFrom": "2026-12-01T00:00:00Z", "validUntil": "2026-10-01T00:00:00Z"})
	change(r)
	return r
}

func set(r *verifier.Report, check string, o schema.Outcome, finding string, args map[string]any) {
	for i := range r.Checks {
		if r.Checks[i].Name == check {
			r.Checks[i].Status, r.Checks[i].Finding = o, finding
			if args != nil {
				r.Checks[i].Args = args
			}
		}
	}
}

// against makes a finding the one that decides.
func against(r *verifier.Report, finding string) {
	for _, row := range schema.Findings() {
		if row.Finding == finding {
			set(r, row.Check, row.Outcome, finding, nil)
			r.Primary = &verifier.Primary{Check: row.Check, Outcome: row.Outcome, Code: row.Code, Finding: finding}
			r.Verdict = verifier.Invalid
			if row.Outcome == schema.Unknown {
				r.Verdict = verifier.Indeterminate
			}
		}
	}
}

func self(r *verifier.Report) {
	set(r, "issuer.trusted", schema.NotApplicable, "issuer.self", map[string]any{"name": "Uni", "domain": "uni.example"})
}

func unlisted(r *verifier.Report) {
	set(r, "issuer.trusted", schema.Unknown, "issuer.unlisted", map[string]any{"issuer": "did:web:uni.example"})
}

func keyOnly(r *verifier.Report) {
	unlisted(r)
	r.Credential = []byte(`{"issuer":{"id":"did:key:z6MkExample"}}`)
}

func TestHeadlines(t *testing.T) {
	type R = *verifier.Report
	for _, c := range []struct {
		name   string
		change func(R)
		text   string
		tone   i18n.Tone
	}{
		{"all pass", func(R) {}, "Genuine and in force.", i18n.Good},
		{"own service", self, "Confirmed by Uni at uni.example. Unchanged and in force.", i18n.Good},
		{"earlier date", func(r R) { r.EvaluatedAt = now.AddDate(0, -8, -10) }, "Genuine, and in force on 12 March 2026.", i18n.Good},
		{"a warning", func(r R) { set(r, "document.schema", schema.Warn, "schema.not-checked", nil) },
			"Genuine and in force, with a remark below.", i18n.Good},
		{"changed", func(r R) { against(r, "signature.mismatch"); r.Credential = nil }, "Changed after it was signed, or damaged.", i18n.Bad},
		{"foreign key", func(r R) { against(r, "key.unbound"); r.Credential = nil }, "Not signed by the issuer it names.", i18n.Bad},
		{"revoked", func(r R) { against(r, "status.revocation") }, "Withdrawn by its issuer.", i18n.Bad},
		{"suspended", func(r R) { against(r, "status.suspension") }, "Put on hold by its issuer. It may come back into force.", i18n.Ended},
		{"expired", func(r R) { against(r, "validity.expired") }, "Genuine; expired on 1 October 2026.", i18n.Ended},
		{"expired at home", func(r R) { self(r); against(r, "validity.expired") },
			"Confirmed by Uni at uni.example. Unchanged; expired on 1 October 2026.", i18n.Ended},
		{"expired, unlisted", func(r R) { unlisted(r); against(r, "validity.expired") },
			"Signed by uni.example; expired on 1 October 2026. We do not know this issuer.", i18n.Ended},
		{"not yet", func(r R) { against(r, "validity.not-yet") }, "Genuine; in force from 1 December 2026.", i18n.Ended},
		{"list away", func(r R) { against(r, "status.unreachable") },
			"Genuine and unchanged. We could not ask whether it has been withdrawn.", i18n.Open},
		{"unlisted", func(r R) { unlisted(r); against(r, "issuer.unlisted") },
			"Unchanged since it was signed by uni.example. We do not know this issuer.", i18n.Open},
		{"unlisted key", func(r R) { keyOnly(r); against(r, "issuer.unlisted") },
			"Unchanged since it was signed by an issuer without an internet domain. We do not know this issuer.", i18n.Open},
		{"any issuer will do", func(r R) { set(r, "issuer.trusted", schema.Warn, "issuer.unlisted", map[string]any{}) },
			"Signed by uni.example and in force. We do not know this issuer.", i18n.Open},
		{"unknown suite", func(r R) { against(r, "format.algorithm-unknown"); r.Credential = nil }, "We cannot read this kind of credential.", i18n.Open},
		{"a mere picture", func(r R) { against(r, "container.none"); r.Credential = nil }, "There is no credential in this file.", i18n.Open},
		{"other person", func(r R) { against(r, "recipient.differs"); r.Verdict = verifier.Invalid }, "Genuine, but not issued to this person.", i18n.Bad},
		{"undefined term", func(r R) { against(r, "terms.undefined"); r.Credential = nil }, "Part of it is not covered by the signature.", i18n.Bad},
		{"nobody signed", func(r R) { against(r, "format.unsecured"); r.Credential = nil }, "Not signed by anybody.", i18n.Bad},
		{"key host away", func(r R) { against(r, "key.unreachable"); r.Credential = nil },
			"We cannot tell. We could not ask the issuer whether the signature is its own.", i18n.Open},
		{"a test", func(r R) { r.Test = true }, "TEST. Genuine and in force.", i18n.Test},
		{"a revoked test", func(r R) { r.Test = true; against(r, "status.revocation") }, "TEST. Withdrawn by its issuer.", i18n.Bad},
	} {
		h := i18n.New("en").Headline(report(c.change))
		if h.Text != c.text || h.Tone != c.tone {
			t.Errorf("%s: %q (%s), want %q (%s)", c.name, h.Text, h.Tone, c.text, c.tone)
		}
	}
}

// TestHeadlineRules holds the rules about verdicts over every finding there is,
// every standing of the issuer and every language.
func TestHeadlineRules(t *testing.T) {
	standings := map[string]func(*verifier.Report){"listed": func(*verifier.Report) {}, "self": self, "unlisted": unlisted, "key": keyOnly}
	genuine := map[string][]string{"en": {"enuine"}, "fi": {"Aito", "aito"}, "sv": {"Äkta", "äkta"}}
	for _, row := range schema.Findings() {
		for name, standing := range standings {
			r := report(func(r *verifier.Report) { standing(r); against(r, row.Finding) })
			if r.Primary == nil {
				continue
			}
			for _, lang := range i18n.Languages {
				h := i18n.New(lang).Headline(r)
				at := lang + " " + name + " " + row.Finding + ": " + h.Text
				if strings.Contains(h.Text+h.NextStep, "⟪") || h.Text == "" {
					t.Errorf("%s: no words", at)
				}
				if r.Verdict != verifier.Valid && h.Tone == i18n.Good {
					t.Errorf("%s: green", at)
				}
				if r.Verdict == verifier.Indeterminate && h.Tone == i18n.Bad {
					t.Errorf("%s: unknown is not failed", at)
				}
				if r.Verdict != verifier.Valid && h.NextStep == "" {
					t.Errorf("%s: no next step", at)
				}
				if strings.Contains(h.Text, "did:") || strings.Contains(h.Text, "z6Mk") {
					t.Errorf("%s: a key or DID in the headline", at)
				}
				if name != "listed" && row.Finding != "recipient.differs" {
					for _, g := range genuine[lang] {
						if strings.Contains(h.Text, g) {
							t.Errorf("%s: genuine without a trust list", at)
						}
					}
				}
				for _, jargon := range []string{"proof", "DID", "canonical", "JWT", "JSON"} {
					if strings.Contains(h.Text, jargon) {
						t.Errorf("%s: jargon", at)
					}
				}
			}
		}
	}
}

// TestServiceKnowsWhy: the service that withdrew a credential says when and why.
func TestServiceKnowsWhy(t *testing.T) {
	r := report(func(r *verifier.Report) { self(r); against(r, "status.revocation") })
	h := i18n.New("sv").HeadlineKnown(r, i18n.Known{Reason: "Fel person.", Changed: now})
	if want := "Återkallat av Uni på uni.example den 22.11.2026. Fel person."; h.Text != want {
		t.Errorf("%q, want %q", h.Text, want)
	}
}

// TestNotRun: a check that did not run says so and names what it waited for, and
// so does one that a report lacks.
func TestNotRun(t *testing.T) {
	p := i18n.New("en")
	line := p.Check(verifier.CheckResult{Name: "credential.status", Status: schema.NotRun, Needs: []string{"proof.signature"}})
	if want := "Not checked, because this did not pass: Unchanged since it was signed."; line != want {
		t.Errorf("%q, want %q", line, want)
	}
	if c := (&verifier.Report{}).Check("proof.signature"); c.Status != schema.NotRun || p.Check(c) != "Not checked." {
		t.Errorf("a missing check reads %q", p.Check(c))
	}
}
