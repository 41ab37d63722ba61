package issuer

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"merkki/keys"
	"merkki/schema"
)

// Prepared is a credential that is validated, numbered, recorded and proven to
// verify, and that nobody has signed. Only Prepare makes one; Issue redeems it
// once.
type Prepared struct {
	by     *Service
	actor  Actor
	award  award
	record StoredRecord
	doc    schema.Value // without proof
	with   []signing
	key    [32]byte // of the learner
	// met: a document of its shape went through the whole verifier, under these
	// keys' methods. What is signed is read back and opened all the same.
	met   bool
	spent atomic.Bool
}

// Prepare does everything about a credential that can fail before the
// issuer's key is used. The record it leaves says what was about to be signed,
// so that a crash between Prepare and Issue is visible afterwards.
func (s *Service) Prepare(ctx context.Context, a Actor, d Draft) (*Prepared, error) {
	return s.prepare(ctx, a, d, nil)
}

func (s *Service) prepare(ctx context.Context, a Actor, d Draft, claim *Claim) (*Prepared, error) {
	if err := a.may(Registrar); err != nil {
		return nil, err
	}
	if reason := s.behind.Load(); reason != nil {
		return nil, schema.Refusal(schema.CodeReadOnly, "", map[string]any{"reason": *reason})
	}
	w, err := s.check(ctx, a, d)
	if err != nil {
		return nil, err
	}
	with, err := s.signings(ctx, w.institution, keys.Credentials)
	if err != nil {
		return nil, err
	}
	p := &Prepared{by: s, actor: a, award: w, with: with}
	p.record = s.recordOf(w)
	url := s.base + "/c/" + p.record.ID
	draft := w.build(url, s.placeholders(w.achievement))
	if err := s.judge(ctx, draft, with[0].key.VerificationMethod()); err != nil {
		return nil, inRequest(err, draftMoves)
	}
	if err := p.reserve(ctx, schema.Marshal(draft.Without("credentialStatus")), claim); err != nil {
		return nil, err
	}
	err = p.place(url)
	if err == nil {
		err = p.rehearse(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, p.void(ctx))
	}
	return p, nil
}

// recordOf is what the store knows of an award that is about to be signed.
func (s *Service) recordOf(w award) StoredRecord {
	return StoredRecord{
		ID: NewID(), State: Unsigned, Issuer: w.institution.ID, Achievement: w.achievement.URL,
		Learner: s.learners.byEmail(w.recipient.Email), PreparedAt: w.issued, ValidUntil: w.validUntil, Language: w.language,
	}
}

// reserve makes the record durable: its ID, its places in status lists, and,
// sealed, what is about to be signed, unless that lies elsewhere already.
func (p *Prepared) reserve(ctx context.Context, draft []byte, claim *Claim) error {
	s := p.by
	var err error
	if p.key, err = s.learners.ensure(p.record.Learner); err != nil {
		return stored(err)
	}
	part := personalPart{Recipient: p.award.recipient, Credential: draft}
	if p.record.Sealed, err = s.seal(p.key, p.record.ID, part); err != nil {
		return err
	}
	c := Creation{
		Record: p.record, Purposes: p.award.achievement.purposes(), Claim: claim,
		Entry: s.entry(p.actor, "credential.prepared", p.record.ID),
	}
	if p.record, err = s.create(ctx, p.award.institution, c); err != nil {
		return err
	}
	for _, place := range p.record.Places {
		if err := s.highwater.cover(place.List, place.Number); err != nil {
			return errors.Join(stored(err), p.void(ctx))
		}
	}
	return nil
}

// create is Store.Create with a new status list where one is due.
func (s *Service) create(ctx context.Context, i Institution, c Creation) (StoredRecord, error) {
	for {
		r, err := s.store.Create(ctx, c)
		if !errors.Is(err, ErrNoList) {
			return r, stored(err)
		}
		if err := s.openLists(ctx, i, c.Purposes); err != nil {
			return StoredRecord{}, err
		}
	}
}

// place writes the document with its real places.
func (p *Prepared) place(url string) error {
	s := p.by
	var status []schema.Value
	for _, place := range p.record.Places {
		l, ok := s.opened(place.List)
		if !ok {
			return fmt.Errorf("issuer: list %s is not known", place.List)
		}
		status = append(status, s.statusEntry(place.List, l.permutation.Index(place.Number), place.Purpose))
	}
	p.doc = p.award.build(url, status)
	return nil
}

