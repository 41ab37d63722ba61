package issuer

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"

	"merkki/schema"
)

// An award is a draft that has been checked, member by member.
type award struct {
	institution Institution
	achievement Achievement
	recipient   Recipient
	subject     string // id of the subject
	issued      time.Time
	awarded     string // instant, "" for none
	validUntil  time.Time
	language    string
	result      []schema.Value
	evidence    []schema.Value
	mail        bool   // the learner is written to
	credits     string // a decimal number, "" for none
	narrative   string // Markdown, of what the learner did
	salt        string // of the hashed e-mail address; "" leaves it out
}

// check turns a draft into an award, or says which member cannot be used.
func (s *Service) check(ctx context.Context, a Actor, d Draft) (award, error) {
	var w award
	var err error
	if w.achievement, err = s.Achievement(ctx, d.Achievement); err != nil {
		return w, err
	}
	if !a.sees(w.achievement.Issuer) {
		return w, notFound(d.Achievement)
	}
	if w.institution, err = s.Institution(ctx, w.achievement.Issuer); err != nil {
		return w, err
	}
	if d.Issuer != "" && d.Issuer != w.institution.ID && d.Issuer != w.institution.DID {
		return w, malformed("/issuer", w.institution.ID)
	}
	return w, w.fill(s, d)
}

// fill takes over what a draft says beside what was achieved.
func (w *award) fill(s *Service, d Draft) error {
	w.recipient, w.issued, w.language, w.mail = d.Recipient, s.now(), d.Language, d.Mail
	w.evidence, w.credits, w.narrative = d.Evidence, d.Credits, d.Narrative
	if err := checkLanguage("/language", d.Language); err != nil {
		return err
	}
	if err := d.refusePersonal(); err != nil {
		return err
	}
	if d.Mail && !s.mailing {
		return schema.Refusal(schema.CodeConflict, "/mail", map[string]any{"reason": "no-relay"})
	}
	if d.Credits != "" && !decimal.MatchString(d.Credits) {
		return malformed("/credits", "a number such as 5 or 2.5")
	}
	if err := w.checkRecipient(d); err != nil {
		return err
	}
	if err := w.checkDates(d); err != nil {
		return err
	}
	for _, r := range d.Result {
		w.result = append(w.result, rebase(r, w.achievement.original, w.achievement.URL))
	}
	return nil
}

// decimal is a number of credits.
var decimal = regexp.MustCompile(`^(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?$`)

func (w *award) checkRecipient(d Draft) error {
	r := &w.recipient
	r.Name, r.Email = strings.TrimSpace(r.Name), strings.TrimSpace(r.Email)
	if r.Name == "" || len([]rune(r.Name)) > maxName {
		return malformed("/recipient/name", "a name of 1 to 500 characters")
	}
	if !plainAddress(r.Email) {
		return malformed("/recipient/email", "one e-mail address")
	}
	if w.subject = r.SubjectID; w.subject == "" {
		w.subject = newURN()
	}
	if d.HashedEmail {
		var salt [16]byte
		rand.Read(salt[:])
		w.salt = hex.EncodeToString(salt[:])
	}
	return nil
}

func (w *award) checkDates(d Draft) error {
	if d.AwardedDate != "" {
		t, err := moment(d.AwardedDate, 0)
		if err != nil {
			return malformed("/awardedDate", "a date, or an instant as RFC 3339 spells it")
		}
		w.awarded = schema.FormatTime(t)
	}
	if d.ValidUntil != "" {
		t, err := moment(d.ValidUntil, 24*time.Hour-time.Second)
		if err != nil {
			return malformed("/validUntil", "a date, or an instant as RFC 3339 spells it")
		}
		if !t.After(w.issued) {
			return malformed("/validUntil", "a moment in the future")
		}
		w.validUntil = t
	}
	return nil
}

// moment reads an instant, or a date and what of that day in UTC is meant.
func moment(s string, ofDay time.Duration) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.Add(ofDay), nil
	}
	t, err := schema.ParseTime(s)
	return t.UTC().Truncate(time.Second), err
}

// newURN returns a fresh random UUID (RFC 9562, version 4): an id that says
// nothing about the learner.
func newURN() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
