package issuer

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"merkki/keys"
	"merkki/schema"
	"merkki/schema/statuslist"
	"merkki/verifier"
)

const (
	// listLimit is how many numbers of a list are handed out. A new list is
	// opened before the current one is half full: a fuller one would tell by
	// its unused places who is in it.
	listLimit = statuslist.MinEntries/2 - 1
	// maxListAge is how old a signed list may grow before it is signed again.
	maxListAge = 12 * time.Hour
	// listTTL says in milliseconds how long a reader may keep a list: five
	// minutes, which the Cache-Control of its address repeats.
	listTTL = "300000"
)

// openLists opens a list for each purpose of which the institution has none
// with room, and publishes it.
func (s *Service) openLists(ctx context.Context, i Institution, purposes []string) error {
	s.adding.Lock()
	defer s.adding.Unlock()
	for _, purpose := range purposes {
		lists, err := s.store.Lists(ctx)
		if err != nil {
			return stored(err)
		}
		if hasRoom(lists, i.ID, purpose) {
			continue
		}
		l := List{ID: NewID(), Issuer: i.ID, Purpose: purpose, Limit: listLimit}
		rand.Read(l.Key[:])
		// Published before it is used: a credential never names a list that
		// nobody can have.
		if err := s.store.OpenList(ctx, l, s.entry(Actor{Name: "merkki"}, "list.opened", l.ID)); err != nil {
			return stored(err)
		}
		s.lists.put(l)
		if _, err := s.StatusList(ctx, l.ID); err != nil {
			return err
		}
	}
	return nil
}

func hasRoom(lists []List, institution, purpose string) bool {
	room := false
	for _, l := range lists { // the last one counts
		if l.Issuer == institution && l.Purpose == purpose {
			room = l.Next < l.Limit
		}
	}
	return room
}

