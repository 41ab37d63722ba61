package issuer_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/issuer/store/bolt"
	"merkki/keys"
	"merkki/schema"
	"merkki/schema/statuslist"
	"merkki/verifier"
)

func TestStatusChanges(t *testing.T) {
	type step struct {
		action string
		state  issuer.State // after it
		code   schema.Code  // of the refusal, "" if it goes through
		says   schema.Code  // what a verifier then says of the status
	}
	for name, c := range map[string]struct {
		suspendable bool
		steps       []step
	}{
		"revoked for good": {true, []step{
			{"revoke", issuer.Revoked, "", schema.CodeRevoked},
			{"revoke", issuer.Revoked, schema.CodeConflict, schema.CodeRevoked},
			{"suspend", issuer.Revoked, schema.CodeConflict, schema.CodeRevoked},
			{"reinstate", issuer.Revoked, schema.CodeConflict, schema.CodeRevoked},
		}},
		"suspended and back": {true, []step{
			{"reinstate", issuer.Issued, schema.CodeConflict, ""},
			{"suspend", issuer.Suspended, "", schema.CodeSuspended},
			{"suspend", issuer.Suspended, schema.CodeConflict, schema.CodeSuspended},
			{"reinstate", issuer.Issued, "", ""},
			{"suspend", issuer.Suspended, "", schema.CodeSuspended},
			{"revoke", issuer.Revoked, "", schema.CodeRevoked},
		}},
		"without an entry for it": {false, []step{
			{"suspend", issuer.Issued, schema.CodeConflict, ""},
			{"revoke", issuer.Revoked, "", schema.CodeRevoked},
		}},
		"no such action": {true, []step{{"forget", issuer.Issued, schema.CodeMalformedValueError, ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			h, a := school(t, c.suspendable)
			r := h.issue(t, issuer.Draft{Achievement: a.ID})
			for _, s := range c.steps {
				_, err := h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: s.action, Reason: "because " + s.action})
				if f := faultOf(err); (err != nil) != (s.code != "") || f != nil && f.Code != s.code {
					t.Fatalf("%s: %v, want %q", s.action, err, s.code)
				}
				got, err := h.Get(ctx, r.ID)
				must(t, err)
				if got.State != s.state {
					t.Fatalf("after %s the state is %s, want %s", s.action, got.State, s.state)
				}
				if said := h.verify(t, r.Credential).Check("credential.status"); said.Code != s.says {
					t.Fatalf("after %s a verifier says %q, want %q", s.action, said.Code, s.says)
				}
			}
			h.reopen(t)
			last := c.steps[len(c.steps)-1]
			if said := h.verify(t, r.Credential).Check("credential.status"); said.Code != last.says {
				t.Errorf("after a restart a verifier says %q, want %q", said.Code, last.says)
			}
			h.healthy(t)
		})
	}
}

func TestStatusChangeIsChecked(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	for pointer, c := range map[string]issuer.StatusChange{
		"/action": {Reason: "x"},
		"/reason": {Action: "revoke", Reason: " \n"},
		"/code":   {Action: "revoke", Reason: "x", Code: "dislike"},
	} {
		_, err := h.ChangeStatus(ctx, registrar, r.ID, c)
		refusedWith(t, err, schema.CodeMalformedValueError, pointer)
	}
	_, err := h.ChangeStatus(ctx, registrar, issuer.NewID(), issuer.StatusChange{Action: "revoke", Reason: "x"})
	refusedWith(t, err, schema.CodeNotFound, "")
}

func TestOneRevocationWins(t *testing.T) {
	h, a := school(t, true)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: "revoke", Reason: "x"}); err == nil {
				won.Add(1)
			} else if f := faultOf(err); f == nil || f.Code != schema.CodeConflict {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of 16 revocations went through, want 1", won.Load())
	}
}

// list reads a served list: its document, its bits.
func (h *house) list(t testing.TB, id string) (schema.Value, *statuslist.List) {
	t.Helper()
	b, err := h.StatusList(ctx, id)
	must(t, err)
	doc := parse(t, string(b))
	subject, _ := doc.Get("credentialSubject")
	bits, err := statuslist.Decode(subject.GetString("encodedList"))
	must(t, err)
	return doc, bits
}

func TestListIsSignedAgainWhenOld(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	from := func() string { doc, _ := h.list(t, r.Status[0].List); return doc.GetString("validFrom") }
	first := from()
	h.pass(11 * time.Hour)
	if again := from(); again != first {
		t.Errorf("after 11 hours the list was signed again at %s", again)
	}
	h.reopen(t)
	if again := from(); again != first {
		t.Errorf("a restart signed the list again at %s", again)
	}
	h.pass(2 * time.Hour)
	second := from()
	if second == first {
		t.Error("after 13 hours the list is still the first one")
	}
	doc, _ := h.list(t, r.Status[0].List)
	if got := doc.GetString("validUntil"); got != "2026-11-27T01:00:00Z" {
		t.Errorf("validUntil is %s, want 24 hours after the signature", got)
	}
	h.pass(24 * 365 * time.Hour)
	must(t, h.RefreshLists(ctx))
	if said := h.verify(t, r.Credential); said.Verdict != verifier.Valid {
		t.Errorf("a year later: %s, %+v", said.Verdict, said.Primary)
	}
}

