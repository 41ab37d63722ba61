package storetest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"testing"

	"merkki/issuer"
)

func placesNeverRepeat(t *testing.T, s issuer.Store) {
	const n = 200
	openList(t, s, 700, "revocation", n)
	openList(t, s, 701, "suspension", n)
	var wg sync.WaitGroup
	var mu sync.Mutex
	taken := map[issuer.Place]string{}
	for worker := range 8 {
		wg.Go(func() {
			for i := range n / 8 {
				r, err := s.Create(context.Background(), creation(record(worker*1000+i), "revocation", "suspension"))
				if err != nil {
					t.Errorf("Create: %v", err)
					return
				}
				if len(r.Places) != 2 || r.Places[0].Purpose != "revocation" || r.Places[1].Purpose != "suspension" {
					t.Errorf("places %+v, want one for each purpose in order", r.Places)
				}
				mu.Lock()
				for _, p := range r.Places {
					if other, double := taken[p]; double {
						t.Errorf("place %+v was given to %s and %s", p, other, r.ID)
					}
					if p.Number < 0 || p.Number >= n {
						t.Errorf("place %+v is beyond the list", p)
					}
					taken[p] = r.ID
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if _, err := s.Create(t.Context(), creation(record(99_999), "revocation")); !errors.Is(err, issuer.ErrNoList) {
		t.Errorf("Create on a full list: %v, want ErrNoList", err)
	}
	// Voiding gives nothing back.
	r, err := s.Get(t.Context(), id(0))
	if err != nil {
		t.Fatal(err)
	}
	advance(t, s, r, issuer.Voided)
	if _, err := s.Create(t.Context(), creation(record(99_999), "revocation")); !errors.Is(err, issuer.ErrNoList) {
		t.Errorf("Create after voiding: %v, want ErrNoList: a place is spent for ever", err)
	}
}

func newestListCounts(t *testing.T, s issuer.Store) {
	if _, err := s.Create(t.Context(), creation(record(1), "revocation")); !errors.Is(err, issuer.ErrNoList) {
		t.Errorf("Create without any list: %v, want ErrNoList", err)
	}
	openList(t, s, 700, "revocation", 5)
	create(t, s, creation(record(1), "revocation"))
	openList(t, s, 701, "revocation", 1)
	if r := create(t, s, creation(record(2), "revocation")); r.Places[0] != (issuer.Place{List: id(701), Purpose: "revocation"}) {
		t.Errorf("after a newer list was opened the place is %+v", r.Places[0])
	}
	if _, err := s.Create(t.Context(), creation(record(3), "revocation")); !errors.Is(err, issuer.ErrNoList) {
		t.Errorf("Create with the newest list full: %v, want ErrNoList", err)
	}
	other := record(4)
	other.Issuer = id(901)
	if _, err := s.Create(t.Context(), creation(other, "revocation")); !errors.Is(err, issuer.ErrNoList) {
		t.Errorf("Create for an issuer without a list: %v, want ErrNoList: lists are not shared", err)
	}
	lists, err := s.Lists(t.Context())
	if err != nil || len(lists) != 2 || lists[0].ID != id(700) || lists[0].Next != 1 || lists[1].Next != 1 || lists[0].Key == lists[1].Key {
		t.Errorf("Lists: %+v, %v", lists, err)
	}
}

func skipGoesForward(t *testing.T, s issuer.Store) {
	openList(t, s, 700, "revocation", 100)
	for _, n := range []int{40, 10} {
		if err := s.Skip(t.Context(), id(700), n, entry("list.skipped", id(700))); err != nil {
			t.Fatal(err)
		}
	}
	if r := create(t, s, creation(record(1), "revocation")); r.Places[0].Number != 40 {
		t.Errorf("after Skip to 40 and to 10 the number is %d, want 40", r.Places[0].Number)
	}
	if err := s.Skip(t.Context(), id(701), 1, entry("list.skipped", id(701))); !errors.Is(err, issuer.ErrNotFound) {
		t.Errorf("Skip of no list: %v, want ErrNotFound", err)
	}
}

func marksFollowRecords(t *testing.T, s issuer.Store) {
	openList(t, s, 700, "revocation", 1000)
	openList(t, s, 701, "suspension", 1000)
	marks := func(list int) []int {
		got := []int{}
		for n, err := range s.Marked(t.Context(), id(list)) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, n)
		}
		slices.Sort(got)
		return got
	}
	set := func(r issuer.StoredRecord, revoked, suspended bool) issuer.StoredRecord {
		r.Places = slices.Clone(r.Places)
		r.Places[0].Set, r.Places[1].Set = revoked, suspended
		return r
	}
	var all []issuer.StoredRecord
	want := []int{}
	for n := range 300 {
		r := advance(t, s, create(t, s, creation(record(n), "revocation", "suspension")), issuer.Issued)
		all = append(all, r)
		if n%2 == 0 {
			all[n] = advance(t, s, set(r, false, true), issuer.Suspended)
			want = append(want, n)
		}
	}
	if got := marks(701); !reflect.DeepEqual(got, want) {
		t.Errorf("suspended: %v, want %v", got, want)
	}
	if got := marks(700); len(got) != 0 {
		t.Errorf("revoked: %v, want none", got)
	}
	advance(t, s, set(all[0], true, false), issuer.Revoked)
	advance(t, s, set(all[2], false, false), issuer.Issued)
	if got := marks(700); !reflect.DeepEqual(got, []int{0}) {
		t.Errorf("revoked: %v, want 0 alone", got)
	}
	if got := marks(701); !reflect.DeepEqual(got, want[2:]) {
		t.Errorf("suspended: %v, want %v", got, want[2:])
	}
}
