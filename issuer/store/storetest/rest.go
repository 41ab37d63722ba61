package storetest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	"merkki/issuer"
)

func refusedMeansNothingHappened(t *testing.T, s issuer.Store) {
	openList(t, s, 700, "revocation", 1)
	create(t, s, creation(record(1), "revocation"))
	before := chained(t, s)
	// The list of the second purpose is missing, or the first is full: the
	// other half of the work must not stay.
	for _, purposes := range [][]string{{"revocation"}, {"suspension"}, {"revocation", "suspension"}, {"suspension", "revocation"}} {
		c := creation(record(2), purposes...)
		c.Claim = &issuer.Claim{Key: issuer.Digest{7}}
		if _, err := s.Create(t.Context(), c); !errors.Is(err, issuer.ErrNoList) {
			t.Errorf("Create for %v: %v, want ErrNoList", purposes, err)
		}
	}
	if _, err := s.Get(t.Context(), id(2)); !errors.Is(err, issuer.ErrNotFound) {
		t.Errorf("a refused record can be read: %v", err)
	}
	if held, err := s.Claimed(t.Context(), issuer.Digest{7}); held != nil || err != nil {
		t.Errorf("a refused record holds its claim: %v, %v", held, err)
	}
	if after := chained(t, s); after != before {
		t.Errorf("refused writes left %d log entries", after-before)
	}
	// Among many writes at once only the refused ones fail.
	var wg sync.WaitGroup
	for n := range 40 {
		wg.Go(func() {
			r := record(100 + n)
			purposes := []string{}
			if n%2 == 0 {
				purposes = append(purposes, "revocation")
			}
			_, err := s.Create(context.Background(), creation(r, purposes...))
			if (err == nil) != (n%2 == 1) {
				t.Errorf("Create %s: %v", r.ID, err)
			}
		})
	}
	wg.Wait()
	if after := chained(t, s); after != before+20 {
		t.Errorf("20 of 40 writes went through and left %d log entries", after-before)
	}
}

func thingsKeepOrder(t *testing.T, s issuer.Store) {
	ctx := t.Context()
	want := []issuer.Thing{}
	for n := range 300 {
		th := issuer.Thing{Kind: "token", ID: fmt.Sprint((n * 7) % 300), Body: fmt.Append(nil, "body ", n)}
		if err := s.Add(ctx, th, entry("token.made", th.ID)); err != nil {
			t.Fatal(err)
		}
		th.Revision = 1
		want = append(want, th)
	}
	other := issuer.Thing{Kind: "tok", ID: "en", Body: []byte("{}")}
	if err := s.Add(ctx, other, entry("x", "y")); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(ctx, want[3], entry("x", "y")); !errors.Is(err, issuer.ErrExists) {
		t.Errorf("Add twice: %v, want ErrExists", err)
	}
	got, err := s.Things(ctx, "token")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Things: %d, %v, want %d in the order of adding", len(got), err, len(want))
	}
	if err := s.Remove(ctx, "token", want[5].ID, entry("token.removed", want[5].ID)); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(ctx, "token", want[5].ID, entry("x", "y")); !errors.Is(err, issuer.ErrNotFound) {
		t.Errorf("Remove twice: %v, want ErrNotFound", err)
	}
	if _, err := s.Thing(ctx, "token", want[5].ID); !errors.Is(err, issuer.ErrNotFound) {
		t.Errorf("Thing after Remove: %v, want ErrNotFound", err)
	}
	if one, err := s.Thing(ctx, "token", want[6].ID); err != nil || !reflect.DeepEqual(one, want[6]) {
		t.Errorf("Thing: %+v, %v", one, err)
	}
	if got, err = s.Things(ctx, "token"); err != nil || len(got) != len(want)-1 {
		t.Errorf("Things after Remove: %d, %v", len(got), err)
	}
}

func replaceChecksRevision(t *testing.T, s issuer.Store) {
	ctx := t.Context()
	th := issuer.Thing{Kind: "token", ID: "a", Revision: 1, Body: []byte("0")}
	if err := s.Replace(ctx, th, entry("x", "y")); !errors.Is(err, issuer.ErrNotFound) {
		t.Errorf("Replace of nothing: %v, want ErrNotFound", err)
	}
	if err := s.Add(ctx, th, entry("x", "y")); err != nil {
		t.Fatal(err)
	}
	for round := 1; round <= 8; round++ {
		var wg sync.WaitGroup
		won := make(chan int, 32)
		// Others write as well, so that a store that groups writes has some of
		// the racing ones in one group.
		for n := range 4 {
			wg.Go(func() {
				if err := s.Add(context.Background(), issuer.Thing{Kind: "other", ID: fmt.Sprint(round, n)}, entry("x", "y")); err != nil {
					t.Errorf("Add: %v", err)
				}
			})
		}
		for n := range 32 {
			wg.Go(func() {
				mine := th
				mine.Revision, mine.Body = round, fmt.Append(nil, n)
				switch err := s.Replace(context.Background(), mine, entry("x", "y")); {
				case err == nil:
					won <- n
				case !errors.Is(err, issuer.ErrConflict):
					t.Errorf("Replace that lost: %v, want ErrConflict", err)
				}
			})
		}
		wg.Wait()
		if len(won) != 1 {
			t.Fatalf("%d replacements of revision %d won, want 1", len(won), round)
		}
		got, err := s.Thing(ctx, "token", "a")
		if err != nil || got.Revision != round+1 || string(got.Body) != fmt.Sprint(<-won) {
			t.Errorf("Thing: %+v, %v", got, err)
		}
	}
}

