package issuer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"merkki/schema"
)

// A learner is an e-mail address, and a person may have several: of the
// university, and of their own. A confirmed further address is a thing that says
// to which learner it leads; from any of them all are found. Its ID is the
// address's digest, its body the address under the key of that learner.
const kindAddress = "address"

// MaxAddresses is how many addresses one person may have.
const MaxAddresses = 8

type addressBody struct {
	Confirmed time.Time `json:"confirmed"`
	Sealed    []byte    `json:"sealed"`
}

// person returns every learner that is the same person as d, the one to which
// all lead first.
func (s *Service) person(ctx context.Context, d Digest) ([]Digest, error) {
	root := d
	for range MaxAddresses {
		t, err := s.store.Thing(ctx, kindAddress, root.String())
		if isNotFound(err) {
			break
		}
		if err != nil {
			return nil, stored(err)
		}
		if err := root.UnmarshalText([]byte(t.Owner)); err != nil {
			return nil, err
		}
	}
	all := []Digest{root}
	for n := 0; n < len(all) && len(all) <= MaxAddresses; n++ {
		owned, err := s.store.Owned(ctx, kindAddress, all[n].String())
		if err != nil {
			return nil, stored(err)
		}
		for _, t := range owned {
			var further Digest
			if err := further.UnmarshalText([]byte(t.ID)); err != nil {
				return nil, err
			}
			all = append(all, further)
		}
	}
	return all, nil
}

// sealAddress seals an address under a learner's key.
func (s *Service) sealAddress(owner, address Digest, clear string) ([]byte, error) {
	key, err := s.learners.key(owner)
	if err != nil {
		return nil, erased(err)
	}
	return sealText(key, address.String(), []byte(clear))
}

func (s *Service) openAddress(owner, address Digest, sealed []byte) (string, error) {
	key, err := s.learners.key(owner)
	if err != nil {
		return "", erased(err)
	}
	clear, err := unsealText(key, address.String(), sealed)
	if err != nil {
		return "", stored(fmt.Errorf("%w: an address does not open", ErrDamaged))
	}
	return string(clear), nil
}

// erased is GONE for a key that is not there any more.
func erased(err error) error {
	if errors.Is(err, errErased) || errors.Is(err, errNoLearner) {
		return fmt.Errorf("%w: %w", schema.Refusal(schema.CodeGone, "", nil), err)
	}
	return err
}

// readAddress returns a further address in the clear.
func (s *Service) readAddress(t Thing) (clear string, confirmed time.Time, err error) {
	var b addressBody
	if err := json.Unmarshal(t.Body, &b); err != nil {
		return "", confirmed, fmt.Errorf("%w: address: %v", ErrDamaged, err)
	}
	var id, owner Digest
	if err := errors.Join(id.UnmarshalText([]byte(t.ID)), owner.UnmarshalText([]byte(t.Owner))); err != nil {
		return "", confirmed, err
	}
	clear, err = s.openAddress(owner, id, b.Sealed)
	return clear, b.Confirmed, err
}

// latestAddress is the further address that the person of d confirmed last, ""
// if there is none.
func (s *Service) latestAddress(ctx context.Context, d Digest) (latest string, err error) {
	var when time.Time
	err = s.eachAddress(ctx, d, func(clear string, confirmed time.Time) {
		if !confirmed.Before(when) {
			latest, when = clear, confirmed
		}
	})
	return latest, err
}

func (s *Service) eachAddress(ctx context.Context, d Digest, visit func(clear string, confirmed time.Time)) error {
	all, err := s.person(ctx, d)
	if err != nil {
		return err
	}
	for _, one := range all {
		t, err := s.store.Thing(ctx, kindAddress, one.String())
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return stored(err)
		}
		clear, confirmed, err := s.readAddress(t)
		if isGone(err) {
			continue
		}
		if err != nil {
			return err
		}
		visit(clear, confirmed)
	}
	return nil
}

// Addresses returns the further addresses of a learner that were confirmed.
func (s *Service) Addresses(ctx context.Context, d Digest) (all []string, err error) {
	err = s.eachAddress(ctx, d, func(clear string, _ time.Time) { all = append(all, clear) })
	return all, err
}

