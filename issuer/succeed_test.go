package issuer_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/issuer/store/bolt"
	"merkki/schema"
	"merkki/verifier"
)

// whole reads a record with everything.
func (h *house) whole(t testing.TB, id string) issuer.Record {
	t.Helper()
	r, err := h.Read(ctx, registrar, id)
	must(t, err)
	return r
}

func TestReissue(t *testing.T) {
	h, a := school(t, false)
	old := h.issue(t, issuer.Draft{
		Achievement: a.ID, HashedEmail: true, Credits: "2.5", Narrative: "She welded.", Language: "sv", ValidUntil: "2030-01-31",
	})
	h.pass(48 * time.Hour)
	next, err := h.Reissue(ctx, registrar, old.ID, issuer.Correction{Name: "Aino Korhonen", Reason: "The name was wrong."})
	must(t, err)
	was, is := h.whole(t, old.ID), h.whole(t, next.ID)
	if was.State != issuer.Revoked || was.ReasonCode != "superseded" || was.Reason != "The name was wrong." || was.Links.SupersededBy != is.ID {
		t.Errorf("the old one: %+v", was)
	}
	if is.State != issuer.Issued || is.Links.Supersedes != was.ID || is.Recipient.Name != "Aino Korhonen" || is.Recipient.Email != aino.Email {
		t.Errorf("the new one: %+v", is)
	}
	if got := h.verify(t, was.Credential).Check("credential.status"); got.Code != schema.CodeRevoked {
		t.Errorf("a verifier says %q of the old one", got.Code)
	}
	if got := h.verify(t, is.Credential); got.Verdict != verifier.Valid {
		t.Errorf("a verifier says %s of the new one: %+v", got.Verdict, got.Primary)
	}
	// What was not corrected is as it was, the day of the award included.
	before, after := parse(t, string(was.Credential)), parse(t, string(is.Credential))
	if got, want := after.GetString("awardedDate"), before.GetString("validFrom"); got != want {
		t.Errorf("awarded %s, want %s", got, want)
	}
	if got, want := after.GetString("validUntil"), before.GetString("validUntil"); got != want || want == "" {
		t.Errorf("valid until %q, want %q", got, want)
	}
	sb, _ := before.Get("credentialSubject")
	sa, _ := after.Get("credentialSubject")
	for _, member := range []string{"id", "narrative", "creditsEarned", "achievement"} {
		b, _ := sb.Get(member)
		a, _ := sa.Get(member)
		if string(schema.Marshal(a)) != string(schema.Marshal(b)) {
			t.Errorf("%s is %s, was %s", member, schema.Marshal(a), schema.Marshal(b))
		}
	}
	if ids, _ := sa.Get("identifier"); len(ids.Items) != 2 || is.Language != "sv" {
		t.Errorf("%d identifiers, language %q", len(ids.Items), is.Language)
	}

	_, err = h.Reissue(ctx, registrar, old.ID, issuer.Correction{Name: "Aino"})
	f := refusedWith(t, err, schema.CodeConflict, "")
	if f.Args["by"] != is.ID || f.Args["reason"] != "superseded" {
		t.Errorf("said twice: %v", f.Args)
	}
	h.reopen(t)
	h.healthy(t)
}

func TestReissueKeepsWhatTheLearnerChose(t *testing.T) {
	h, a := school(t, false)
	for _, v := range []issuer.Visibility{issuer.ByLink, issuer.Public, issuer.Closed} {
		old := h.issue(t, issuer.Draft{Achievement: a.ID})
		_, err := h.Choose(ctx, h.LearnerOf(aino.Email), old.ID, v)
		must(t, err)
		next, err := h.Reissue(ctx, registrar, old.ID, issuer.Correction{Name: "Aino K."})
		must(t, err)
		if next.Visibility != v {
			t.Errorf("%q became %q", v, next.Visibility)
		}
		by, superseded, _ := h.Successor(ctx, h.whole(t, old.ID))
		if want := v != issuer.Closed; !superseded || (by.ID == next.ID) != want {
			t.Errorf("%q: page leads to %q, superseded %v", v, by.ID, superseded)
		}
	}
	old := h.issue(t, issuer.Draft{Achievement: a.ID})
	_, err := h.Withhold(ctx, registrar, old.ID, true)
	must(t, err)
	next, err := h.Reissue(ctx, registrar, old.ID, issuer.Correction{Name: "Aino K."})
	must(t, err)
	_, err = h.Get(ctx, next.ID)
	refusedWith(t, err, schema.CodeNotFound, "")
}

func TestLearnerHidesTheLink(t *testing.T) {
	h, a := school(t, false)
	old := h.issue(t, issuer.Draft{Achievement: a.ID})
	next, err := h.Reissue(ctx, registrar, old.ID, issuer.Correction{Name: "Aino K."})
	must(t, err)
	who := h.LearnerOf(aino.Email)
	for _, hidden := range []bool{true, true, false} {
		_, err := h.Unlink(ctx, who, old.ID, hidden)
		must(t, err)
		by, superseded, _ := h.Successor(ctx, h.whole(t, old.ID))
		if !superseded || (by.ID == "") != hidden || !hidden && by.ID != next.ID {
			t.Errorf("hidden %v: leads to %q, superseded %v", hidden, by.ID, superseded)
		}
	}
	_, err = h.Unlink(ctx, h.LearnerOf("somebody@else.example"), old.ID, true)
	refusedWith(t, err, schema.CodeNotFound, "")
}

