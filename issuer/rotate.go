package issuer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"merkki/keys"
	"merkki/schema"
)

// Keys are changed in three steps: the new ones are published, everybody who keeps
// a copy of the key documents has time to fetch them anew (the overlap), and then
// the new ones sign and the old ones are retired. What the old ones signed goes on
// being verified.
//
// Where a rotation stands lies in the store. Which key signs follows from it and
// from the clock, so that a process that dies on the way loses nothing: the next
// one goes on (see [Service.KeepKeys]). Nothing new signs before all of it is
// published.

const kindRotation = "rotation"

// maxOverlap is the longest overlap: a rotation is something that ends.
const maxOverlap = 90 * 24 * time.Hour

// A Rotation is a change of an institution's keys that is under way.
type Rotation struct {
	ID     string    `json:"-"`
	Issuer string    `json:"issuer"` // ID of the institution
	Begun  time.Time `json:"begun"`
	// From is when the new keys sign; zero until all of them are made.
	From    time.Time     `json:"from,omitzero"`
	Overlap time.Duration `json:"overlap"`
	Old     []string      `json:"old"` // verification methods of the keys that go
}

// rotations are those under way, by institution; there is one at a time.
type rotations struct {
	mu  sync.Mutex
	all map[string]Rotation // guarded by mu
}

func (r *rotations) of(institution string) (Rotation, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one, ok := r.all[institution]
	return one, ok
}

func (r *rotations) put(one Rotation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all[one.Issuer] = one
}

func (r *rotations) drop(institution string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, institution)
}

func (r *rotations) list() []Rotation {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Values(r.all))
}

// takeUpRotations reads those that an earlier process left under way.
func (s *Service) takeUpRotations(ctx context.Context) error {
	s.rotations.all = map[string]Rotation{}
	things, err := s.store.Things(ctx, kindRotation)
	if err != nil {
		return err
	}
	for _, t := range things {
		r := Rotation{ID: t.ID}
		if err := json.Unmarshal(t.Body, &r); err != nil {
			return fmt.Errorf("%w: rotation %s: %v", ErrDamaged, t.ID, err)
		}
		s.rotations.put(r)
	}
	return nil
}

// RotateKeys begins to replace the keys with which an institution signs
// credentials and status lists. They are published at once and sign after the
// overlap. It needs the role of key custodian. A did:key is its one key: CONFLICT.
func (s *Service) RotateKeys(ctx context.Context, a Actor, institution string, overlap time.Duration) (Rotation, error) {
	if err := a.may(KeyCustodian); err != nil {
		return Rotation{}, err
	}
	if overlap < 0 || overlap > maxOverlap {
		return Rotation{}, malformed("/overlap", "0 to 90 days")
	}
	i, err := s.soleInstitution(ctx, a, institution)
	if err != nil {
		return Rotation{}, err
	}
	if !strings.HasPrefix(i.DID, "did:web:") {
		return Rotation{}, conflict(i.ID, "", "did-key-has-one-key")
	}
	s.turning.Lock()
	defer s.turning.Unlock()
	if err := s.noRotation(i); err != nil {
		return Rotation{}, err
	}
	if last, ok := s.rotations.of(i.ID); ok { // over, and nobody has retired its keys yet
		if _, err := s.goOn(ctx, a, last); err != nil {
			return Rotation{}, err
		}
	}
	pairs, err := s.pairs(ctx, i)
	if err != nil {
		return Rotation{}, err
	}
	r := Rotation{ID: NewID(), Issuer: i.ID, Begun: s.now(), Overlap: overlap.Truncate(time.Second)}
	for _, p := range pairs {
		if inUse(p) && (p.Role == keys.Credentials || p.Role == keys.StatusLists) {
			r.Old = append(r.Old, p.ID)
		}
	}
	body, err := json.Marshal(r)
	if err != nil {
		return Rotation{}, err
	}
	if err := s.store.Add(ctx, Thing{Kind: kindRotation, ID: r.ID, Owner: i.ID, Body: body}, s.entry(a, "rotation.begun", i.ID)); err != nil {
		return Rotation{}, stored(err)
	}
	s.rotations.put(r)
	return s.goOn(ctx, a, r)
}

// Rotations are those under way that the actor may see. It needs the role of key
// custodian or auditor.
func (s *Service) Rotations(ctx context.Context, a Actor) ([]Rotation, error) {
	if err := a.may(KeyCustodian, Auditor); err != nil {
		return nil, err
	}
	var all []Rotation
	for _, r := range s.rotations.list() {
		if a.sees(r.Issuer) {
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b Rotation) int { return a.Begun.Compare(b.Begun) })
	return all, nil
}

