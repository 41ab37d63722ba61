package issuer_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/schema"
	"merkki/verifier"
)

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
