package issuer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"merkki/proof"
	"merkki/schema"
)

const kindShare = "share"

// Bounds of shares.
const (
	maxShares   = 50                   // of one credential, that have not ended
	maxLabel    = 100                  // characters
	longestLife = 366 * 24 * time.Hour // of a share
	remembered  = 30 * 24 * time.Hour  // how long a share that ran out is still listed
)

// A Share is a link that its learner made for somebody: it shows a credential,
// or a part of it, until it ends. Whoever has the link sees what it shows; what
// opens it is a secret of 128 bits, kept as its SHA-256.
type Share struct {
	ID         string // names it among the shares of its credential, and opens nothing
	Credential string // ID
	Label      string // for whom or what, for the learner alone
	Limited    bool   // it shows Shows of what can be left out, and nothing else of it
	Shows      []string
	Made       time.Time
	Until      time.Time
	Views      int    // how often its page was opened; by whom is not known
	Token      string // what stands in the link; only in what MakeShare returns
}

// A NewShare is what a learner asks for.
type NewShare struct {
	Label string
	Until time.Time // at most a year from now
	// Limited shares show what cannot be left out (who issued what, when, until
	// when, and whether it is in force) and of [Parts] those in Shows. They can
	// be made of a closed credential only, because the number that a credential
	// bears is the address of the whole.
	Limited bool
	Shows   []string
	Close   bool // close the credential in the same step
}

// A shareBody is how the store keeps one. What tells of people is sealed.
type shareBody struct {
	Learner Digest    `json:"learner"`
	Until   time.Time `json:"until"`
	Views   int       `json:"views"`
	Sealed  []byte    `json:"sealed"`
}

// A shareSecret is the sealed part.
type shareSecret struct {
	Label   string    `json:"label"`
	Limited bool      `json:"limited"`
	Shows   []string  `json:"shows"`
	Made    time.Time `json:"made"`
}

// MakeShare makes a link to a credential for its learner. Limited to a credential
// that is not closed, more than fifty at a time, or of a credential that is
// withheld, it is CONFLICT.
func (s *Service) MakeShare(ctx context.Context, who Digest, id string, n NewShare) (Share, error) {
	if err := n.check(s.now()); err != nil {
		return Share{}, err
	}
	s.forgetShares(ctx)
	sh := Share{Label: n.Label, Limited: n.Limited, Shows: n.Shows, Made: s.now(), Until: n.Until.UTC().Truncate(time.Second), Token: NewID()}
	sh.ID = shareID(sh.Token)
	_, err := s.amend(ctx, learnerActor, "share.made", s.held(ctx, who, id), func(r *StoredRecord) ([]Thing, error) {
		sh.Credential = r.ID
		if n.Close && r.Visibility != string(Withheld) {
			r.Visibility = string(Closed)
		}
		switch {
		case r.Visibility == string(Withheld):
			return nil, conflict(r.ID, r.State, "withheld")
		case n.Limited && r.Visibility != string(Closed):
			return nil, conflict(r.ID, r.State, "not-closed")
		}
		have, err := s.store.Owned(ctx, kindShare, r.ID)
		if err != nil {
			return nil, stored(err)
		}
		if len(have) >= maxShares {
			return nil, conflict(r.ID, r.State, "too-many-shares")
		}
		t, err := s.shareThing(r.Learner, sh)
		return []Thing{t}, err
	})
	return sh, err
}

func (n *NewShare) check(now time.Time) error {
	if n.Label == "" || utf8.RuneCountInString(n.Label) > maxLabel || !utf8.ValidString(n.Label) {
		return malformed("/label", "1 to 100 characters")
	}
	if !n.Until.After(now) || n.Until.Sub(now) > longestLife {
		return malformed("/until", "a moment within a year from now")
	}
	for _, p := range n.Shows {
		if !slices.Contains(Parts(), p) {
			return malformed("/shows", fmt.Sprint(Parts()))
		}
	}
	return nil
}

// shareID is the name of a share: the hash of what opens it.
func shareID(token string) string {
	sum := sha256.Sum256([]byte("merkki share 1\n" + token))
	return hex.EncodeToString(sum[:])
}

