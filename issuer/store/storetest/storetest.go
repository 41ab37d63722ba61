// Package storetest is the specification of [issuer.Store] in a form that
// runs.
//
// An implementation has no store tests of its own but for what only it can do
// (file formats, full disks). If it breaks in a way that Run does not notice,
// the missing case belongs here, where every other implementation meets it
// too.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T, place string) issuer.Store {
//			s, err := bolt.Open(filepath.Join(place, "merkki.db"))
//			if err != nil {
//				t.Fatal(err)
//			}
//			return s
//		})
//	}
package storetest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"merkki/issuer"
)

// Open opens the store that lives at a place, an existing folder of the
// test's own. The first time the store there is empty; after Close it is
// opened again with all it had.
type Open func(t *testing.T, place string) issuer.Store

// Run checks one implementation.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, issuer.Store)
	}{
		{"ReadsWhatWasWritten", readsWhatWasWritten},
		{"IDsAreUsedOnce", idsAreUsedOnce},
		{"OneWinner", oneWinner},
		{"PlacesNeverChange", placesNeverChange},
		{"PlacesNeverRepeat", placesNeverRepeat},
		{"NewestListCounts", newestListCounts},
		{"SkipGoesForward", skipGoesForward},
		{"MarksFollowRecords", marksFollowRecords},
		{"RefusedMeansNothingHappened", refusedMeansNothingHappened},
		{"ClaimsMakeOneRecord", claimsMakeOneRecord},
		{"RefusedForWhatIsThere", refusedForWhatIsThere},
		{"VoidedFreesTheClaim", voidedFreesTheClaim},
		{"PagesHoldEachOnce", pagesHoldEachOnce},
		{"PagesSelect", pagesSelect},
		{"UnfinishedSkipsNothing", unfinishedSkipsNothing},
		{"OneRevision", oneRevision},
		{"ThingsComeAlong", thingsComeAlong},
		{"AllAdvanceOrNone", allAdvanceOrNone},
		{"ThingsKeepOrder", thingsKeepOrder},
		{"ThingsAreOwned", thingsAreOwned},
		{"ThingsFallDue", thingsFallDue},
		{"ReplaceChecksRevision", replaceChecksRevision},
		{"LogChains", logChains},
		{"EndedContextWritesNothing", endedContextWritesNothing},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, t.TempDir())
			defer s.Close()
			c.run(t, s)
			clean(t, s)
		})
	}
	t.Run("SurvivesReopen", func(t *testing.T) { t.Parallel(); survivesReopen(t, open) })
	t.Run("SnapshotIsOneMoment", func(t *testing.T) { t.Parallel(); snapshotIsOneMoment(t, open) })
	t.Run("AgreesWithModel", func(t *testing.T) { t.Parallel(); agreesWithModel(t, open) })
}

// clean is the last step of every case: whatever happened, nothing is broken.
func clean(t rapid.TB, s issuer.Store) {
	t.Helper()
	found, err := s.Check(context.Background())
	if err != nil {
		t.Errorf("Check: %v", err)
	}
	for _, c := range found {
		t.Errorf("Check: %s: %s", c.Check, c.Detail)
	}
	chained(t, s)
}

// chained checks the log from its first entry and returns its length.
func chained(t rapid.TB, s issuer.Store) int {
	t.Helper()
	var n uint64
	var sum issuer.Digest
	for e, err := range s.Log(context.Background(), 1) {
		if err != nil {
			t.Fatalf("Log: %v", err)
		}
		if e.Number != n+1 || e.Previous != sum {
			t.Fatalf("log entry %d (previous %v) does not follow entry %d (%v)", e.Number, e.Previous, n, sum)
		}
		n, sum = e.Number, e.Sum()
	}
	return int(n)
}

// Material.

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// id is the n-th of a row of IDs.
func id(n int) string { return fmt.Sprintf("%026d", n) }

func entry(action, subject string) issuer.LogEntry {
	return issuer.LogEntry{At: noon, Actor: "local:test", Action: action, Subject: subject}
}

// record is a prepared record with every field that may be set.
func record(n int) issuer.StoredRecord {
	return issuer.StoredRecord{
		ID: id(n), State: issuer.Unsigned, Issuer: id(900), Achievement: "https://badges.example/a/" + id(800) + "/v1",
		Learner: sha256.Sum256(fmt.Append(nil, "learner", n%3)), PreparedAt: noon, ValidUntil: noon.AddDate(1, 0, 0),
		Language: "fi", Sealed: fmt.Appendf(nil, "\x00\xffsealed %d", n),
	}
}

func creation(r issuer.StoredRecord, purposes ...string) issuer.Creation {
	return issuer.Creation{Record: r, Purposes: purposes, Entry: entry("credential.prepared", r.ID)}
}

func openList(t testing.TB, s issuer.Store, n int, purpose string, limit int) issuer.List {
	t.Helper()
	l := issuer.List{ID: id(n), Issuer: id(900), Purpose: purpose, Key: sha256.Sum256(fmt.Append(nil, n)), Limit: limit}
	if err := s.OpenList(context.Background(), l, entry("list.opened", l.ID)); err != nil {
		t.Fatalf("OpenList: %v", err)
	}
	return l
}

func create(t testing.TB, s issuer.Store, c issuer.Creation) issuer.StoredRecord {
	t.Helper()
	r, err := s.Create(context.Background(), c)
	if err != nil {
		t.Fatalf("Create %s: %v", c.Record.ID, err)
	}
	return r
}

func advance(t testing.TB, s issuer.Store, r issuer.StoredRecord, to issuer.State) issuer.StoredRecord {
	t.Helper()
	from := r.State
	r.State = to
	if err := s.Advance(context.Background(), from, r, entry("credential."+string(to), r.ID)); err != nil {
		t.Fatalf("Advance %s from %s to %s: %v", r.ID, from, to, err)
	}
	r.Revision++
	return r
}
