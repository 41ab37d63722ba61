package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"merkki/issuer"
)

// oneRevision: two who change a record without changing its state do not undo
// each other's work.
func oneRevision(t *testing.T, s issuer.Store) {
	r := advance(t, s, create(t, s, creation(record(1))), issuer.Issued)
	var wg sync.WaitGroup
	var won atomic.Int32
	for n := range 32 {
		wg.Go(func() {
			mine := r
			mine.Visibility = fmt.Sprint(n)
			switch err := s.Advance(context.Background(), issuer.Issued, mine, entry("credential.changed", r.ID)); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, issuer.ErrConflict):
				t.Errorf("Advance that lost the race: %v, want ErrConflict", err)
			}
		})
	}
	wg.Wait()
	if n := won.Load(); n != 1 {
		t.Errorf("%d of 32 Advance calls from one revision won, want 1", n)
	}
	if got, err := s.Get(t.Context(), r.ID); err != nil || got.Revision != r.Revision+1 {
		t.Errorf("Get: revision %d, %v, want %d", got.Revision, err, r.Revision+1)
	}
}

// thingsComeAlong: what an Advance adds is there with it, or neither is.
func thingsComeAlong(t *testing.T, s issuer.Store) {
	ctx := t.Context()
	r := create(t, s, creation(record(1)))
	mails := []issuer.Thing{{Kind: "mail", ID: "a", Owner: r.ID, Due: noon, Body: []byte("1")}, {Kind: "mail", ID: "b", Owner: r.ID}}
	next := r
	next.State = issuer.Issued
	if err := s.Advance(ctx, issuer.Unsigned, next, entry("credential.issued", r.ID), mails...); err != nil {
		t.Fatal(err)
	}
	for n := range mails {
		mails[n].Revision = 1
	}
	if got, err := s.Owned(ctx, "mail", r.ID); err != nil || !reflect.DeepEqual(got, mails) {
		t.Errorf("Owned: %+v, %v, want %+v", got, err, mails)
	}
	before := chained(t, s)
	next.Revision, next.State = 1, issuer.Suspended
	err := s.Advance(ctx, issuer.Issued, next, entry("credential.suspended", r.ID), issuer.Thing{Kind: "mail", ID: "c"}, mails[0])
	if !errors.Is(err, issuer.ErrExists) {
		t.Errorf("Advance with a thing that exists: %v, want ErrExists", err)
	}
	if got, err := s.Get(ctx, r.ID); err != nil || got.State != issuer.Issued {
		t.Errorf("after a refused Advance the record is %s, %v", got.State, err)
	}
	if _, err := s.Thing(ctx, "mail", "c"); !errors.Is(err, issuer.ErrNotFound) {
		t.Errorf("a refused Advance left a thing: %v", err)
	}
	if n := chained(t, s); n != before {
		t.Errorf("a refused Advance left %d log entries", n-before)
	}
}

func thingsAreOwned(t *testing.T, s issuer.Store) {
	ctx := t.Context()
	want := map[string][]string{}
	for n := range 300 {
		th := issuer.Thing{Kind: "link", ID: fmt.Sprint(n), Owner: fmt.Sprint("owner", n%3)}
		if n%7 == 0 {
			th.Owner = ""
		}
		if err := s.Add(ctx, th, entry("x", "y")); err != nil {
			t.Fatal(err)
		}
		want[th.Owner] = append(want[th.Owner], th.ID)
	}
	owned := func(kind, owner string) (ids []string) {
		all, err := s.Owned(ctx, kind, owner)
		if err != nil {
			t.Fatal(err)
		}
		for _, th := range all {
			ids = append(ids, th.ID)
		}
		return ids
	}
	for n := range 3 {
		owner := fmt.Sprint("owner", n)
		if got := owned("link", owner); !slices.Equal(got, want[owner]) {
			t.Errorf("Owned by %s: %v, want %v", owner, got, want[owner])
		}
	}
	for _, none := range [][2]string{{"link", "owner"}, {"lin", "owner1"}, {"links", "owner1"}} {
		if got := owned(none[0], none[1]); len(got) != 0 {
			t.Errorf("Owned(%v): %v", none, got)
		}
	}
	given, err := s.Thing(ctx, "link", "1")
	if err != nil {
		t.Fatal(err)
	}
	given.Owner = "somebody"
	if err := s.Replace(ctx, given, entry("x", "y")); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(ctx, "link", "4", entry("x", "y")); err != nil {
		t.Fatal(err)
	}
	if got := owned("link", "owner1"); !slices.Equal(got, want["owner1"][2:]) {
		t.Errorf("after giving one away and removing one: %v, want %v", got, want["owner1"][2:])
	}
	if got := owned("link", "somebody"); !slices.Equal(got, []string{"1"}) {
		t.Errorf("Owned by who was given it: %v", got)
	}
}

func thingsFallDue(t *testing.T, s issuer.Store) {
	ctx := t.Context()
	for n := range 300 {
		th := issuer.Thing{Kind: "mail", ID: fmt.Sprint(n), Due: noon.Add(time.Duration((n*7)%300) * time.Millisecond)}
		if n == 299 {
			th.Due = time.Time{}
		}
		if err := s.Add(ctx, th, entry("x", "y")); err != nil {
			t.Fatal(err)
		}
	}
	due := func(until time.Duration, limit int) (ids []string) {
		all, err := s.Due(ctx, "mail", noon.Add(until), limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, th := range all {
			ids = append(ids, th.ID)
		}
		return ids
	}
	if got := due(-time.Millisecond, 10); len(got) != 0 {
		t.Errorf("Due before the first: %v", got)
	}
	if got, want := due(3*time.Millisecond, 10), []string{"0", "43", "86", "129"}; !slices.Equal(got, want) {
		t.Errorf("Due: %v, want %v: earliest first, the moment itself included", got, want)
	}
	if got := due(time.Hour, 1000); len(got) != 299 {
		t.Errorf("Due in an hour: %d things, want 299", len(got))
	}
	if got := due(time.Hour, 2); !slices.Equal(got, []string{"0", "43"}) {
		t.Errorf("Due with a limit of 2: %v", got)
	}
	later, err := s.Thing(ctx, "mail", "0")
	if err != nil {
		t.Fatal(err)
	}
	later.Due = noon.Add(time.Hour)
	never, err := s.Thing(ctx, "mail", "43")
	if err != nil {
		t.Fatal(err)
	}
	never.Due = time.Time{}
	for _, th := range []issuer.Thing{later, never} {
		if err := s.Replace(ctx, th, entry("x", "y")); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Remove(ctx, "mail", "86", entry("x", "y")); err != nil {
		t.Fatal(err)
	}
	if got, want := due(3*time.Millisecond, 10), []string{"129"}; !slices.Equal(got, want) {
		t.Errorf("Due after changes: %v, want %v", got, want)
	}
	if got, err := s.Due(ctx, "mai", noon.Add(time.Hour), 10); err != nil || len(got) != 0 {
		t.Errorf("Due of another kind: %v, %v", got, err)
	}
}
