package storetest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"merkki/issuer"
)

func readsWhatWasWritten(t *testing.T, s issuer.Store) {
	ctx := t.Context()
	if _, err := s.Get(ctx, id(1)); !errors.Is(err, issuer.ErrNotFound) {
		t.Errorf("Get of nothing: %v, want ErrNotFound", err)
	}
	openList(t, s, 700, "revocation", 10)
	made := create(t, s, creation(record(1), "revocation"))
	want := record(1)
	want.Places = []issuer.Place{{List: id(700), Purpose: "revocation"}}
	if !reflect.DeepEqual(made, want) {
		t.Errorf("Create returned %+v, want %+v", made, want)
	}
	want.IssuedAt, want.ChangedAt, want.Reason, want.ReasonCode = noon, noon, "a mistake", "issued-in-error"
	want.Visibility, want.Told = "closed", true
	want.Document, want.Token, want.Base = issuer.Digest{1, 2, 3}, issuer.Digest{4}, issuer.Digest{5}
	want.Sealed = make([]byte, 40_000)
	want = advance(t, s, want, issuer.Issued)
	got, err := s.Get(ctx, id(1))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Get: %+v, %v, want %+v", got, err, want)
	}
	want.Sealed = nil // erased, or voided
	want = advance(t, s, want, issuer.Revoked)
	if got, err = s.Get(ctx, id(1)); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Get without a sealed part: %+v, %v, want %+v", got, err, want)
	}
}

func idsAreUsedOnce(t *testing.T, s issuer.Store) {
	r := create(t, s, creation(record(1)))
	if _, err := s.Create(t.Context(), creation(record(1))); !errors.Is(err, issuer.ErrExists) {
		t.Errorf("Create with an ID in use: %v, want ErrExists", err)
	}
	advance(t, s, r, issuer.Voided)
	if _, err := s.Create(t.Context(), creation(record(1))); !errors.Is(err, issuer.ErrExists) {
		t.Errorf("Create with the ID of a voided record: %v, want ErrExists", err)
	}
	openList(t, s, 700, "revocation", 10)
	l := issuer.List{ID: id(700), Issuer: id(901), Purpose: "suspension", Limit: 5}
	if err := s.OpenList(t.Context(), l, entry("list.opened", l.ID)); !errors.Is(err, issuer.ErrExists) {
		t.Errorf("OpenList with an ID in use: %v, want ErrExists", err)
	}
}

func oneWinner(t *testing.T, s issuer.Store) {
	r := create(t, s, creation(record(1)))
	r.State = issuer.Issued
	var wg sync.WaitGroup
	var won atomic.Int32
	for range 32 {
		wg.Go(func() {
			switch err := s.Advance(context.Background(), issuer.Unsigned, r, entry("credential.issued", r.ID)); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, issuer.ErrConflict):
				t.Errorf("Advance that lost the race: %v, want ErrConflict", err)
			}
		})
	}
	wg.Wait()
	if n := won.Load(); n != 1 {
		t.Errorf("%d of 32 racing Advance calls won, want 1", n)
	}
	if n := chained(t, s); n != 2 {
		t.Errorf("the log has %d entries after one creation and one advance that won", n)
	}
	gone := record(2)
	if err := s.Advance(t.Context(), issuer.Unsigned, gone, entry("credential.issued", gone.ID)); !errors.Is(err, issuer.ErrNotFound) {
		t.Errorf("Advance of nothing: %v, want ErrNotFound", err)
	}
}

