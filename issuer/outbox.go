package issuer

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"merkki/schema"
)

// The outbox is a kind of thing in the store. What it holds of a mail names
// nobody: the letter is written when it is sent, from the sealed part of the
// record, and forgotten. A mail is added in the step that makes what it tells
// of, under an ID that follows from it, so that nothing is told twice and
// nothing that happened goes untold. What SMTP can promise is at least once: a
// mail whose acknowledgement is lost is sent again, under the same Message-ID.
const kindMail = "mail"

// expiryNotice is how long before its end the learner is told of it.
const expiryNotice = 30 * 24 * time.Hour

// gaps are how long after each try the next one comes. When they are used up,
// some three days after the first, a mail is given up.
var gaps = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour,
	12 * time.Hour, 24 * time.Hour, 24 * time.Hour,
}

// mailBatch is how many mails one call of Deliver takes up.
const mailBatch = 50

// mailBody is how a mail is kept. Its owner is the learner.
type mailBody struct {
	Kind   MailKind  `json:"kind"`
	State  MailState `json:"state"`
	Record string    `json:"record,omitempty"` // ID
	Lang   string    `json:"lang,omitempty"`   // of a mail that is about no record
	Reason string    `json:"reason,omitempty"` // public, of a change of status
	At     time.Time `json:"at"`               // of what it tells
	Last   time.Time `json:"last,omitzero"`    // of the last change of State
	Tries  int       `json:"tries,omitempty"`
	Why    string    `json:"why,omitempty"`
	// To is the learner whose address it goes to; zero: the one that the owner
	// confirmed last. Sealed is that address where no record has it.
	To     Digest `json:"to,omitzero"`
	Sealed []byte `json:"sealed,omitempty"`
}

// mailID names a mail by what it tells, so that it can be added once only.
func mailID(kind MailKind, about string, revision int) string {
	h := sha256.Sum256(fmt.Appendf(nil, "merkki mail 1\n%s\n%s\n%d", kind, about, revision))
	return encodeID([16]byte(h[:16]))
}

func newMail(id string, owner Digest, due time.Time, b mailBody) Thing {
	b.State = MailWaiting
	body, err := json.Marshal(b)
	if err != nil {
		panic(err) // strings, times and bytes marshal
	}
	return Thing{Kind: kindMail, ID: id, Owner: owner.String(), Due: due, Body: body}
}

// mailAbout is a mail that tells of what is about to happen to a record, for the
// same step of the store. r is as it stands after it, with the revision before.
func (s *Service) mailAbout(kind MailKind, r StoredRecord) Thing {
	return newMail(mailID(kind, r.ID, r.Revision), r.Learner, s.now(),
		mailBody{Kind: kind, Record: r.ID, Reason: r.Reason, At: s.now()})
}

// mailsOfIssue are the mail that tells of a new credential, and the one that
// will tell of its end.
func (s *Service) mailsOfIssue(r StoredRecord) []Thing {
	mails := []Thing{s.mailAbout(MailIssued, r)}
	if notice := r.ValidUntil.Add(-expiryNotice); !r.ValidUntil.IsZero() && notice.After(s.now()) {
		mails = append(mails, newMail(mailID(MailExpiring, r.ID, 0), r.Learner, notice,
			mailBody{Kind: MailExpiring, Record: r.ID, At: notice}))
	}
	return mails
}

// mailsOfChange is the mail about a change of status, where the learner is
// written to.
func (s *Service) mailsOfChange(r StoredRecord, c StatusChange) []Thing {
	kind := map[string]MailKind{"revoke": MailRevoked, "suspend": MailSuspended, "reinstate": MailReinstated}[c.Action]
	if !r.Told {
		return nil
	}
	return []Thing{s.mailAbout(kind, r)}
}

// wake tells whoever delivers that there may be something to deliver.
func (s *Service) wake() {
	select {
	case s.mailed <- struct{}{}:
	default:
	}
}

// Mailed is sent to when a mail was added that is due at once.
func (s *Service) Mailed() <-chan struct{} { return s.mailed }

// Deliver hands the mails that are due to a courier and returns when to call it
// again: at once, when a mail is due, or when one will be; zero for never, as
// things stand. Errors of the relay are in the mails; an error it returns is
// about the service.
func (s *Service) Deliver(ctx context.Context, c Courier) (next time.Time, err error) {
	if err := s.sweep(ctx); err != nil {
		return s.now().Add(gaps[0]), err
	}
	due, err := s.store.Due(ctx, kindMail, s.now(), mailBatch)
	if err != nil {
		return s.now().Add(gaps[0]), stored(err)
	}
	for _, t := range due {
		err := s.deliver(ctx, c, t)
		if errors.Is(err, ErrNoRelay) {
			return s.now().Add(gaps[0]), nil
		}
		if err != nil {
			return s.now().Add(gaps[0]), err
		}
	}
	soonest, err := s.store.Due(ctx, kindMail, s.now().AddDate(1000, 0, 0), 1)
	if err != nil || len(soonest) == 0 {
		return time.Time{}, stored(err)
	}
	return soonest[0].Due, nil
}

