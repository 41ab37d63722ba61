package issuer_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/issuer/store/bolt"
	"merkki/keys"
	"merkki/schema"
	"merkki/schema/statuslist"
	"merkki/verifier"
)

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