// rehearse has the whole verifier read the document under a throw-away
// signature.
func (p *Prepared) rehearse(ctx context.Context) error {
	s := p.by
	lint, known := throwaways(p.with)
	_, err := s.sign(ctx, p.doc, lint, s.rehearsal(p.award.institution, lint, known))
	return err
}

// Issue signs p with the issuer's key, verifies the result and acknowledges it
// once it is on the disk. It redeems p, also when it fails. An error that is
// no *schema.Fault may mean that the outcome is not known: ask by ID or by
// idempotency key, never try again blindly.
func (s *Service) Issue(ctx context.Context, p *Prepared) (Record, error) {
	return s.issue(ctx, p, nil)
}

// issue is Issue of a credential that may take the place of another: with, unless
// it is nil, completes the new record and returns what happens in the same step.
// It is asked again where somebody was faster with the other one.
func (s *Service) issue(ctx context.Context, p *Prepared, with func(next *StoredRecord) (Step, error)) (Record, error) {
	if p.by != s || p.spent.Swap(true) {
		return Record{}, errors.New("issuer: not prepared by this service, or already redeemed")
	}
	d, err := p.sign(ctx)
	if err != nil {
		return Record{}, errors.Join(err, p.void(ctx))
	}
	r := p.record
	r.State, r.IssuedAt = Issued, p.award.issued
	r.Document, r.Token, r.Base = d.digests()
	var mails []Thing
	if r.Told = p.award.mail; r.Told {
		mails = s.mailsOfIssue(r)
	}
	part := personalPart{Recipient: p.award.recipient, Credential: d.document, Token: d.token, Base: d.base}
	if r.Sealed, err = s.seal(p.key, r.ID, part); err != nil {
		return Record{}, errors.Join(err, p.void(ctx))
	}
	e := s.entry(p.actor, "credential.issued", r.ID)
	e.Document, e.Token, e.Base = r.Document, r.Token, r.Base
	if with == nil {
		err = s.store.Advance(ctx, Unsigned, r, e, mails...)
	} else {
		err = p.takePlace(ctx, Step{Unsigned, r, e, mails}, with)
	}
	if err != nil {
		return Record{}, p.unfinished(ctx, err)
	}
	if r.Told {
		s.wake()
	}
	return s.record(r).with(part), nil
}

// sign signs and reads back. Where a key was retired since p was prepared, the one
// that took its place signs.
func (p *Prepared) sign(ctx context.Context) (signed, error) {
	for tries := 0; ; tries++ {
		d, err := p.signOnce(ctx)
		if tries == 2 || !ended(err) {
			return d, err
		}
		if p.with, err = p.by.signings(ctx, p.award.institution, keys.Credentials); err != nil {
			return signed{}, err
		}
	}
}

// ended reports whether a signature failed because its key was just taken out of use.
func ended(err error) bool { return errors.Is(err, keys.ErrRetired) || errors.Is(err, keys.ErrRevoked) }

func (p *Prepared) signOnce(ctx context.Context) (signed, error) {
	if p.met {
		return p.by.signMet(ctx, p.award.institution, p.doc, p.with)
	}
	return p.by.sign(ctx, p.doc, p.with, p.by.Verifier(nil, nil, nil))
}

// unfinished is the answer where the signed credential was not stored: the
// signature is forgotten with it.
func (p *Prepared) unfinished(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, ErrConflict): // voided meanwhile: it took too long
		return conflict(p.record.ID, Voided, "given-up")
	case errors.Is(err, ErrFull): // nothing happened, which is worth a try to record
		return errors.Join(stored(err), p.void(ctx))
	}
	return stored(err)
}

// void gives a prepared record up: nothing was signed. What it knew about the
// learner goes with it; its places stay spent.
func (p *Prepared) void(ctx context.Context) error {
	return p.by.void(context.WithoutCancel(ctx), p.actor, p.record)
}

func (s *Service) void(ctx context.Context, a Actor, r StoredRecord) error {
	r.State, r.Sealed = Voided, nil
	err := s.store.Advance(ctx, Unsigned, r, s.entry(a, "credential.voided", r.ID))
	if errors.Is(err, ErrConflict) {
		return nil // finished by somebody else
	}
	return stored(err)
}