// noRotation refuses what cannot be done while keys are being replaced.
func (s *Service) noRotation(i Institution) error {
	if r, ok := s.rotations.of(i.ID); ok && !r.over(s.now()) {
		return schema.Refusal(schema.CodeConflict, "", map[string]any{"id": i.ID, "reason": "rotation-under-way", "until": instant(r.From)})
	}
	return nil
}

func (r Rotation) over(now time.Time) bool { return !r.From.IsZero() && !now.Before(r.From) }

func inUse(p keys.Pair) bool { return p.Retired.IsZero() && p.Revoked.IsZero() }

// goOn does what is due of a rotation: it makes the new keys, sets the moment from
// which they sign, and from that moment on retires the old ones. Everything may be
// done twice. s.turning is held.
func (s *Service) goOn(ctx context.Context, a Actor, r Rotation) (Rotation, error) {
	i, err := s.Institution(ctx, r.Issuer)
	if err != nil {
		return r, err
	}
	if r.From.IsZero() {
		if err := s.makeSuccessors(ctx, a, i, r); err != nil {
			return r, err
		}
		r.From = s.now().Add(r.Overlap)
		t, err := s.store.Thing(ctx, kindRotation, r.ID)
		if err != nil {
			return r, stored(err)
		}
		if t.Body, err = json.Marshal(r); err != nil {
			return r, err
		}
		if err := s.store.Replace(ctx, t, s.entry(a, "rotation.published", i.ID)); err != nil {
			return r, stored(err)
		}
		s.rotations.put(r)
	}
	if !r.over(s.now()) {
		return r, nil
	}
	for _, id := range r.Old {
		if err := s.keyStore.Retire(ctx, id, r.From); err != nil && !errors.Is(err, keys.ErrNotFound) {
			return r, unsignable(err)
		}
	}
	if err := s.store.Remove(ctx, kindRotation, r.ID, s.entry(a, "rotation.done", i.ID)); err != nil && !isNotFound(err) {
		return r, stored(err)
	}
	s.rotations.drop(i.ID)
	return r, nil
}

// makeSuccessors makes a new key for each kind and role of those that go, unless an
// earlier try made it.
func (s *Service) makeSuccessors(ctx context.Context, a Actor, i Institution, r Rotation) error {
	pairs, err := s.pairs(ctx, i)
	if err != nil {
		return err
	}
	type work struct {
		alg  keys.Algorithm
		role keys.Role
	}
	done := map[work]bool{}
	for _, p := range pairs {
		if inUse(p) && !slices.Contains(r.Old, p.ID) {
			done[work{p.Algorithm, p.Role}] = true
		}
	}
	for _, p := range pairs {
		w := work{p.Algorithm, p.Role}
		if !slices.Contains(r.Old, p.ID) || done[w] {
			continue
		}
		if _, err := s.makeKey(ctx, a, i, w.alg, w.role); err != nil {
			return err
		}
		done[w] = true
	}
	return nil
}

// turn leaves of the keys that fit a work those whose turn it is: while a rotation
// waits the old ones, afterwards the new ones, as far as there are any.
func (s *Service) turn(i Institution, fit []keys.Pair) []keys.Pair {
	r, ok := s.rotations.of(i.ID)
	if !ok {
		return fit
	}
	old := !r.over(s.now())
	var chosen []keys.Pair
	for _, p := range fit {
		if slices.Contains(r.Old, p.ID) == old {
			chosen = append(chosen, p)
		}
	}
	if len(chosen) == 0 {
		return fit
	}
	return chosen
}

// KeepKeys goes on with every rotation that is due, and returns when to call it
// again; zero: not before another rotation begins.
func (s *Service) KeepKeys(ctx context.Context) (next time.Time, err error) {
	s.turning.Lock()
	defer s.turning.Unlock()
	for _, r := range s.rotations.list() {
		r, failed := s.goOn(ctx, system, r)
		switch again := s.now().Add(time.Minute); {
		case failed != nil:
			err = errors.Join(err, failed)
			next = sooner(next, again)
		case !r.over(s.now()):
			next = sooner(next, r.From)
		}
	}
	return next, err
}

func sooner(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// Term says from when a key of an institution signs and until when, as far as a
// rotation decides it; zero times where none does.
func (s *Service) Term(ctx context.Context, p keys.Pair) (from, until time.Time) {
	i, err := s.Institution(ctx, p.Issuer)
	if err != nil || !inUse(p) {
		return from, until
	}
	r, ok := s.rotations.of(i.ID)
	switch {
	case !ok || p.Role != keys.Credentials && p.Role != keys.StatusLists:
	case slices.Contains(r.Old, p.ID):
		until = r.From
	default:
		from = r.From
	}
	return from, until
}