func placesNeverChange(t *testing.T, s issuer.Store) {
	openList(t, s, 700, "revocation", 10)
	r := create(t, s, creation(record(1), "revocation"))
	for name, change := range map[string]func(*issuer.StoredRecord){
		"a place moved":    func(r *issuer.StoredRecord) { r.Places[0].Number = 7 },
		"a place dropped":  func(r *issuer.StoredRecord) { r.Places = nil },
		"a place added":    func(r *issuer.StoredRecord) { r.Places = append(r.Places, issuer.Place{List: id(700), Number: 3}) },
		"another learner":  func(r *issuer.StoredRecord) { r.Learner[0]++ },
		"another issuer":   func(r *issuer.StoredRecord) { r.Issuer = id(901) },
		"another award":    func(r *issuer.StoredRecord) { r.Achievement += "2" },
		"another purpose":  func(r *issuer.StoredRecord) { r.Places[0].Purpose = "suspension" },
		"a place doubled":  func(r *issuer.StoredRecord) { r.Places = append(r.Places, r.Places[0]) },
		"a list exchanged": func(r *issuer.StoredRecord) { r.Places[0].List = id(701) },
	} {
		changed := r
		changed.Places = slices.Clone(r.Places)
		change(&changed)
		changed.State = issuer.Issued
		if err := s.Advance(t.Context(), issuer.Unsigned, changed, entry("credential.issued", r.ID)); !errors.Is(err, issuer.ErrConflict) {
			t.Errorf("Advance with %s: %v, want ErrConflict", name, err)
		}
	}
	if got, err := s.Get(t.Context(), r.ID); err != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("after refused changes: %+v, %v, want %+v", got, err, r)
	}
}

func claimsMakeOneRecord(t *testing.T, s issuer.Store) {
	claim := issuer.Claim{Key: issuer.Digest{1}, Request: issuer.Digest{2}, By: "batch"}
	if held, err := s.Claimed(t.Context(), claim.Key); held != nil || err != nil {
		t.Errorf("Claimed of a free key: %v, %v", held, err)
	}
	var wg sync.WaitGroup
	var made atomic.Int32
	for n := range 32 {
		wg.Go(func() {
			c := creation(record(n))
			c.Claim = &claim
			_, err := s.Create(context.Background(), c)
			var held *issuer.ClaimedError
			switch {
			case err == nil:
				made.Add(1)
			case !errors.As(err, &held):
				t.Errorf("Create with a key in use: %v, want a ClaimedError", err)
			case held.Request != claim.Request || held.By != claim.By || held.Record.State != issuer.Unsigned:
				t.Errorf("ClaimedError says %+v", held)
			}
		})
	}
	wg.Wait()
	if n := made.Load(); n != 1 {
		t.Errorf("one idempotency key made %d records", n)
	}
	held, err := s.Claimed(t.Context(), claim.Key)
	if err != nil || held == nil || held.Request != claim.Request || held.By != claim.By {
		t.Fatalf("Claimed: %+v, %v", held, err)
	}
	advance(t, s, held.Record, issuer.Issued)
	if held, err = s.Claimed(t.Context(), claim.Key); err != nil || held == nil || held.Record.State != issuer.Issued {
		t.Errorf("Claimed after issue: %+v, %v: it must show the record as it is", held, err)
	}
}

// refusedForWhatIsThere: whoever is refused because of a record finds it.
func refusedForWhatIsThere(t *testing.T, s issuer.Store) {
	var wg sync.WaitGroup
	for n := range 200 {
		wg.Go(func() {
			c := creation(record(n))
			c.Claim = &issuer.Claim{Key: issuer.Digest{byte(n / 8)}, Request: issuer.Digest{2}}
			_, err := s.Create(context.Background(), c)
			held, refused := errors.AsType[*issuer.ClaimedError](err)
			if !refused {
				return
			}
			if _, err := s.Get(context.Background(), held.Record.ID); err != nil {
				t.Errorf("refused for record %s, which is not there: %v", held.Record.ID, err)
			}
		})
	}
	wg.Wait()
}

func voidedFreesTheClaim(t *testing.T, s issuer.Store) {
	c := creation(record(1))
	c.Claim = &issuer.Claim{Key: issuer.Digest{1}, Request: issuer.Digest{2}}
	advance(t, s, create(t, s, c), issuer.Voided)
	if held, err := s.Claimed(t.Context(), c.Claim.Key); held != nil || err != nil {
		t.Errorf("Claimed by a voided record: %+v, %v, want free", held, err)
	}
	c.Record = record(2)
	c.Claim.Request = issuer.Digest{3}
	create(t, s, c)
	if held, err := s.Claimed(t.Context(), c.Claim.Key); err != nil || held == nil || held.Record.ID != id(2) {
		t.Errorf("Claimed: %+v, %v, want record 2", held, err)
	}
}