// StatusList returns a signed list as it stands now. A change of status that
// was acknowledged is in it. A list that is half its validity or twelve hours
// old is signed again; where that fails, the old one is good until it ends, as
// long as no bit has changed since.
func (s *Service) StatusList(ctx context.Context, list string) ([]byte, error) {
	id, err := ParseID(list)
	if err != nil {
		return nil, err
	}
	l, ok := s.lists.get(id)
	if !ok {
		return nil, notFound(list)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bytes == nil {
		s.readPublished(ctx, l)
	}
	now := s.now()
	fresh := now.Sub(l.signed) < min(maxListAge, s.validity/2) && !now.Before(l.signed)
	if l.bytes != nil && fresh && !l.stale.Load() {
		return l.bytes, nil
	}
	changed := l.stale.Swap(false)
	if err := s.rebuild(ctx, l); err != nil {
		if changed {
			l.stale.Store(true)
		}
		if l.bytes != nil && !changed && now.Before(l.until) && !now.Before(l.signed) {
			return l.bytes, nil
		}
		return nil, err
	}
	return l.bytes, nil
}

// rebuild makes, signs, verifies, compares and swaps: a list is published as a
// whole or not at all. The caller holds l.mu.
func (s *Service) rebuild(ctx context.Context, l *shelved) error {
	bits, err := s.bits(ctx, l)
	if err != nil {
		return stored(err)
	}
	if l.bits != nil && l.purpose == "revocation" {
		if i, lost := lostBit(l.bits, bits); lost {
			return fmt.Errorf("%w: entry %d of list %s was published as revoked and the database does not know it", ErrDamaged, i, l.id)
		}
	}
	now := s.now()
	until := now.Add(s.validity)
	signed, err := s.signList(ctx, l, bits, now, until)
	if err != nil {
		return err
	}
	if err := replaceFile(s.listPath(l.id), signed); err != nil {
		return stored(err)
	}
	l.bytes, l.bits, l.signed, l.until = signed, bits, now, until
	return nil
}

func (s *Service) listPath(id string) string { return filepath.Join(s.published, id+".json") }

// bits reads from the store which entries of a list are set.
func (s *Service) bits(ctx context.Context, l *shelved) (*statuslist.List, error) {
	bits := statuslist.New(statuslist.MinEntries)
	for n, err := range s.store.Marked(ctx, l.id) {
		if err != nil {
			return nil, err
		}
		bits.Set(l.permutation.Index(n), true)
	}
	return bits, nil
}

// lostBit finds an entry that is set before and not after.
func lostBit(before, after *statuslist.List) (int, bool) {
	for i := range min(before.Len(), after.Len()) {
		if before.Get(i) && !after.Get(i) {
			return i, true
		}
	}
	return 0, false
}

// signList writes and signs a BitstringStatusListCredential (Bitstring Status
// List 1.0, section 2.2).
func (s *Service) signList(ctx context.Context, l *shelved, bits *statuslist.List, from, until time.Time) ([]byte, error) {
	i, err := s.Institution(ctx, l.issuer)
	if err != nil {
		return nil, err
	}
	signer, err := s.signer(ctx, i, keys.StatusLists)
	if err != nil {
		return nil, err
	}
	m := func(name string, v schema.Value) schema.Member { return schema.Member{Name: name, Value: v} }
	str := schema.StringValue
	url := s.base + "/status/" + l.id
	doc := schema.ObjectValue(
		m("@context", schema.ArrayValue(str(contextVC))),
		m("id", str(url)),
		m("type", schema.ArrayValue(str("VerifiableCredential"), str("BitstringStatusListCredential"))),
		m("issuer", str(i.DID)),
		m("validFrom", str(schema.FormatTime(from))),
		m("validUntil", str(schema.FormatTime(until))),
		m("credentialSubject", schema.ObjectValue(
			m("id", str(url+"#list")),
			m("type", str("BitstringStatusList")),
			m("statusPurpose", str(l.purpose)),
			m("encodedList", str(bits.Encode())),
			m("ttl", schema.NumberValue(listTTL)),
		)),
	)
	return s.sign(ctx, doc, signer, s.resolver(nil))
}

// readPublished takes up the list that was published last. Its bits bind even
// where it cannot be served any more: what was once published as revoked stays
// so. The caller holds l.mu.
func (s *Service) readPublished(ctx context.Context, l *shelved) {
	b, err := os.ReadFile(s.listPath(l.id))
	if err != nil {
		return // never published, or lost: it is built anew
	}
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil || doc.Root().GetString("id") != s.base+"/status/"+l.id {
		return
	}
	if l.bits, err = publishedBits(doc); err != nil {
		l.bits = nil
		return
	}
	report, err := s.Verifier(nil, nil, nil).Verify(ctx, verifier.Request{Input: b})
	if err != nil || report.Verdict != verifier.Valid {
		return
	}
	from, err1 := schema.ParseTime(doc.Root().GetString("validFrom"))
	until, err2 := schema.ParseTime(doc.Root().GetString("validUntil"))
	if err1 != nil || err2 != nil {
		return
	}
	l.bytes, l.signed, l.until = b, from, until
	if now, err := s.bits(ctx, l); err != nil || now.Encode() != l.bits.Encode() {
		l.stale.Store(true)
	}
}

// publishedBits reads the bits of a list credential.
func publishedBits(doc *schema.Document) (*statuslist.List, error) {
	subject, _ := doc.Root().Get("credentialSubject")
	bits, err := statuslist.Decode(subject.GetString("encodedList"))
	if err != nil {
		return nil, err
	}
	if bits.Len() != statuslist.MinEntries {
		return nil, fmt.Errorf("issuer: a published list has %d entries", bits.Len())
	}
	return bits, nil
}

// RefreshLists signs again every list that is due, so that a service which
// nobody asks for a while still has fresh lists on the disk. It returns the
// first error and goes on.
func (s *Service) RefreshLists(ctx context.Context) error {
	var first error
	for _, l := range s.lists.all() {
		if _, err := s.StatusList(ctx, l.id); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// compare looks whether the database knows all that was published: every
// revocation in the directory's own last lists. Where it does not, it is older
// than the world and nothing may be issued from it.
func (s *Service) compare(ctx context.Context) error {
	files, err := os.ReadDir(s.published)
	if err != nil {
		return err
	}
	for _, f := range files {
		id, isList := strings.CutSuffix(f.Name(), ".json")
		if !isList {
			continue
		}
		if reason, err := s.forgotten(ctx, id); err != nil {
			return err
		} else if reason != "" {
			s.behind.Store(&reason)
		}
	}
	return nil
}

// forgotten says what of a published list the database does not know.
func (s *Service) forgotten(ctx context.Context, id string) (string, error) {
	l, ok := s.lists.get(id)
	if !ok {
		return "the database does not know the published status list " + id, nil
	}
	if l.purpose != "revocation" {
		return "", nil
	}
	b, err := os.ReadFile(s.listPath(id))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil {
		return "", nil // damaged: doctor says so, and it is built anew
	}
	before, err := publishedBits(doc)
	if err != nil {
		return "", nil
	}
	now, err := s.bits(ctx, l)
	if err != nil {
		return "", err
	}
	if i, lost := lostBit(before, now); lost {
		return fmt.Sprintf("entry %d of list %s was published as revoked and the database does not know it", i, id), nil
	}
	return "", nil
}
