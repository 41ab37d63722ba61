package storetest

import (
	"slices"
	"testing"

	"merkki/issuer"
)

// pages reads all pages of a selection.
func pages(t *testing.T, s issuer.Store, q issuer.Selection, between func()) []string {
	t.Helper()
	var got []string
	for range 1000 {
		page, next, err := s.Page(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) > q.Limit {
			t.Errorf("a page of %d records where %d were asked for", len(page), q.Limit)
		}
		for _, r := range page {
			if r.Sealed != nil {
				t.Errorf("%s came with its sealed part", r.ID)
			}
			got = append(got, r.ID)
		}
		if next == "" {
			return got
		}
		q.Cursor = next
		between()
	}
	t.Fatal("the pages do not end")
	return nil
}

func pagesHoldEachOnce(t *testing.T, s issuer.Store) {
	var want []string
	for n := range 25 {
		create(t, s, creation(record(n)))
		want = append(want, id(n))
	}
	slices.Reverse(want)
	for _, limit := range []int{1, 7, 25, 1000} {
		if got := pages(t, s, issuer.Selection{Limit: limit}, func() {}); !slices.Equal(got, want) {
			t.Errorf("pages of %d: %v, want %v", limit, got, want)
		}
	}
	// What is created meanwhile moves nothing.
	next := 100
	got := pages(t, s, issuer.Selection{Limit: 4}, func() { create(t, s, creation(record(next))); next++ })
	if !slices.Equal(got, want) {
		t.Errorf("pages while writing: %v, want %v", got, want)
	}
	for _, cursor := range []string{"x", "AAAA", "'; --", want[0]} {
		if _, _, err := s.Page(t.Context(), issuer.Selection{Limit: 1, Cursor: cursor}); err == nil {
			t.Errorf("cursor %q was taken", cursor)
		}
	}
}

func pagesSelect(t *testing.T, s issuer.Store) {
	for n := range 60 {
		r := record(n)
		if n%5 == 0 {
			r.Issuer = id(901)
		}
		if n%2 == 0 {
			r.Achievement += "2" // an address that another begins with
		}
		r = create(t, s, creation(r))
		if n%4 == 0 {
			advance(t, s, r, issuer.Issued)
		}
	}
	r := record(0)
	for name, c := range map[string]struct {
		q    issuer.Selection
		want func(n int) bool
	}{
		"all":                 {issuer.Selection{}, func(int) bool { return true }},
		"issuer":              {issuer.Selection{Issuer: id(901)}, func(n int) bool { return n%5 == 0 }},
		"state":               {issuer.Selection{State: issuer.Issued}, func(n int) bool { return n%4 == 0 }},
		"achievement":         {issuer.Selection{Achievement: r.Achievement}, func(n int) bool { return n%2 == 1 }},
		"learner":             {issuer.Selection{Learner: r.Learner}, func(n int) bool { return n%3 == 0 }},
		"learner, other":      {issuer.Selection{Learner: issuer.Digest{9}}, func(int) bool { return false }},
		"learner, state":      {issuer.Selection{Learner: r.Learner, State: issuer.Unsigned}, func(n int) bool { return n%3 == 0 && n%4 != 0 }},
		"achievement, issuer": {issuer.Selection{Achievement: r.Achievement + "2", Issuer: id(901)}, func(n int) bool { return n%10 == 0 }},
	} {
		var want []string
		for n := 59; n >= 0; n-- {
			if c.want(n) {
				want = append(want, id(n))
			}
		}
		c.q.Limit = 7
		if got := pages(t, s, c.q, func() {}); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