func unfinishedSkipsNothing(t *testing.T, s issuer.Store) {
	const n = 600 // more than any reading in pieces takes at once
	for i := range n {
		r := create(t, s, creation(record(i)))
		if i%3 == 0 {
			advance(t, s, r, issuer.Issued)
		}
	}
	last := ""
	seen := map[string]bool{}
	for r, err := range s.Unfinished(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if r.ID <= last {
			t.Errorf("%s came after %s: not oldest first", r.ID, last)
		}
		if len(r.Sealed) == 0 {
			t.Errorf("%s came without its sealed part", r.ID)
		}
		last = r.ID
		seen[r.ID] = true
		advance(t, s, r, issuer.Voided) // writing while ranging
	}
	if want := n - n/3; len(seen) != want {
		t.Errorf("Unfinished yielded %d records, want %d", len(seen), want)
	}
	for r := range s.Unfinished(t.Context()) {
		t.Errorf("%s is %s and still unfinished", r.ID, r.State)
	}
	all := 0
	for r, err := range s.All(t.Context()) {
		if err != nil || r.ID != id(all) {
			t.Fatalf("All: record %d is %s, %v", all, r.ID, err)
		}
		all++
	}
	if all != n {
		t.Errorf("All yielded %d records, want %d", all, n)
	}
}

// allAdvanceOrNone: the steps of one AdvanceAll happen together, and a step that is
// refused takes the others with it.
func allAdvanceOrNone(t *testing.T, s issuer.Store) {
	ctx := t.Context()
	first, second := create(t, s, creation(record(1))), create(t, s, creation(record(2)))
	step := func(r issuer.StoredRecord, from, to issuer.State, action string, also ...issuer.Thing) issuer.Step {
		r.State = to
		return issuer.Step{From: from, Record: r, Entry: entry(action, r.ID), Also: also}
	}
	if err := s.AdvanceAll(ctx, step(first, issuer.Unsigned, issuer.Issued, "credential.issued")); err != nil {
		t.Fatal(err)
	}
	first.Revision, first.State = 1, issuer.Issued
	first.SupersededBy, second.Supersedes = second.ID, first.ID
	for n := range first.Places {
		first.Places[n].Set = first.Places[n].Purpose == "revocation"
	}
	before := chained(t, s)
	stale := first
	stale.Revision = 7
	err := s.AdvanceAll(ctx,
		step(second, issuer.Unsigned, issuer.Issued, "credential.issued", issuer.Thing{Kind: "mail", ID: "a", Owner: second.ID}),
		step(stale, issuer.Issued, issuer.Revoked, "credential.superseded"))
	if !errors.Is(err, issuer.ErrConflict) {
		t.Errorf("AdvanceAll with a revision that is over: %v, want ErrConflict", err)
	}
	if got, err := s.Get(ctx, second.ID); err != nil || got.State != issuer.Unsigned || got.Supersedes != "" {
		t.Errorf("the other record of a refused AdvanceAll is %+v, %v", got, err)
	}
	if _, err := s.Thing(ctx, "mail", "a"); !errors.Is(err, issuer.ErrNotFound) {
		t.Errorf("a refused AdvanceAll left a thing: %v", err)
	}
	if n := chained(t, s); n != before {
		t.Errorf("a refused AdvanceAll left %d log entries", n-before)
	}
	err = s.AdvanceAll(ctx,
		step(second, issuer.Unsigned, issuer.Issued, "credential.issued"),
		step(first, issuer.Issued, issuer.Revoked, "credential.superseded"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Get(ctx, first.ID); err != nil || got.State != issuer.Revoked || got.SupersededBy != second.ID {
		t.Errorf("the first record is %+v, %v", got, err)
	}
	if got, err := s.Get(ctx, second.ID); err != nil || got.State != issuer.Issued || got.Supersedes != first.ID {
		t.Errorf("the second record is %+v, %v", got, err)
	}
	if n := chained(t, s); n != before+2 {
		t.Errorf("AdvanceAll of two left %d log entries, want 2", n-before)
	}
}