func (s *Service) shareThing(learner Digest, sh Share) (Thing, error) {
	sealed, err := s.sealFor(learner, kindShare+" "+sh.ID, shareSecret{sh.Label, sh.Limited, sh.Shows, sh.Made})
	if err != nil {
		return Thing{}, err
	}
	body, err := json.Marshal(shareBody{Learner: learner, Until: sh.Until, Sealed: sealed})
	return Thing{Kind: kindShare, ID: sh.ID, Owner: sh.Credential, Due: sh.Until.Add(remembered), Body: body}, err
}

// share opens what the store keeps.
func (s *Service) share(t Thing) (Share, error) {
	var b shareBody
	if err := json.Unmarshal(t.Body, &b); err != nil {
		return Share{}, stored(fmt.Errorf("%w: share: %v", ErrDamaged, err))
	}
	var p shareSecret
	if err := s.unsealFor(b.Learner, kindShare+" "+t.ID, b.Sealed, &p); err != nil {
		return Share{}, err
	}
	return Share{ID: t.ID, Credential: t.Owner, Label: p.Label, Limited: p.Limited, Shows: p.Shows, Made: p.Made, Until: b.Until, Views: b.Views}, nil
}

// Shares lists the links that a learner made to a credential, the oldest first:
// those that run, and for a month those that ran out.
func (s *Service) Shares(ctx context.Context, who Digest, id string) ([]Share, error) {
	r, err := s.held(ctx, who, id)()
	if err != nil {
		return nil, err
	}
	s.forgetShares(ctx)
	s.countShares(ctx)
	things, err := s.store.Owned(ctx, kindShare, r.ID)
	if err != nil {
		return nil, stored(err)
	}
	all := make([]Share, 0, len(things))
	for _, t := range things {
		sh, err := s.share(t)
		if err != nil {
			return nil, err
		}
		all = append(all, sh)
	}
	return all, nil
}

// EndShare ends a link at once; it is NOT_FOUND from then on, as if it had never
// been.
func (s *Service) EndShare(ctx context.Context, who Digest, id, share string) error {
	r, err := s.held(ctx, who, id)()
	if err != nil {
		return err
	}
	t, err := s.store.Thing(ctx, kindShare, share)
	if err == nil && t.Owner != r.ID {
		err = ErrNotFound
	}
	if err != nil {
		return found(share, err)
	}
	return found(share, s.store.Remove(ctx, kindShare, share, s.entry(learnerActor, "share.ended", r.ID)))
}

// forgetShares removes some of those that ran out a month ago. What cannot be
// removed now is removed another time.
func (s *Service) forgetShares(ctx context.Context) {
	over, _ := s.store.Due(ctx, kindShare, s.now(), maxShares)
	for _, t := range over {
		_ = s.store.Remove(ctx, kindShare, t.ID, s.entry(system, "share.forgotten", t.Owner))
	}
}

// A Shared is what a link opens.
type Shared struct {
	Share
	Record Record       // for the service to verify; a limited share shows Claims of it
	Claims schema.Value // what is shown, without proof
}

// OpenShare finds what a link shows. A link that is unknown, was ended, has run
// out, or shows only a part of a credential that is open or withheld now, is
// NOT_FOUND, and nobody can tell which.
func (s *Service) OpenShare(ctx context.Context, token string) (Shared, error) {
	refused := schema.Refusal(schema.CodeNotFound, "", nil)
	token, err := ParseID(token)
	if err != nil {
		return Shared{}, refused
	}
	t, err := s.store.Thing(ctx, kindShare, shareID(token))
	if errors.Is(err, ErrNotFound) {
		return Shared{}, refused
	}
	if err != nil {
		return Shared{}, stored(err)
	}
	sh, err := s.share(t)
	if isGone(err) { // nobody may know that there was something
		return Shared{}, refused
	}
	if err != nil {
		return Shared{}, err
	}
	r, err := s.store.Get(ctx, t.Owner)
	if err != nil {
		return Shared{}, stored(err)
	}
	v := Visibility(r.Visibility)
	if !s.now().Before(sh.Until) || v == Withheld || sh.Limited && v != Closed {
		return Shared{}, refused
	}
	rec, err := s.open(r)
	if isGone(err) {
		return Shared{}, refused
	}
	if err != nil {
		return Shared{}, err
	}
	out := Shared{Share: sh, Record: rec}
	doc, err := schema.Parse(rec.Credential, schema.Limits{})
	if err != nil {
		return Shared{}, err
	}
	if out.Claims = doc.Root(); sh.Limited {
		out.Claims = limited(doc.Root(), sh.Shows)
	}
	return out, nil
}

