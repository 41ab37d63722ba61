package issuer_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"merkki/issuer"
	"merkki/schema"
)

// What names a person is nowhere in the open: not in the database, not beside
// it, not in the log.
func TestPersonalDataIsSealed(t *testing.T) {
	h, a := school(t, false)
	h.issue(t, issuer.Draft{Achievement: a.ID, Recipient: issuer.Recipient{Name: "Väinö Ämmälä", Email: "Vaino@Example.org"}})
	must(t, h.Close())
	err := filepath.WalkDir(h.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, secret := range []string{"Väinö", "Ämmälä", "vaino@example.org", "Vaino@Example.org"} {
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("%s contains %q", path, secret)
			}
		}
		if info, _ := e.Info(); info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return nil
	})
	must(t, err)
	h.open(t)
}

func TestErasedLearner(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	other := h.issue(t, issuer.Draft{Achievement: a.ID, Recipient: issuer.Recipient{Name: "B", Email: "b@example.org"}})
	must(t, h.Close())
	// Destroying a key is overwriting it in place; the slot after the secret is
	// that of the first learner.
	path := filepath.Join(h.dir, "learners")
	b, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, issuer.DestroySlot(b, 1), 0o600))
	h.open(t)
	_, err = h.Get(ctx, r.ID)
	refusedWith(t, err, schema.CodeGone, "")
	if got, err := h.Get(ctx, other.ID); err != nil || got.Recipient.Name != "B" {
		t.Errorf("another learner: %+v, %v", got, err)
	}
	// The learner's own copy verifies as ever.
	if report := h.verify(t, r.Credential); report.Verdict != "valid" {
		t.Errorf("%s: %+v", report.Verdict, report.Primary)
	}
	h.healthy(t)
}
