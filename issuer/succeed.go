package issuer

import (
	"context"
	"errors"
	"strings"

	"merkki/schema"
)

// A credential that is signed is never changed. What is wrong in one is corrected,
// and what ends goes on, in another that takes its place: it says the same but for
// what a Correction changes, to the same person, under a number of its own. The two
// are linked in the step that issues the new one, so that no crash leaves one half
// done: before it the old one stands alone, after it both say so.

// A Correction is what a credential that takes the place of another says
// otherwise. What is empty stays as it was.
type Correction struct {
	Achievement string         `json:"achievement,omitempty"` // ID, ID/v2, or address
	Name        string         `json:"name,omitempty"`
	Email       string         `json:"email,omitempty"`
	SubjectID   string         `json:"subjectId,omitempty"`
	AwardedDate string         `json:"awardedDate,omitempty"`
	ValidUntil  string         `json:"validUntil,omitempty"`
	Language    string         `json:"language,omitempty"`
	Credits     string         `json:"credits,omitempty"`
	Narrative   string         `json:"narrative,omitempty"`
	Result      []schema.Value `json:"-"`
	Evidence    []schema.Value `json:"-"`
	// Reason is public, of the withdrawal of the old one; at most 1,000
	// characters, "" for none but that it was replaced.
	Reason string `json:"reason,omitempty"`
}

// Reissue issues a corrected credential and revokes the one it supersedes, in one
// step, with the reason code superseded. What the learner chose about its address
// goes over to the new one. It needs the role of registrar; CONFLICT unless the
// credential is in force.
func (s *Service) Reissue(ctx context.Context, a Actor, id string, c Correction) (Record, error) {
	change := StatusChange{Action: "revoke", Reason: strings.TrimSpace(c.Reason), Code: superseded}
	if change.Reason != "" {
		if err := change.check(); err != nil {
			return Record{}, err
		}
	}
	return s.succeed(ctx, a, id, c, func(old, next *StoredRecord) (Step, error) {
		after, err := s.changed(*old, change)
		if err != nil {
			return Step{}, err
		}
		next.Supersedes, after.SupersededBy = old.ID, next.ID
		return Step{old.State, after, s.entry(a, "credential.superseded", old.ID), s.mailsOfChange(after, change)}, nil
	})
}

// Renew issues a credential that goes on from another one, until a later moment (a
// date or an instant). The old one stays as it is and ends when it said. It needs
// the role of registrar; CONFLICT unless the old one is in force, or where it was
// renewed already.
func (s *Service) Renew(ctx context.Context, a Actor, id, validUntil string) (Record, error) {
	if validUntil == "" {
		return Record{}, malformed("/validUntil", "a date, or an instant as RFC 3339 spells it")
	}
	return s.succeed(ctx, a, id, Correction{ValidUntil: validUntil}, func(old, next *StoredRecord) (Step, error) {
		if !old.ValidUntil.IsZero() && !next.ValidUntil.After(old.ValidUntil) {
			return Step{}, malformed("/validUntil", "a moment after "+schema.FormatTime(old.ValidUntil))
		}
		after := *old
		next.Renews, after.RenewedBy = old.ID, next.ID
		return Step{old.State, after, s.entry(a, "credential.renewed", old.ID), nil}, nil
	})
}

const superseded = "superseded" // reason code

// succeed issues what takes the place of a credential. link writes the two records'
// part of it and says what becomes of the old one.
func (s *Service) succeed(ctx context.Context, a Actor, id string, c Correction, link func(old, next *StoredRecord) (Step, error)) (Record, error) {
	if err := a.may(Registrar); err != nil {
		return Record{}, err
	}
	old, err := s.visible(ctx, a, id)
	if err != nil {
		return Record{}, err
	}
	if err := succeedable(old); err != nil {
		return Record{}, err
	}
	part, err := s.unseal(old)
	if err != nil {
		return Record{}, err
	}
	d, err := s.draftOf(old, part)
	if err != nil {
		return Record{}, err
	}
	c.apply(&d)
	p, err := s.Prepare(ctx, a, d)
	if err != nil {
		return Record{}, err
	}
	var changed StoredRecord
	r, err := s.issue(ctx, p, func(next *StoredRecord) (Step, error) {
		now, err := s.visible(ctx, a, old.ID)
		if err == nil {
			err = succeedable(now)
		}
		if err != nil {
			return Step{}, err
		}
		next.Visibility, next.Chosen = now.Visibility, now.Chosen
		step, err := link(&now, next)
		changed = step.Record
		return step, err
	})
	if err != nil {
		return Record{}, err
	}
	s.announce(changed)
	return s.Read(ctx, a, r.ID)
}