// AddAddress sends a link to a further address of a learner: whoever reads mail
// there and uses the link has confirmed it. lang is that of the mail.
func (s *Service) AddAddress(ctx context.Context, d Digest, address, lang string) error {
	address = strings.TrimSpace(address)
	if !plainAddress(address) {
		return malformed("/email", "one e-mail address")
	}
	all, err := s.person(ctx, d)
	if err != nil {
		return err
	}
	if len(all) >= MaxAddresses {
		return schema.Refusal(schema.CodeLimitExceeded, "/email", map[string]any{"limit": "addresses", "max": MaxAddresses})
	}
	further := s.learners.byEmail(address)
	sealed, err := s.sealAddress(d, further, address)
	if err != nil {
		return err
	}
	return s.queue(ctx, mailID(MailConfirm, d.String()+further.String(), s.slot()), d,
		mailBody{Kind: MailConfirm, Lang: lang, To: further, Sealed: sealed})
}

// confirm makes a further address lead to the person who asked, and has the
// earlier ones told. Where it had further addresses of its own, they follow.
func (s *Service) confirm(ctx context.Context, l Link) error {
	here, err := s.person(ctx, l.owner)
	if err != nil {
		return err
	}
	there, err := s.person(ctx, l.body.Address)
	if err != nil || here[0] == there[0] {
		return err
	}
	clear, err := s.openAddress(l.owner, l.body.Address, l.body.Sealed)
	if err != nil {
		return err
	}
	before, err := s.addressOf(ctx, l.owner)
	if err != nil {
		return err
	}
	if there[0] != l.body.Address { // it leads elsewhere already: all of that is one person now
		return s.join(ctx, here[0], there[0])
	}
	if err := s.lead(ctx, l.body.Address, here[0], clear); err != nil {
		return err
	}
	sealed, err := s.sealAddress(here[0], l.owner, before)
	if err != nil {
		return err
	}
	return s.queue(ctx, mailID(MailAdded, here[0].String()+l.body.Address.String(), 0), here[0],
		mailBody{Kind: MailAdded, To: l.owner, Sealed: sealed})
}

// lead adds the thing by which an address leads to a learner.
func (s *Service) lead(ctx context.Context, address, to Digest, clear string) error {
	sealed, err := s.sealAddress(to, address, clear)
	if err != nil {
		return err
	}
	body, err := json.Marshal(addressBody{Confirmed: s.now(), Sealed: sealed})
	if err != nil {
		return err
	}
	t := Thing{Kind: kindAddress, ID: address.String(), Owner: to.String(), Body: body}
	err = s.store.Add(ctx, t, s.entry(system, "address.confirmed", "learner"))
	if errors.Is(err, ErrExists) {
		return nil
	}
	return stored(err)
}

// join makes one person of two: the learner that all of the second lead to leads
// to the first.
func (s *Service) join(ctx context.Context, first, second Digest) error {
	clear, err := s.addressOf(ctx, second)
	if err != nil {
		return err
	}
	return s.lead(ctx, second, first, clear)
}

// addressOf is the address of one learner in the clear: the confirmed one, or
// that of the newest record.
func (s *Service) addressOf(ctx context.Context, d Digest) (string, error) {
	t, err := s.store.Thing(ctx, kindAddress, d.String())
	if err == nil {
		clear, _, err := s.readAddress(t)
		return clear, err
	}
	if !isNotFound(err) {
		return "", stored(err)
	}
	for _, state := range []State{Issued, Suspended, Revoked} {
		page, _, err := s.store.Page(ctx, Selection{Limit: 1, Learner: d, State: state})
		if err != nil {
			return "", stored(err)
		}
		if len(page) > 0 {
			r, err := s.holding(ctx, page[0].ID)
			return r.Recipient.Email, err
		}
	}
	return "", notFound("learner")
}

// writeTo is the address of a mail that is about no record.
func (s *Service) writeTo(ctx context.Context, t Thing, b mailBody, owner Digest) (string, error) {
	if b.Sealed != nil {
		return s.openAddress(owner, b.To, b.Sealed)
	}
	return s.addressOf(ctx, b.To)
}
