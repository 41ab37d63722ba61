package issuer_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"merkki/issuer"
	"merkki/schema"
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