// Derive makes the signed document of what a link shows: the credential itself,
// or, of a limited one, what its holder's copy allows to be shown of it. It is
// nil where the credential was signed in no form of which a part can be shown.
func (s *Service) Derive(ctx context.Context, sh Shared) ([]byte, error) {
	switch {
	case !sh.Limited:
		return sh.Record.Credential, nil
	case sh.Record.Base == nil:
		return nil, nil
	}
	doc, err := schema.Parse(sh.Record.Base, schema.Limits{})
	if err != nil {
		return nil, err
	}
	d, err := proof.Derive(ctx, s.contexts, doc, pointersTo(doc.Root(), sh.Shows))
	if err != nil {
		return nil, err
	}
	return d.Raw(), nil
}

// views counts how often shares were opened, in memory: opening one never waits
// for the disk.
type views struct {
	mu      sync.Mutex
	pending map[string]int // by Share.ID, guarded by mu
	written time.Time      // guarded by mu
}

const (
	countEvery = time.Minute
	maxPending = 10000
)

// CountView counts that the page of a link was opened. Counts are written
// together, once a minute at most, and when the learner looks.
func (s *Service) CountView(ctx context.Context, share string) {
	s.views.mu.Lock()
	if s.views.pending == nil {
		s.views.pending, s.views.written = map[string]int{}, s.now()
	}
	if len(s.views.pending) < maxPending {
		s.views.pending[share]++
	}
	due := s.now().Sub(s.views.written) >= countEvery
	s.views.mu.Unlock()
	if due {
		s.countShares(ctx)
	}
}

// countShares writes the counts. The log says that some were written, not for
// which link: when a link was opened is nobody's business.
func (s *Service) countShares(ctx context.Context) {
	s.views.mu.Lock()
	pending := s.views.pending
	s.views.pending, s.views.written = map[string]int{}, s.now()
	s.views.mu.Unlock()
	for id, n := range pending {
		for {
			t, err := s.store.Thing(ctx, kindShare, id)
			var b shareBody
			if err != nil || json.Unmarshal(t.Body, &b) != nil {
				break // ended meanwhile
			}
			b.Views += n
			if t.Body, err = json.Marshal(b); err != nil {
				break
			}
			if err = s.store.Replace(ctx, t, s.entry(system, "share.counted", "")); !errors.Is(err, ErrConflict) {
				break // a count that could not be written is lost, and nothing else
			}
		}
	}
}

// sealFor seals something of a learner's for the store, bound to what it is.
func (s *Service) sealFor(learner Digest, what string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	key, err := s.learners.key(learner)
	if err != nil {
		return nil, err
	}
	return sealText(key, what, plain)
}

// unsealFor opens what sealFor sealed; GONE where the learner's key has been
// destroyed.
func (s *Service) unsealFor(learner Digest, what string, sealed []byte, v any) error {
	key, err := s.learners.key(learner)
	if errors.Is(err, errErased) {
		return fmt.Errorf("%w: %w", schema.Refusal(schema.CodeGone, "", nil), err)
	}
	if err != nil {
		return stored(fmt.Errorf("%w: %s: %w", ErrDamaged, what, err))
	}
	plain, err := unsealText(key, what, sealed)
	if err == nil {
		err = json.Unmarshal(plain, v)
	}
	if err != nil {
		return stored(fmt.Errorf("%w: %s does not open", ErrDamaged, what))
	}
	return nil
}