// deliver tries one mail. It is put off before it is tried, so that of two who
// deliver, or of one that died meanwhile, each mail is had by one at a time.
func (s *Service) deliver(ctx context.Context, c Courier, t Thing) error {
	var b mailBody
	if err := json.Unmarshal(t.Body, &b); err != nil {
		return fmt.Errorf("%w: mail %s: %v", ErrDamaged, t.ID, err)
	}
	tried := b.Tries
	b.Tries++
	t.Due = s.now().Add(gaps[min(tried, len(gaps)-1)])
	if err := s.keepMail(ctx, &t, b, "mail.tried"); isConflict(err) || isNotFound(err) {
		return nil // somebody else has it
	} else if err != nil {
		return stored(err)
	}
	l, why, err := s.letter(ctx, t, b)
	if err != nil {
		return err
	}
	if why == "" {
		err = c.Deliver(ctx, l)
	}
	var refused *RefusedError
	switch {
	case why == whyOver:
		return stored(s.store.Remove(ctx, kindMail, t.ID, s.entry(system, "mail.dropped", t.ID)))
	case why != "":
		b.State, b.Why = MailRefused, why
	case err == nil:
		b.State, b.Why = MailSent, ""
	case errors.As(err, &refused):
		b.State, b.Why = MailRefused, refused.Code
	case ctx.Err() != nil:
		return ctx.Err() // it stays put off; whether it went is not known
	case tried < len(gaps):
		return errors.Join(keepTrying(err), s.explain(ctx, t, b, err))
	default:
		b.State, b.Why = MailRefused, "gave-up"
	}
	t.Due, b.Last, b.Sealed = time.Time{}, s.now(), nil
	return stored(s.keepMail(context.WithoutCancel(ctx), &t, b, "mail."+string(b.State)))
}

// keepTrying passes on that the relay is away, and nothing else about one mail.
func keepTrying(err error) error {
	if errors.Is(err, ErrNoRelay) {
		return ErrNoRelay
	}
	return nil
}

// explain notes why a mail still waits.
func (s *Service) explain(ctx context.Context, t Thing, b mailBody, err error) error {
	b.Why = "temporary"
	if errors.Is(err, ErrNoRelay) {
		b.Why = "no-relay"
	}
	return stored(s.keepMail(ctx, &t, b, "mail.put-off"))
}

// keepMail replaces a mail and moves t on to the revision that it has then.
func (s *Service) keepMail(ctx context.Context, t *Thing, b mailBody, action string) (err error) {
	if t.Body, err = json.Marshal(b); err != nil {
		return err
	}
	if err = s.store.Replace(ctx, *t, s.entry(system, action, t.ID)); err == nil {
		t.Revision++
	}
	return err
}

// system acts where nobody asked.
var system = Actor{Name: "merkki"}

func isConflict(err error) bool { return errors.Is(err, ErrConflict) }

// MailBounced notes that a mail which the relay had taken came back. Whoever
// reads bounces finds the ID before the @ of the Message-ID that a delivery
// status notification (RFC 3464) returns. It needs the role of registrar.
func (s *Service) MailBounced(ctx context.Context, a Actor, id, code string) error {
	if err := a.may(Registrar); err != nil {
		return err
	}
	parsed, err := ParseID(id)
	if err != nil {
		return err
	}
	if !statusCode(code) {
		return malformed("/code", "the status code of the notification, such as 5.1.1, or nothing")
	}
	t, err := s.store.Thing(ctx, kindMail, parsed)
	if err != nil {
		return found(id, err)
	}
	var b mailBody
	if err := json.Unmarshal(t.Body, &b); err != nil {
		return fmt.Errorf("%w: mail %s: %v", ErrDamaged, t.ID, err)
	}
	if b.Record != "" {
		if _, err := s.visible(ctx, a, b.Record); err != nil {
			return notFound(id)
		}
	}
	switch b.State {
	case MailBounced:
		return nil
	case MailSent:
	default:
		return schema.Refusal(schema.CodeConflict, "", map[string]any{"id": t.ID, "state": string(b.State), "reason": "not-sent"})
	}
	b.State, b.Why, b.Last = MailBounced, code, s.now()
	err = s.keepMail(ctx, &t, b, "mail.bounced")
	if isConflict(err) {
		return schema.Refusal(schema.CodeConflict, "", map[string]any{"id": t.ID, "reason": "changed-meanwhile"})
	}
	return stored(err)
}

// statusCode reports whether a code is one of RFC 3463, or none.
func statusCode(code string) bool {
	return len(code) <= 12 && strings.Trim(code, "0123456789. ") == ""
}

// mailsOf returns what became of the mails about a record.
func (s *Service) mailsOf(ctx context.Context, r StoredRecord) ([]MailNote, error) {
	if !r.Told {
		return nil, nil
	}
	things, err := s.store.Owned(ctx, kindMail, r.Learner.String())
	if err != nil {
		return nil, stored(err)
	}
	var notes []MailNote
	for _, t := range things {
		var b mailBody
		if err := json.Unmarshal(t.Body, &b); err != nil {
			return nil, stored(fmt.Errorf("%w: mail %s: %v", ErrDamaged, t.ID, err))
		}
		if b.Record != r.ID {
			continue
		}
		n := MailNote{ID: t.ID, Kind: b.Kind, State: b.State, At: b.Last, Why: b.Why}
		if b.State == MailWaiting {
			n.At = t.Due.UTC()
		}
		notes = append(notes, n)
	}
	return notes, nil
}
