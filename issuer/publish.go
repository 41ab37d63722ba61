package issuer

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
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
	// ListLife is how long a reader may keep a list: a withdrawn credential must
	// not look in force for long. The list says so itself (ttl, in milliseconds),
	// and the Cache-Control of its address repeats it.
	ListLife = time.Minute
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

// opened returns a list in which a place was just given. The store shows a new
// list to everybody a moment before it stands on the shelf: who comes in
// between waits for the one who opened it.
func (s *Service) opened(id string) (*shelved, bool) {
	if l, ok := s.lists.get(id); ok {
		return l, true
	}
	s.adding.Lock()
	defer s.adding.Unlock()
	return s.lists.get(id)
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

// rebuild makes, signs, verifies and swaps: a list is published as a whole or
// not at all. What was published as revoked stays so, also where the database
// has been put back to a time before (Doctor says so then). The caller holds
// l.mu.
func (s *Service) rebuild(ctx context.Context, l *shelved) error {
	bits, err := s.bits(ctx, l)
	if err != nil {
		return stored(err)
	}
	if l.bits != nil && l.purpose == "revocation" {
		keep(bits, l.bits)
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
	copy(l.built[1:], l.built[:])
	l.built[0] = time.Now()
	s.builds.Add(1)
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

// signList writes and signs a BitstringStatusListCredential (Bitstring Status
// List 1.0, section 2.2).
func (s *Service) signList(ctx context.Context, l *shelved, bits *statuslist.List, from, until time.Time) ([]byte, error) {
	i, err := s.Institution(ctx, l.issuer)
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
			m("ttl", schema.NumberValue(strconv.FormatInt(ListLife.Milliseconds(), 10))),
		)),
	)
	for tries := 0; ; tries++ {
		with, err := s.signings(ctx, i, keys.StatusLists)
		if err != nil {
			return nil, err
		}
		d, err := s.sign(ctx, doc, with, s.Verifier(nil, nil, nil))
		if tries == 2 || !ended(err) {
			return d.document, err
		}
	}
}

// readPublished takes up the list that was published last. Its bits bind even
// where it has ended and cannot be served any more. The caller holds l.mu.
func (s *Service) readPublished(ctx context.Context, l *shelved) {
	p, ok := s.lastPublished(ctx, l.id)
	if !ok {
		return // never published, lost or damaged: it is built anew
	}
	l.bits = p.bits
	if !p.valid {
		return
	}
	l.bytes, l.signed, l.until = p.bytes, p.from, p.until
	if now, err := s.bits(ctx, l); err != nil || now.Encode() != p.bits.Encode() {
		l.stale.Store(true)
	}
}

// A publication is a signed list as it lies in the directory.
type publication struct {
	bytes       []byte
	bits        *statuslist.List
	from, until time.Time
	valid       bool // it may be served; without, only its signature holds
}

// lastPublished reads the file of a list. What this service has not signed is
// as good as not there.
func (s *Service) lastPublished(ctx context.Context, id string) (p publication, ok bool) {
	var err error
	if p.bytes, err = os.ReadFile(s.listPath(id)); err != nil {
		return p, false
	}
	report, err := s.Verifier(nil, nil, nil).Verify(ctx, verifier.Request{Input: p.bytes})
	if err != nil || report.Check("proof.signature").Status != schema.Pass {
		return p, false
	}
	p.valid = report.Verdict == verifier.Valid
	doc, err := schema.Parse(p.bytes, schema.Limits{})
	if err != nil || doc.Root().GetString("id") != s.base+"/status/"+id {
		return p, false
	}
	if p.bits, err = publishedBits(doc); err != nil {
		return p, false
	}
	from, errFrom := schema.ParseTime(doc.Root().GetString("validFrom"))
	until, errUntil := schema.ParseTime(doc.Root().GetString("validUntil"))
	p.from, p.until = from, until
	return p, errFrom == nil && errUntil == nil
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
