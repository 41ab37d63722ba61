package issuer

import (
	"context"
	"strings"
)

// Get returns a credential as the world may see it, by ID or address. What is
// only prepared, was voided, or is withheld, is NOT_FOUND; GONE where the
// learner's key has been destroyed.
func (s *Service) Get(ctx context.Context, id string) (Record, error) {
	r, err := s.public(ctx, id)
	if err == nil && r.Visibility == string(Withheld) {
		err = notFound(id)
	}
	if err != nil {
		return Record{}, err
	}
	return s.open(r)
}

// Read is Get for somebody with a token: it needs the role of registrar or
// auditor, and records of an institution that the actor is not bound to are
// NOT_FOUND.
func (s *Service) Read(ctx context.Context, a Actor, id string) (Record, error) {
	if err := a.may(Registrar, Auditor); err != nil {
		return Record{}, err
	}
	r, err := s.visible(ctx, a, id)
	if err != nil {
		return Record{}, err
	}
	return s.openNoted(ctx, r)
}

// openNoted adds the sealed part, and what became of the mails.
func (s *Service) openNoted(ctx context.Context, r StoredRecord) (Record, error) {
	opened, err := s.open(r)
	if err == nil {
		opened.Mails, err = s.mailsOf(ctx, r)
	}
	return opened, err
}

// BaseCopy returns the credential with a base proof of ecdsa-sd-2023, for handing
// it to its holder: NOT_FOUND where there is none. It needs the role of
// registrar: whoever has the copy can show everything.
func (s *Service) BaseCopy(ctx context.Context, a Actor, id string) ([]byte, error) {
	if err := a.may(Registrar); err != nil {
		return nil, err
	}
	r, err := s.visible(ctx, a, id)
	if err != nil {
		return nil, err
	}
	opened, err := s.open(r)
	if err == nil && opened.Base == nil {
		err = notFound(id)
	}
	return opened.Base, err
}

// public returns the stored record of something that was issued.
func (s *Service) public(ctx context.Context, ref string) (StoredRecord, error) {
	id := ref
	if scheme := strings.Index(id, "://"); scheme >= 0 {
		// On paper the whole address may be in capitals.
		prefix := s.base + "/c/"
		if len(id) < len(prefix) || !strings.EqualFold(id[:len(prefix)], prefix) {
			return StoredRecord{}, notFound(ref)
		}
		id = id[len(prefix):]
	}
	id, err := ParseID(id)
	if err != nil {
		return StoredRecord{}, notFound(ref)
	}
	r, err := s.store.Get(ctx, id)
	if err != nil {
		return StoredRecord{}, found(ref, err)
	}
	if r.State == Unsigned || r.State == Voided {
		return StoredRecord{}, notFound(ref)
	}
	return r, nil
}

func (s *Service) visible(ctx context.Context, a Actor, ref string) (StoredRecord, error) {
	r, err := s.public(ctx, ref)
	if err == nil && !a.sees(r.Issuer) {
		err = notFound(ref)
	}
	return r, err
}

// A Query selects records; zero fields select everything.
type Query struct {
	Limit       int    // 1 to 1,000; zero means 100
	Cursor      string // Page.Next of the page before
	Achievement string // ID (newest version), ID/v2 or address
	State       State
	Issuer      string // ID of an institution
	Email       string // exact but for case
}

// A Page is one page of records, newest first, without what names a person.
type Page struct {
	Items []Record
	Next  string // "" at the end; a page may be short and not the last
}

// List returns records. It needs the role of registrar or auditor.
func (s *Service) List(ctx context.Context, a Actor, q Query) (Page, error) {
	if err := a.may(Registrar, Auditor); err != nil {
		return Page{}, err
	}
	sel := Selection{Limit: q.Limit, Cursor: q.Cursor, State: q.State, Issuer: q.Issuer}
	switch {
	case q.Limit == 0:
		sel.Limit = 100
	case q.Limit < 1 || q.Limit > 1000:
		return Page{}, malformed("/limit", "1 to 1,000")
	}
	switch q.State {
	case "", Unsigned, Issued, Suspended, Revoked, Voided:
	default:
		return Page{}, malformed("/state", "prepared, issued, suspended, revoked or voided")
	}
	if a.Issuer != "" {
		if sel.Issuer != "" && sel.Issuer != a.Issuer {
			return Page{}, notFound(q.Issuer)
		}
		sel.Issuer = a.Issuer
	}
	if q.Email != "" {
		sel.Learner = s.learners.byEmail(q.Email)
	}
	if q.Achievement != "" {
		ach, err := s.Achievement(ctx, q.Achievement)
		if err != nil {
			return Page{}, err
		}
		sel.Achievement = ach.URL
	}
	records, next, err := s.store.Page(ctx, sel)
	if err != nil {
		if q.Cursor != "" && isNotFound(err) {
			return Page{}, malformed("/cursor", "the cursor of a page that this service gave")
		}
		return Page{}, stored(err)
	}
	page := Page{Items: make([]Record, len(records)), Next: next}
	for n, r := range records {
		page.Items[n] = s.record(r)
		if page.Items[n].Mails, err = s.mailsOf(ctx, r); err != nil {
			return Page{}, err
		}
	}
	return page, nil
}
