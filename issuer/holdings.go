package issuer

import (
	"context"
	"errors"
	"net/mail"
	"slices"
	"strings"
)

// MaxHoldings is how many credentials a learner's page shows: the newest.
const MaxHoldings = 200

// Holdings returns what a learner holds, under all their addresses, newest
// first, with the sealed parts. What was erased is left out.
func (s *Service) Holdings(ctx context.Context, d Digest) ([]Record, error) {
	all, err := s.person(ctx, d)
	if err != nil {
		return nil, err
	}
	var held []Record
	for _, one := range all {
		more, err := s.heldBy(ctx, one)
		if err != nil {
			return nil, err
		}
		held = append(held, more...)
	}
	slices.SortStableFunc(held, func(a, b Record) int { return b.IssuedAt.Compare(a.IssuedAt) })
	return held[:min(len(held), MaxHoldings)], nil
}

func (s *Service) heldBy(ctx context.Context, d Digest) (held []Record, err error) {
	sel := Selection{Limit: MaxHoldings, Learner: d}
	for {
		page, next, err := s.store.Page(ctx, sel)
		if err != nil {
			return nil, stored(err)
		}
		for _, r := range page {
			rec, err := s.holding(ctx, r.ID)
			switch {
			case isGone(err): // erased, or never issued
			case err != nil:
				return nil, err
			default:
				held = append(held, rec)
			}
		}
		if sel.Cursor = next; next == "" || len(held) >= MaxHoldings {
			return held, nil
		}
	}
}

// holding is a record as its learner sees it.
func (s *Service) holding(ctx context.Context, id string) (Record, error) {
	r, err := s.public(ctx, id)
	if err != nil {
		return Record{}, err
	}
	return s.open(r)
}

// Held returns one credential of a learner, by ID, whatever its address shows to
// others; NOT_FOUND where the person does not hold it.
func (s *Service) Held(ctx context.Context, d Digest, id string) (Record, error) {
	r, err := s.public(ctx, id)
	if err != nil {
		return Record{}, err
	}
	all, err := s.person(ctx, d)
	if err != nil {
		return Record{}, err
	}
	if !slices.Contains(all, r.Learner) {
		return Record{}, notFound(id)
	}
	return s.open(r)
}

// RequestLink sends a learner the way back to their page, if there is one with
// that address, and says nothing about whether there is. It sends to the
// address that is known, not to what was typed. lang is that of the mail.
func (s *Service) RequestLink(ctx context.Context, address, lang string) error {
	d := s.learners.byEmail(address)
	all, err := s.person(ctx, d)
	if err != nil {
		return err
	}
	if _, err := s.addressOf(ctx, d); isGone(err) {
		return nil
	} else if err != nil {
		return err
	}
	// Its link is made with the key of a learner who has one.
	return s.queue(ctx, mailID(MailLink, d.String(), s.slot()), all[0], mailBody{Kind: MailLink, Lang: lang, To: d})
}

// slot numbers spans of five minutes: however often somebody asks, one mail goes
// to an address in each.
func (s *Service) slot() int { return int(s.now().Unix() / 300) }

// queue adds a mail that no change of a record brings with it. One that is
// there already is enough.
func (s *Service) queue(ctx context.Context, id string, owner Digest, b mailBody) error {
	b.At = s.now()
	err := s.store.Add(ctx, newMail(id, owner, s.now(), b), s.entry(system, "mail.queued", id))
	if errors.Is(err, ErrExists) {
		return nil
	}
	if err == nil {
		s.wake()
	}
	return stored(err)
}

// plainAddress takes an address as RFC 5322 has it between angle brackets, of
// one person, that reads back as it was written and as no encoded word
// (RFC 2047).
func plainAddress(s string) bool {
	if len(s) > 254 || strings.ContainsAny(s, " \t\r\n<>,;\"") || strings.Contains(s, "=?") {
		return false
	}
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && a.Name == ""
}

// kindQuiet is the wish of a learner not to be written to.
const kindQuiet = "quiet"

func (s *Service) quiet(ctx context.Context, d Digest) (bool, error) {
	all, err := s.person(ctx, d)
	if err != nil {
		return false, err
	}
	for _, one := range all {
		_, err := s.store.Thing(ctx, kindQuiet, one.String())
		if err == nil || !isNotFound(err) {
			return err == nil, stored(err)
		}
	}
	return false, nil
}

// Quiet reports whether a learner wants no mail about their credentials.
func (s *Service) Quiet(ctx context.Context, d Digest) (bool, error) { return s.quiet(ctx, d) }

// SetQuiet ends mails to a learner about their credentials, or begins them
// again. Of a withdrawal they are told all the same, and they can ask for the
// way back.
func (s *Service) SetQuiet(ctx context.Context, d Digest, want bool) error {
	all, err := s.person(ctx, d)
	if err != nil {
		return err
	}
	if want {
		t := Thing{Kind: kindQuiet, ID: all[0].String(), Owner: all[0].String(), Body: []byte("{}")}
		if err := s.store.Add(ctx, t, s.entry(system, "mail.stopped", "learner")); !errors.Is(err, ErrExists) {
			return stored(err)
		}
		return nil
	}
	for _, one := range all {
		if err := s.store.Remove(ctx, kindQuiet, one.String(), s.entry(system, "mail.resumed", "learner")); err != nil && !isNotFound(err) {
			return stored(err)
		}
	}
	return nil
}
