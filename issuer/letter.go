package issuer

import (
	"context"
	"errors"

	"merkki/schema"
)

// Why a mail is not sent although it is due.
const (
	whyOver    = "over"    // what it would tell is not so any more: it is dropped
	whyStopped = "stopped" // the learner wants no mail
	whyErased  = "erased"  // the learner's key has been destroyed
)

// letter writes a mail. why is not empty where there is nothing to send.
func (s *Service) letter(ctx context.Context, t Thing, b mailBody) (l Letter, why string, err error) {
	l = Letter{ID: t.ID, Kind: b.Kind, Lang: b.Lang, At: b.At, Record: b.Record, Reason: b.Reason}
	var owner Digest
	if err := owner.UnmarshalText([]byte(t.Owner)); err != nil {
		return l, "", err
	}
	if b.Record != "" {
		why, err = s.tell(ctx, &l, owner)
	} else {
		l.To, err = s.writeTo(ctx, t, b, owner)
		if err == nil {
			l.Sender, err = s.onlyInstitution(ctx)
		}
	}
	if isGone(err) {
		return l, whyErased, nil
	}
	if err != nil || why != "" {
		return l, why, err
	}
	if l.Lang == "" {
		l.Lang = l.Sender.Lang
	}
	return l, "", s.link(ctx, &l, owner, b)
}

// tell fills in what a mail says of a credential, and to whom.
func (s *Service) tell(ctx context.Context, l *Letter, owner Digest) (why string, err error) {
	r, err := s.store.Get(ctx, l.Record)
	if err != nil {
		return "", err
	}
	if l.Kind == MailExpiring && (r.State != Issued || r.RenewedBy != "") {
		return whyOver, nil
	}
	if l.Kind != MailRevoked { // of that everybody is told
		if quiet, err := s.quiet(ctx, owner); err != nil || quiet {
			return whyStopped, err
		}
	}
	return "", s.describe(ctx, l, r)
}

// describe fills in what a letter may say of a record. One that is withheld is
// not described at all.
func (s *Service) describe(ctx context.Context, l *Letter, r StoredRecord) error {
	part, err := s.unseal(r)
	if err != nil {
		return err
	}
	if l.Sender, err = s.Institution(ctx, r.Issuer); err != nil {
		return err
	}
	l.Lang = r.Language
	if l.To, err = s.latestAddress(ctx, r.Learner); err != nil {
		return err
	}
	if l.To == "" {
		l.To = part.Recipient.Email
	}
	if r.Visibility == "withheld" {
		l.Reason, l.Record = "", ""
		return nil
	}
	if r.Visibility == "closed" {
		l.Record = "" // its address shows nothing that would help the learner
	}
	a, err := s.Achievement(ctx, r.Achievement)
	l.Name, l.Until, l.Achievement = part.Recipient.Name, r.ValidUntil, a.Definition.GetString("name")
	return err
}

// onlyInstitution is the one that the service has; none where there are several.
func (s *Service) onlyInstitution(ctx context.Context) (Institution, error) {
	all, err := s.Institutions(ctx)
	if err != nil || len(all) != 1 {
		return Institution{}, err
	}
	return all[0], nil
}

// link gives a letter its button: a link of its own where it opens something,
// else the credential's address or the way to the learner's page.
func (s *Service) link(ctx context.Context, l *Letter, owner Digest, b mailBody) error {
	use, with := b.Kind.link()
	switch {
	case with:
		secret, ends, err := s.mintLink(ctx, l.ID, owner, use, b)
		l.Link, l.Ends = s.base+"/claim/"+secret, ends
		return err
	case b.Kind == MailAdded || l.Record == "":
		l.Link = s.base + "/my/link"
	default:
		l.Link = s.base + "/c/" + l.Record
	}
	return nil
}

// isGone reports whether an error says that something is not there, or not any
// more.
func isGone(err error) bool {
	var f *schema.Fault
	return isNotFound(err) || errors.As(err, &f) && (f.Code == schema.CodeGone || f.Code == schema.CodeNotFound)
}