func logChains(t *testing.T, s issuer.Store) {
	for n := range 300 {
		create(t, s, creation(record(n)))
	}
	if n := chained(t, s); n != 300 {
		t.Errorf("300 writes left %d entries", n)
	}
	first := uint64(0)
	for e, err := range s.Log(t.Context(), 298) {
		if err != nil {
			t.Fatal(err)
		}
		if first == 0 {
			first = e.Number
		}
		want := entry("credential.prepared", id(int(e.Number)-1))
		want.Number, want.Previous = e.Number, e.Previous
		if !reflect.DeepEqual(e, want) {
			t.Errorf("entry %d is %+v, want %+v", e.Number, e, want)
		}
	}
	if first != 298 {
		t.Errorf("Log from 298 begins with %d", first)
	}
}

func endedContextWritesNothing(t *testing.T, s issuer.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Create(ctx, creation(record(1))); !errors.Is(err, context.Canceled) {
		t.Errorf("Create with an ended context: %v", err)
	}
	if _, err := s.Get(t.Context(), id(1)); !errors.Is(err, issuer.ErrNotFound) {
		t.Errorf("it was written all the same: %v", err)
	}
}

func survivesReopen(t *testing.T, open Open) {
	place := t.TempDir()
	s := open(t, place)
	openList(t, s, 700, "revocation", 100)
	r := advance(t, s, create(t, s, creation(record(1), "revocation")), issuer.Issued)
	create(t, s, creation(record(2), "revocation"))
	if err := s.Add(t.Context(), issuer.Thing{Kind: "k", ID: "i", Body: []byte("b")}, entry("x", "y")); err != nil {
		t.Fatal(err)
	}
	length := chained(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, place)
	defer s.Close()
	if got, err := s.Get(t.Context(), r.ID); err != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("after reopening: %+v, %v, want %+v", got, err, r)
	}
	if n := chained(t, s); n != length {
		t.Errorf("the log has %d entries, want %d", n, length)
	}
	for u, err := range s.Unfinished(t.Context()) {
		if err != nil || u.ID != id(2) {
			t.Errorf("unfinished: %s, %v, want record 2", u.ID, err)
		}
	}
	if next := create(t, s, creation(record(3), "revocation")); next.Places[0].Number != 2 {
		t.Errorf("after reopening the next number is %d, want 2", next.Places[0].Number)
	}
	if th, err := s.Thing(t.Context(), "k", "i"); err != nil || string(th.Body) != "b" {
		t.Errorf("thing after reopening: %+v, %v", th, err)
	}
	clean(t, s)
}

func snapshotIsOneMoment(t *testing.T, open Open) {
	place := t.TempDir()
	s := open(t, place)
	defer s.Close()
	openList(t, s, 700, "revocation", 10_000)
	for n := range 50 {
		create(t, s, creation(record(n), "revocation"))
	}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := 50; ; n++ {
			select {
			case <-stop:
				return
			default:
				create(t, s, creation(record(n), "revocation"))
			}
		}
	})
	path := filepath.Join(t.TempDir(), "copy")
	copied, err := s.Snapshot(t.Context(), path)
	close(stop)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	clean(t, copied)
	n := 0
	for r, err := range copied.All(t.Context()) {
		if err != nil || r.ID != id(n) {
			t.Fatalf("record %d of the copy is %s, %v: not a prefix", n, r.ID, err)
		}
		n++
	}
	if n < 50 {
		t.Errorf("the copy has %d of the 50 records that were there before", n)
	}
	if _, err := copied.Create(t.Context(), creation(record(9999))); !errors.Is(err, issuer.ErrReadOnly) {
		t.Errorf("writing to the copy: %v, want ErrReadOnly", err)
	}
	if again, err := s.Snapshot(t.Context(), path); err == nil {
		again.Close()
		t.Error("Snapshot wrote over a file")
	}
}