// succeedable refuses a credential whose place nothing can take: one that is not
// in force, or whose place something took already.
func succeedable(r StoredRecord) error {
	switch {
	case r.SupersededBy != "":
		return successorConflict(r, "superseded", r.SupersededBy)
	case r.RenewedBy != "":
		return successorConflict(r, "renewed", r.RenewedBy)
	case r.State != Issued:
		return conflict(r.ID, r.State, "not-from-this-state")
	}
	return nil
}

// successorConflict names what took the place: whoever asks again because an answer
// was lost finds it.
func successorConflict(r StoredRecord, reason, by string) error {
	return schema.Refusal(schema.CodeConflict, "", map[string]any{"id": r.ID, "state": string(r.State), "reason": reason, "by": by})
}

// takePlace writes the new record and the one whose place it takes in one step.
func (p *Prepared) takePlace(ctx context.Context, issued Step, with func(next *StoredRecord) (Step, error)) error {
	s := p.by
	for {
		old, err := with(&issued.Record)
		if err != nil {
			return errors.Join(err, p.void(ctx))
		}
		err = s.store.AdvanceAll(ctx, issued, old)
		if !errors.Is(err, ErrConflict) {
			return err
		}
		// Somebody was faster with one of the two. If it was the new one, it was
		// given up, and nothing can be done about it.
		if now, err := s.store.Get(ctx, issued.Record.ID); err != nil || now.State != Unsigned {
			return errors.Join(ErrConflict, err)
		}
	}
}

// draftOf reads back what was asked for from what was signed. A credential without
// a date of award was awarded when it was issued: that stays.
func (s *Service) draftOf(r StoredRecord, part personalPart) (Draft, error) {
	doc, err := schema.Parse(part.Credential, schema.Limits{})
	if err != nil {
		return Draft{}, stored(ErrDamaged)
	}
	root := doc.Root()
	subject, _ := root.Get("credentialSubject")
	d := Draft{
		Achievement: r.Achievement, Issuer: r.Issuer, Recipient: part.Recipient, Language: r.Language,
		AwardedDate: root.GetString("awardedDate"), Narrative: subject.GetString("narrative"), Mail: r.Told && s.mailing,
	}
	d.Recipient.SubjectID = subject.GetString("id")
	if d.AwardedDate == "" {
		d.AwardedDate = root.GetString("validFrom")
	}
	if !r.ValidUntil.IsZero() {
		d.ValidUntil = schema.FormatTime(r.ValidUntil)
	}
	if credits, ok := subject.Get("creditsEarned"); ok {
		d.Credits = credits.Text
	}
	result, _ := subject.Get("result")
	evidence, _ := root.Get("evidence")
	d.Result, d.Evidence = result.Items, evidence.Items
	identifiers, _ := subject.Get("identifier")
	for _, i := range identifiers.Items {
		d.HashedEmail = d.HashedEmail || i.GetString("identityType") == "emailAddress"
	}
	return d, nil
}

// apply changes a draft to what c says.
func (c Correction) apply(d *Draft) {
	for to, text := range map[*string]string{
		&d.Achievement: c.Achievement, &d.Recipient.Name: c.Name, &d.Recipient.Email: c.Email, &d.Recipient.SubjectID: c.SubjectID,
		&d.AwardedDate: c.AwardedDate, &d.ValidUntil: c.ValidUntil, &d.Language: c.Language, &d.Credits: c.Credits, &d.Narrative: c.Narrative,
	} {
		if text != "" {
			*to = text
		}
	}
	if c.Result != nil {
		d.Result = c.Result
	}
	if c.Evidence != nil {
		d.Evidence = c.Evidence
	}
}

// Unlink says whether the page of a credential of a learner leads others to what
// took its place.
func (s *Service) Unlink(ctx context.Context, who Digest, id string, hidden bool) (Record, error) {
	action := "credential.unlinked"
	if !hidden {
		action = "credential.linked"
	}
	for {
		r, err := s.held(ctx, who, id)()
		if err != nil {
			return Record{}, err
		}
		if r.Unlinked == hidden {
			return s.open(r)
		}
		r.Unlinked = hidden
		err = s.store.Advance(ctx, r.State, r, s.entry(learnerActor, action, r.ID))
		if isConflict(err) {
			continue
		}
		if err != nil {
			return Record{}, stored(err)
		}
		return s.open(r)
	}
}

// Successor returns what took the place of a credential, as its page may name it:
// superseded or renewed says that something did, and the record is empty where its
// learner hides the link or the other one's address shows nothing.
func (s *Service) Successor(ctx context.Context, r Record) (next Record, superseded, renewed bool) {
	superseded, renewed = r.Links.SupersededBy != "", r.Links.RenewedBy != ""
	id := r.Links.SupersededBy + r.Links.RenewedBy // never both
	if id == "" || r.Links.Hidden {
		return Record{}, superseded, renewed
	}
	next, err := s.Get(ctx, id)
	if err != nil || next.Visibility == Closed {
		return Record{}, superseded, renewed
	}
	return next, superseded, renewed
}