// locked is a key store whose passphrase nobody knows any more.
type locked struct{ keys.Store }

func (locked) Signer(context.Context, string) (keys.Signer, error) {
	return nil, errors.New("no passphrase")
}

func TestOldListIsGoodUntilItEnds(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	list := r.Status[0].List
	must(t, h.Close())
	store, err := bolt.Open(filepath.Join(h.dir, "merkki.db"))
	must(t, err)
	h.Service, err = issuer.Open(ctx, issuer.Config{BaseURL: base, Store: store, Keys: locked{h.keys}, Dir: h.dir, Now: h.clock})
	must(t, err)
	h.pass(13 * time.Hour)
	if _, err := h.StatusList(ctx, list); err != nil {
		t.Errorf("a list that is due but has not ended: %v", err)
	}
	_, err = h.Prepare(ctx, registrar, issuer.Draft{Achievement: a.ID, Recipient: aino})
	refusedWith(t, err, schema.CodeSignerUnavailable, "")
	// A revocation needs no key and is never silently left out.
	_, err = h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: "revoke", Reason: "x"})
	must(t, err)
	_, err = h.StatusList(ctx, list)
	refusedWith(t, err, schema.CodeSignerUnavailable, "")
	if said := h.verify(t, r.Credential); said.Verdict == verifier.Valid {
		t.Error("a revoked credential is valid while its list cannot be signed")
	}
}

func TestRevocationIsNeverTakenBack(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	must(t, h.Close())
	old, err := os.ReadFile(filepath.Join(h.dir, "merkki.db"))
	must(t, err)
	h.open(t)
	_, err = h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: "revoke", Reason: "x"})
	must(t, err)
	must(t, h.Close())

	// Somebody puts an older database back.
	must(t, os.WriteFile(filepath.Join(h.dir, "merkki.db"), old, 0o600))
	h.open(t)
	_, err = h.Prepare(ctx, registrar, issuer.Draft{Achievement: a.ID, Recipient: aino})
	refusedWith(t, err, schema.CodeReadOnly, "")
	if said := h.verify(t, r.Credential).Check("credential.status"); said.Code != schema.CodeRevoked {
		t.Errorf("the list that was published says %q, want REVOKED", said.Code)
	}
	h.pass(13 * time.Hour)
	if said := h.verify(t, r.Credential); said.Verdict == verifier.Valid {
		t.Error("what was revoked is valid again")
	}
	complaints, err := h.Doctor(ctx)
	must(t, err)
	if len(complaints) == 0 || complaints[0].Check != "database.behind" {
		t.Errorf("doctor says %v, want database.behind first", complaints)
	}
}

func TestIndexIsNeverUsedAgain(t *testing.T) {
	h, a := school(t, false)
	must(t, h.Close())
	h.open(t)
	h.issue(t, issuer.Draft{Achievement: a.ID})
	must(t, h.Close())
	old, err := os.ReadFile(filepath.Join(h.dir, "merkki.db"))
	must(t, err)
	h.open(t)
	used := map[issuer.StatusRef]bool{}
	for range 20 {
		used[h.issue(t, issuer.Draft{Achievement: a.ID}).Status[0]] = true
	}
	must(t, h.Close())
	must(t, os.WriteFile(filepath.Join(h.dir, "merkki.db"), old, 0o600))
	h.open(t)
	for range 20 {
		ref := h.issue(t, issuer.Draft{Achievement: a.ID}).Status[0]
		if used[ref] {
			t.Fatalf("place %+v was used before the database was put back", ref)
		}
	}
	h.healthy(t)
}

func TestRestartVoidsWhatWasPrepared(t *testing.T) {
	h, a := school(t, false)
	p, err := h.Prepare(ctx, registrar, issuer.Draft{Achievement: a.ID, Recipient: aino})
	must(t, err)
	h.reopen(t)
	page, err := h.List(ctx, registrar, issuer.Query{})
	must(t, err)
	if len(page.Items) != 1 || page.Items[0].State != issuer.Voided {
		t.Errorf("after a restart: %+v, want one voided record", page.Items)
	}
	if _, err := h.Issue(ctx, p); err == nil {
		t.Error("it was issued all the same")
	}
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	if r.Status[0] == page.Items[0].Status[0] {
		t.Error("the place of the voided record was given again")
	}
	h.healthy(t)
}

func TestStatusListsTellNothing(t *testing.T) {
	h, a := school(t, true)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	if len(r.Status) != 2 || r.Status[0].Purpose != "revocation" || r.Status[1].Purpose != "suspension" || r.Status[0].List == r.Status[1].List {
		t.Errorf("status %+v, want one list for each purpose", r.Status)
	}
	for _, ref := range r.Status {
		doc, bits := h.list(t, ref.List)
		if bits.Len() != statuslist.MinEntries {
			t.Errorf("list of %d entries", bits.Len())
		}
		if doc.GetString("id") != base+"/status/"+ref.List {
			t.Errorf("id of the list is %s", doc.GetString("id"))
		}
	}
	_, err := h.StatusList(ctx, issuer.NewID())
	refusedWith(t, err, schema.CodeNotFound, "")
	b, err := json.Marshal(r)
	must(t, err)
	if _, err := schema.Parse(b, schema.Limits{}); err != nil {
		t.Errorf("the record is no strict JSON: %v", err)
	}
}
