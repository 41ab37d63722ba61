package storetest

import (
	"errors"
	"maps"
	"os"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"merkki/issuer"
)

// agreesWithModel runs sequences that nobody wrote: a store and a map in
// memory are told the same, closed and opened at any time, and must answer
// alike.
func agreesWithModel(t *testing.T, open Open) {
	rapid.Check(t, func(rt *rapid.T) {
		place, err := os.MkdirTemp(t.TempDir(), "model")
		if err != nil {
			t.Fatal(err)
		}
		m := &model{t: t, open: open, place: place, store: open(t, place), records: map[string]issuer.StoredRecord{}, next: map[string]int{}}
		defer func() { m.store.Close() }()
		rt.Repeat(rapid.StateMachineActions(m))
		clean(rt, m.store)
	})
}

const modelLimit = 6 // of a list, so that lists run full

type model struct {
	t     *testing.T
	open  Open
	place string
	store issuer.Store

	records map[string]issuer.StoredRecord
	claims  []string       // ID of the record that a claim key made, "" once free
	newest  string         // list
	next    map[string]int // of a list
	entries int
}

func (m *model) Create(rt *rapid.T) {
	r := record(rapid.IntRange(0, 30).Draw(rt, "record"))
	c := creation(r, "revocation")
	key := rapid.IntRange(-1, 3).Draw(rt, "claim")
	if key >= 0 {
		c.Claim = &issuer.Claim{Key: issuer.Digest{1: byte(key)}, Request: issuer.Digest{1}}
	}
	got, err := m.store.Create(rt.Context(), c)
	_, exists := m.records[r.ID]
	holder := m.holder(key)
	var held *issuer.ClaimedError
	switch {
	case exists:
		want(rt, err, issuer.ErrExists)
	case holder != "":
		if !errors.As(err, &held) || held.Record.ID != holder {
			rt.Fatalf("Create: %v, want claimed by %s", err, holder)
		}
	case m.newest == "" || m.next[m.newest] == modelLimit:
		want(rt, err, issuer.ErrNoList)
	default:
		want(rt, err, nil)
		r.Places = []issuer.Place{{List: m.newest, Purpose: "revocation", Number: m.next[m.newest]}}
		m.next[m.newest]++
		m.entries++
		if !reflect.DeepEqual(got, r) {
			rt.Fatalf("Create: %+v, want %+v", got, r)
		}
		m.records[r.ID] = r
		if key >= 0 {
			m.claims[key] = r.ID
		}
	}
}

// holder returns the record that keeps a claim key from being used.
func (m *model) holder(key int) string {
	for len(m.claims) <= key {
		m.claims = append(m.claims, "")
	}
	if key < 0 || m.records[m.claims[key]].State == issuer.Voided {
		return ""
	}
	return m.claims[key]
}

func (m *model) OpenList(rt *rapid.T) {
	l := issuer.List{ID: id(700 + len(m.next)), Issuer: id(900), Purpose: "revocation", Limit: modelLimit}
	want(rt, m.store.OpenList(rt.Context(), l, entry("list.opened", l.ID)), nil)
	m.newest, m.next[l.ID] = l.ID, 0
	m.entries++
}

func (m *model) Skip(rt *rapid.T) {
	if m.newest == "" {
		rt.Skip("no list")
	}
	n := rapid.IntRange(0, modelLimit).Draw(rt, "n")
	want(rt, m.store.Skip(rt.Context(), m.newest, n, entry("list.skipped", m.newest)), nil)
	if n > m.next[m.newest] {
		m.next[m.newest] = n
		m.entries++
	}
}

func (m *model) Advance(rt *rapid.T) {
	if len(m.records) == 0 {
		rt.Skip("no record")
	}
	states := []issuer.State{issuer.Unsigned, issuer.Issued, issuer.Suspended, issuer.Revoked, issuer.Voided}
	r := m.records[rapid.SampledFrom(slices.Sorted(maps.Keys(m.records))).Draw(rt, "record")]
	from := rapid.SampledFrom(states).Draw(rt, "from")
	was := r.State
	r.State = rapid.SampledFrom(states[1:]).Draw(rt, "to")
	r.Places = slices.Clone(r.Places)
	r.Places[0].Set = r.State == issuer.Revoked
	err := m.store.Advance(rt.Context(), from, r, entry("credential.moved", r.ID))
	if from != was {
		want(rt, err, issuer.ErrConflict)
		return
	}
	want(rt, err, nil)
	r.Revision++
	m.records[r.ID] = r
	m.entries++
}

func (m *model) Reopen(rt *rapid.T) {
	want(rt, m.store.Close(), nil)
	m.store = m.open(m.t, m.place)
}

// Check compares everything that can be read; it runs after every action.
func (m *model) Check(rt *rapid.T) {
	all, prepared := map[string]issuer.StoredRecord{}, 0
	for r, err := range m.store.All(rt.Context()) {
		want(rt, err, nil)
		all[r.ID] = r
	}
	if !maps.EqualFunc(all, m.records, func(a, b issuer.StoredRecord) bool { return reflect.DeepEqual(a, b) }) {
		rt.Fatalf("the store has %v, want %v", all, m.records)
	}
	marks := map[int]string{}
	for _, r := range m.records {
		if r.State == issuer.Unsigned {
			prepared++
		}
		if r.Places[0].Set && r.Places[0].List == m.newest {
			marks[r.Places[0].Number] = r.ID
		}
	}
	for r, err := range m.store.Unfinished(rt.Context()) {
		want(rt, err, nil)
		if m.records[r.ID].State != issuer.Unsigned {
			rt.Fatalf("%s is unfinished and %s", r.ID, m.records[r.ID].State)
		}
		prepared--
	}
	if prepared != 0 {
		rt.Fatalf("Unfinished left %d records out", prepared)
	}
	for n, err := range m.store.Marked(rt.Context(), m.newest) {
		want(rt, err, nil)
		if marks[n] == "" {
			rt.Fatalf("number %d is marked", n)
		}
		delete(marks, n)
	}
	if len(marks) > 0 {
		rt.Fatalf("marks are missing: %v", marks)
	}
	if n := chained(rt, m.store); n != m.entries {
		rt.Fatalf("the log has %d entries, want %d", n, m.entries)
	}
}

func want(rt *rapid.T, got, want error) {
	rt.Helper()
	if want == nil && got != nil || !errors.Is(got, want) {
		rt.Fatalf("%v, want %v", got, want)
	}
}
