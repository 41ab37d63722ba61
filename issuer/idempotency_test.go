package issuer_test

import (
	"crypto/sha256"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/schema"
)

func TestIdempotency(t *testing.T) {
	h, a := school(t, false)
	draft := issuer.Draft{Achievement: a.ID, Recipient: aino}
	body := sha256.Sum256([]byte("body"))
	var wg sync.WaitGroup
	var mu sync.Mutex
	answers := map[string]int{}
	for range 20 {
		wg.Go(func() {
			r, err := h.IssueOnce(ctx, registrar, "key", body, draft)
			if f := faultOf(err); f != nil && f.Code == schema.CodeIdempotencyInProgress {
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			b, _ := json.Marshal(r)
			mu.Lock()
			answers[string(b)]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if len(answers) != 1 {
		t.Fatalf("one key gave %d different answers", len(answers))
	}
	var first string
	for first = range answers {
	}
	var shown struct{ ID string }
	must(t, json.Unmarshal([]byte(first), &shown))

	_, err := h.IssueOnce(ctx, registrar, "key", sha256.Sum256([]byte("other")), draft)
	refusedWith(t, err, schema.CodeIdempotencyMismatch, "")
	if r, err := h.IssueOnce(ctx, issuer.Actor{Name: "other", Roles: issuer.AllRoles()}, "key", body, draft); err != nil || r.ID == shown.ID {
		t.Errorf("another caller's key: %s, %v, want a credential of its own", r.ID, err)
	}
	_, err = h.IssueOnce(ctx, registrar, strings.Repeat("k", 256), body, draft)
	refusedWith(t, err, schema.CodeLimitExceeded, "")

	// The same answer byte for byte, whatever became of it, and after a restart.
	_, err = h.ChangeStatus(ctx, registrar, shown.ID, issuer.StatusChange{Action: "revoke", Reason: "mistake"})
	must(t, err)
	h.reopen(t)
	r, err := h.IssueOnce(ctx, registrar, "key", body, draft)
	must(t, err)
	if b, _ := json.Marshal(r); string(b) != first {
		t.Errorf("repeated: %s\nwant      %s", b, first)
	}
}

// A record that was prepared and never finished does not hold its idempotency
// key for ever.
func TestAbandonedKeyIsFree(t *testing.T) {
	h, a := school(t, false)
	draft := issuer.Draft{Achievement: a.ID, Recipient: aino}
	_, err := h.PrepareUnder(ctx, registrar, "key", [32]byte{1}, draft)
	must(t, err)
	_, err = h.IssueOnce(ctx, registrar, "key", [32]byte{1}, draft)
	refusedWith(t, err, schema.CodeIdempotencyInProgress, "")
	h.pass(6 * time.Minute)
	r, err := h.IssueOnce(ctx, registrar, "key", [32]byte{1}, draft)
	must(t, err)
	if r.State != issuer.Issued {
		t.Errorf("it is %s", r.State)
	}
	h.healthy(t)
}
