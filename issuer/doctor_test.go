package issuer_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"merkki/issuer"
)

func TestDoctorFindsDamage(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, h *house, r issuer.Record)
		want  string
	}{
		"a record's byte": {func(t *testing.T, h *house, r issuer.Record) {
			path := filepath.Join(h.dir, "merkki.db")
			b, err := os.ReadFile(path)
			must(t, err)
			spoilt := bytes.ReplaceAll(b, []byte(`"language":"fi"`), []byte(`"language":"sv"`))
			if bytes.Equal(b, spoilt) {
				t.Fatal("nothing was spoilt")
			}
			must(t, os.WriteFile(path, spoilt, 0o600))
		}, "store.record"},
		"the file of learners' keys": {func(t *testing.T, h *house, r issuer.Record) {
			path := filepath.Join(h.dir, "learners")
			b, err := os.ReadFile(path)
			must(t, err)
			b[80+40] ^= 1
			must(t, os.WriteFile(path, b, 0o600))
		}, "learners.slot"},
	} {
		t.Run(name, func(t *testing.T) {
			h, a := school(t, false)
			r := h.issue(t, issuer.Draft{Achievement: a.ID, Language: "fi"})
			h.issue(t, issuer.Draft{Achievement: a.ID, Recipient: issuer.Recipient{Name: "B", Email: "b@example.org"}})
			must(t, h.Close())
			c.spoil(t, h, r)
			h.open(t)
			complaints, err := h.Doctor(ctx)
			must(t, err)
			if !slices.ContainsFunc(complaints, func(c2 issuer.Complaint) bool { return c2.Check == c.want }) {
				t.Errorf("doctor says %v, want %s", complaints, c.want)
			}
			if _, err := h.Get(ctx, r.ID); err == nil {
				t.Error("the damaged record was read all the same")
			}
		})
	}
}

// Doctor looks at a service that is at work: what changes under its eyes is no
// complaint.
func TestDoctorWhileWorking(t *testing.T) {
	h, a := school(t, true)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				p, err := h.Prepare(ctx, registrar, issuer.Draft{Achievement: a.ID, Recipient: aino})
				if err != nil {
					t.Error(err)
					return
				}
				r, err := h.Issue(ctx, p)
				for _, action := range []string{"suspend", "reinstate", "revoke"} {
					if err == nil {
						_, err = h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: action, Reason: "x"})
					}
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 5 {
		h.healthy(t)
	}
	close(stop)
	wg.Wait()
	h.healthy(t)
}