func TestRenew(t *testing.T) {
	h, a := school(t, false)
	old := h.issue(t, issuer.Draft{Achievement: a.ID, ValidUntil: "2027-01-31"})
	_, err := h.Renew(ctx, registrar, old.ID, "2027-01-30")
	refusedWith(t, err, schema.CodeMalformedValueError, "/validUntil")
	next, err := h.Renew(ctx, registrar, old.ID, "2029-01-31")
	must(t, err)
	was := h.whole(t, old.ID)
	if was.State != issuer.Issued || was.Links.RenewedBy != next.ID || next.Links.Renews != old.ID {
		t.Errorf("old %+v, new %+v", was.Links, next.Links)
	}
	if got := h.verify(t, was.Credential); got.Verdict != verifier.Valid {
		t.Errorf("the old one is %s while it lasts", got.Verdict)
	}
	_, err = h.Renew(ctx, registrar, old.ID, "2031-01-31")
	if f := refusedWith(t, err, schema.CodeConflict, ""); f.Args["by"] != next.ID {
		t.Errorf("renewed twice: %v", f.Args)
	}
	h.pass(100 * 24 * time.Hour) // the first has ended
	if got := h.verify(t, was.Credential).Check("credential.validity"); got.Status != schema.Fail {
		t.Errorf("the old one after its end: %+v", got)
	}
	last, err := h.Renew(ctx, registrar, next.ID, "2031-01-31")
	must(t, err)
	if got := h.verify(t, last.Credential); got.Verdict != verifier.Valid {
		t.Errorf("the newest one is %s", got.Verdict)
	}
	h.healthy(t)
}

func TestOnlyWhatIsInForceIsReplaced(t *testing.T) {
	h, a := school(t, true)
	for _, action := range []string{"revoke", "suspend"} {
		r := h.issue(t, issuer.Draft{Achievement: a.ID})
		_, err := h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: action, Reason: "x"})
		must(t, err)
		_, err = h.Reissue(ctx, registrar, r.ID, issuer.Correction{})
		refusedWith(t, err, schema.CodeConflict, "")
		_, err = h.Renew(ctx, registrar, r.ID, "2031-01-31")
		refusedWith(t, err, schema.CodeConflict, "")
	}
	_, err := h.Reissue(ctx, issuer.Actor{Name: "a", Roles: []string{issuer.Auditor}}, issuer.NewID(), issuer.Correction{})
	refusedWith(t, err, schema.CodeForbidden, "")
}

// TestOneCorrectionWins: of many who correct the same credential at once, and one
// whose learner changes it meanwhile, one issues; the others leave nothing behind.
func TestOneCorrectionWins(t *testing.T) {
	h, a := school(t, false)
	old := h.issue(t, issuer.Draft{Achievement: a.ID})
	var won atomic.Int32
	var wg sync.WaitGroup
	for n := range 12 {
		wg.Go(func() {
			var err error
			switch n % 4 {
			case 3:
				_, err = h.Choose(ctx, h.LearnerOf(aino.Email), old.ID, issuer.Public)
			default:
				if _, err = h.Reissue(ctx, registrar, old.ID, issuer.Correction{Name: "Aino K."}); err == nil {
					won.Add(1)
				}
			}
			if f := faultOf(err); err != nil && (f == nil || f.Code != schema.CodeConflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d corrections went through, want 1", won.Load())
	}
	states := map[issuer.State]int{}
	page, err := h.List(ctx, registrar, issuer.Query{})
	must(t, err)
	for _, r := range page.Items {
		states[r.State]++
	}
	if states[issuer.Issued] != 1 || states[issuer.Revoked] != 1 || states[issuer.Unsigned] != 0 {
		t.Errorf("states %v", states)
	}
	h.healthy(t)
}

// A cut store loses its process in the middle of a correction: before the step
// that links the two, or after it and before anybody was told.
type cut struct {
	issuer.Store
	after bool
}

var errCut = errors.New("the power went")

func (c cut) AdvanceAll(ctx context.Context, steps ...issuer.Step) error {
	if c.after {
		if err := c.Store.AdvanceAll(ctx, steps...); err != nil {
			return err
		}
	}
	return errCut
}

func TestCorrectionIsWholeAfterACrash(t *testing.T) {
	for _, after := range []bool{false, true} {
		h, a := school(t, false)
		old := h.issue(t, issuer.Draft{Achievement: a.ID})
		must(t, h.Close())
		store, err := bolt.Open(filepath.Join(h.dir, "merkki.db"))
		must(t, err)
		h.Service, err = issuer.Open(ctx, issuer.Config{BaseURL: base, Store: cut{store, after}, Keys: h.keys, Dir: h.dir, Now: h.clock})
		must(t, err)
		if _, err := h.Reissue(ctx, registrar, old.ID, issuer.Correction{Name: "Aino K."}); !errors.Is(err, errCut) {
			t.Fatalf("the cut store said %v", err)
		}
		must(t, h.Close())
		h.open(t)
		was := h.whole(t, old.ID)
		page, err := h.List(ctx, registrar, issuer.Query{State: issuer.Issued})
		must(t, err)
		switch {
		case len(page.Items) != 1:
			t.Errorf("after %v: %d credentials in force, want 1", after, len(page.Items))
		case after && (was.State != issuer.Revoked || was.Links.SupersededBy != page.Items[0].ID):
			t.Errorf("the step was made, and the old one is %+v", was)
		case !after && (was.State != issuer.Issued || was.Links.SupersededBy != "" || page.Items[0].ID != old.ID):
			t.Errorf("the step was not made, and the old one is %+v", was)
		}
		// Said again, it is done once.
		_, err = h.Reissue(ctx, registrar, old.ID, issuer.Correction{Name: "Aino K."})
		if f := faultOf(err); after != (f != nil && f.Code == schema.CodeConflict) || !after && err != nil {
			t.Errorf("after %v, said again: %v", after, err)
		}
		h.healthy(t)
	}
}
