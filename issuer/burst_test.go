package issuer_test

import (
	"encoding/json"
	"os"
	"sync"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/schema"
	"merkki/schema/statuslist"
)

// TestBurstBuildsEachListAFewTimes: many changes at once make few lists, while
// somebody keeps asking for them; each change is served within a second.
func TestBurstBuildsEachListAFewTimes(t *testing.T) {
	many := 600
	if os.Getenv("MERKKI_LONG") != "" {
		many = 10_000
	}
	h, a := school(t, false)
	ids := make([]issuer.Record, many)
	each(many, func(n int) { ids[n] = h.issue(t, issuer.Draft{Achievement: a.ID}) })
	list := ids[0].Status[0].List
	_, err := h.StatusList(ctx, list)
	must(t, err)

	before := h.Builds()
	var asked int
	quit, asking := make(chan struct{}), sync.WaitGroup{}
	asking.Go(func() {
		for {
			select {
			case <-quit:
				return
			default:
			}
			if _, err := h.ServedList(ctx, list); err != nil {
				t.Error(err)
			}
			asked++
		}
	})
	begun := time.Now()
	each(many, func(n int) {
		if _, err := h.ChangeStatus(ctx, registrar, ids[n].ID, issuer.StatusChange{Action: "revoke", Reason: "x"}); err != nil {
			t.Error(err)
		}
	})
	took := time.Since(begun)
	wait := time.After(time.Second)
	<-wait // what "within a second" allows
	b, err := h.ServedList(ctx, list)
	must(t, err)
	close(quit)
	asking.Wait()
	bits := bitsOf(t, b)
	for _, r := range ids {
		if !bits.Get(r.Status[0].Index) {
			t.Fatalf("a second later %s is not in the list that is served", r.ID)
		}
	}
	// Two a second on their own account, four a second for readers.
	most := int64((took+time.Second)/time.Second+1) * 6
	if built := h.Builds() - before; built > most || built == 0 {
		t.Errorf("%d changes in %v, asked for %d times, built %d lists, want at most %d", many, took, asked, built, most)
	} else {
		t.Logf("%d changes in %v, asked for %d times, built %d lists", many, took.Round(time.Millisecond), asked, built)
	}
}

// TestBurstWithoutReaders: where nobody asks, a burst of changes makes a list every
// half second, and the last one before the service ends.
func TestBurstWithoutReaders(t *testing.T) {
	h, a := school(t, false)
	const many = 40
	ids := make([]issuer.Record, many)
	each(many, func(n int) { ids[n] = h.issue(t, issuer.Draft{Achievement: a.ID}) })
	before, begun := h.Builds(), time.Now()
	each(many, func(n int) {
		if _, err := h.ChangeStatus(ctx, registrar, ids[n].ID, issuer.StatusChange{Action: "revoke", Reason: "x"}); err != nil {
			t.Error(err)
		}
	})
	must(t, h.Close())
	if built, most := h.Builds()-before, 2+int64(time.Since(begun)/(500*time.Millisecond)); built < 1 || built > most {
		t.Errorf("%d changes built %d lists, want 1 to %d", many, built, most)
	}
	h.open(t)
	if _, bits := h.list(t, ids[0].Status[0].List); !bits.Get(ids[many-1].Status[0].Index) {
		t.Error("the last change is not in the list")
	}
}

// TestListSaysHowLongItKeeps: the list itself and its address say the same.
func TestListSaysHowLongItKeeps(t *testing.T) {
	h, a := school(t, false)
	doc, _ := h.list(t, h.issue(t, issuer.Draft{Achievement: a.ID}).Status[0].List)
	subject, _ := doc.Get("credentialSubject")
	ttl, _ := subject.Get("ttl")
	var ms int64
	must(t, json.Unmarshal(schema.Marshal(ttl), &ms))
	if got := time.Duration(ms) * time.Millisecond; got != issuer.ListLife {
		t.Errorf("ttl is %v, want %v", got, issuer.ListLife)
	}
}

// each calls do for 0 to n-1, sixteen at a time.
func each(n int, do func(int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range 16 {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

func bitsOf(t *testing.T, b []byte) *statuslist.List {
	t.Helper()
	subject, _ := parse(t, string(b)).Get("credentialSubject")
	bits, err := statuslist.Decode(subject.GetString("encodedList"))
	must(t, err)
	return bits
}
