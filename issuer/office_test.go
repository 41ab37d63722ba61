package issuer_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/issuer/store/bolt"
	"merkki/schema"
)

func TestTokens(t *testing.T) {
	h, _ := school(t, false)
	end := h.clock().Add(time.Hour)
	made, err := h.NewToken(ctx, registrar, issuer.Token{Name: "registry", Roles: []string{issuer.Registrar}, Expires: end})
	must(t, err)
	if len(made.Secret) != 46 || !strings.HasPrefix(made.Secret, "mk_") {
		t.Fatalf("secret %q", made.Secret)
	}
	h.reopen(t)
	actor, err := h.Authenticate(ctx, made.Secret)
	must(t, err)
	if actor.Name != "registry" || !slices.Equal(actor.Roles, []string{issuer.Registrar}) {
		t.Errorf("actor %+v", actor)
	}
	if db, _ := os.ReadFile(filepath.Join(h.dir, "merkki.db")); bytes.Contains(db, []byte(made.Secret)) {
		t.Error("the secret is in the database")
	}
	listed, err := h.Tokens(ctx, registrar)
	must(t, err)
	if len(listed) != 1 || listed[0].Secret != "" || listed[0].ID != made.ID {
		t.Errorf("tokens %+v", listed)
	}
	flipped := []byte(made.Secret)
	flipped[45] ^= 1
	for _, wrong := range []string{"", "mk_", made.Secret[:45], made.Secret + "A", strings.ToUpper(made.Secret), string(flipped)} {
		_, err := h.Authenticate(ctx, wrong)
		refusedWith(t, err, schema.CodeUnauthenticated, "")
	}
	h.pass(time.Hour)
	_, err = h.Authenticate(ctx, made.Secret)
	refusedWith(t, err, schema.CodeUnauthenticated, "")

	forever, err := h.NewToken(ctx, registrar, issuer.Token{Name: "other", Roles: []string{issuer.Auditor}})
	must(t, err)
	must(t, h.RevokeToken(ctx, registrar, strings.ToLower(forever.ID)))
	must(t, h.RevokeToken(ctx, registrar, forever.ID))
	_, err = h.Authenticate(ctx, forever.Secret)
	refusedWith(t, err, schema.CodeUnauthenticated, "")
	refusedWith(t, h.RevokeToken(ctx, registrar, issuer.NewID()), schema.CodeNotFound, "")
}

func TestTokensRefused(t *testing.T) {
	h, _ := school(t, false)
	for pointer, tok := range map[string]issuer.Token{
		"/name":    {Roles: []string{issuer.Auditor}},
		"/roles":   {Name: "x", Roles: []string{"king"}},
		"/expires": {Name: "x", Roles: []string{issuer.Auditor}, Expires: h.clock()},
	} {
		_, err := h.NewToken(ctx, registrar, tok)
		refusedWith(t, err, schema.CodeMalformedValueError, pointer)
	}
	_, err := h.NewToken(ctx, registrar, issuer.Token{Name: "local:root", Roles: []string{issuer.Auditor}})
	refusedWith(t, err, schema.CodeMalformedValueError, "/name")
	custodian := issuer.Actor{Name: "c", Roles: []string{issuer.KeyCustodian}}
	_, err = h.NewToken(ctx, custodian, issuer.Token{Name: "x", Roles: []string{issuer.Registrar}})
	refusedWith(t, err, schema.CodeForbidden, "/roles")
}

func TestTrust(t *testing.T) {
	h, _ := school(t, false)
	_, err := h.AddTrust(ctx, registrar, issuer.TrustSource{JSON: []byte(`{`)})
	if err == nil {
		t.Error("a trust list that is no JSON was taken")
	}
	kept, err := h.AddTrust(ctx, registrar, issuer.TrustSource{Name: "Schools", Source: "schools.json", JSON: []byte(`["did:web:a.example"]`)})
	must(t, err)
	h.reopen(t)
	all, err := h.Trust(ctx)
	must(t, err)
	if len(all) != 1 || all[0].Name != "Schools" || string(all[0].JSON) != `["did:web:a.example"]` || !all[0].Added.Equal(h.clock()) {
		t.Errorf("trust %+v", all)
	}
	must(t, h.RemoveTrust(ctx, registrar, kept.ID))
	refusedWith(t, h.RemoveTrust(ctx, registrar, kept.ID), schema.CodeNotFound, "")
}

func TestListAndLookUp(t *testing.T) {
	h, a := school(t, false)
	for n := range 5 {
		h.issue(t, issuer.Draft{Achievement: a.ID, Recipient: issuer.Recipient{Name: "N", Email: fmt.Sprintf("n%d@example.org", n%2)}})
	}
	seen := 0
	q := issuer.Query{Limit: 2}
	for {
		page, err := h.List(ctx, registrar, q)
		must(t, err)
		for _, r := range page.Items {
			if r.Credential != nil || r.Recipient != (issuer.Recipient{}) {
				t.Errorf("a list names a person: %+v", r)
			}
			seen++
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if seen != 5 {
		t.Errorf("the pages hold %d records, want 5", seen)
	}
	for email, want := range map[string]int{"n0@example.org": 3, " N1@EXAMPLE.ORG ": 2, "n2@example.org": 0} {
		page, err := h.List(ctx, registrar, issuer.Query{Email: email})
		must(t, err)
		if len(page.Items) != want {
			t.Errorf("%q has %d records, want %d", email, len(page.Items), want)
		}
	}
	for pointer, q := range map[string]issuer.Query{"/limit": {Limit: 1001}, "/state": {State: "lost"}, "/cursor": {Cursor: "x"}} {
		_, err := h.List(ctx, registrar, q)
		refusedWith(t, err, schema.CodeMalformedValueError, pointer)
	}
}

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

func TestLogSaysWhoDidWhat(t *testing.T) {
	h, a := school(t, false)
	clerk := issuer.Actor{Name: "clerk", Roles: issuer.AllRoles()}
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	_, err := h.ChangeStatus(ctx, clerk, r.ID, issuer.StatusChange{Action: "revoke", Reason: "x"})
	must(t, err)
	must(t, h.Close())
	s, err := bolt.Open(filepath.Join(h.dir, "merkki.db"))
	must(t, err)
	var said []string
	for e, err := range s.Log(ctx, 1) {
		must(t, err)
		said = append(said, e.Actor+" "+e.Action)
	}
	must(t, s.Close())
	want := []string{
		"merkki installation.begun", "local:test institution.added", "local:test achievement.added",
		"merkki list.opened", "local:test credential.prepared", "local:test credential.issued", "clerk credential.revoked",
	}
	if !slices.Equal(said, want) {
		t.Errorf("the log says %q, want %q", said, want)
	}
	h.open(t)
}

func TestBaseURLIsForEver(t *testing.T) {
	h, _ := school(t, false)
	must(t, h.Close())
	for _, url := range []string{"https://other.example", "http://badges.example", "https://badges.example/", "https://Badges.example", ""} {
		store, err := bolt.Open(filepath.Join(h.dir, "merkki.db"))
		must(t, err)
		if s, err := issuer.Open(ctx, issuer.Config{BaseURL: url, Store: store, Keys: h.keys, Dir: h.dir}); err == nil {
			s.Close()
			t.Errorf("it opened under %q", url)
		}
	}
	h.open(t)
}

// unpack puts a backup where a restore would.
func unpack(t *testing.T, backup, dir string) []string {
	t.Helper()
	f, err := os.Open(backup)
	must(t, err)
	defer f.Close()
	var names []string
	for r := tar.NewReader(f); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		names = append(names, head.Name)
		path := filepath.Join(dir, head.Name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		b, err := io.ReadAll(r)
		must(t, err)
		must(t, os.WriteFile(path, b, 0o600))
	}
	keys, err := os.ReadFile(backup + ".learners")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "learners"), keys, 0o600))
	return names
}

func TestBackupCanBeRestored(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	_, err := h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: "revoke", Reason: "x"})
	must(t, err)
	path := filepath.Join(t.TempDir(), "backup.tar")
	must(t, h.Backup(ctx, registrar, path))
	if err := h.Backup(ctx, registrar, path); err == nil {
		t.Error("a backup was written over another")
	}
	refusedWith(t, h.Backup(ctx, registrar, "backup.tar"), schema.CodeMalformedValueError, "/path")
	left, err := os.ReadDir(filepath.Dir(path))
	must(t, err)
	if len(left) != 2 {
		t.Errorf("beside the backup lies %v", left)
	}
	used := h.issue(t, issuer.Draft{Achievement: a.ID}).Status[0]

	restored := &house{dir: t.TempDir(), keys: h.keys}
	restored.now.Store(h.now.Load())
	names := unpack(t, path, restored.dir)
	want := []string{"manifest.json", "merkki.db", "highwater", "published/" + r.Status[0].List + ".json"}
	if !slices.Equal(names, want) {
		t.Errorf("the backup holds %q, want %q", names, want)
	}
	restored.open(t)
	defer restored.Close()
	got, err := restored.Get(ctx, r.ID)
	must(t, err)
	if got.State != issuer.Revoked || string(got.Credential) != string(r.Credential) || got.Recipient != aino {
		t.Errorf("restored: %+v", got)
	}
	restored.healthy(t)
	// What was issued after the backup is not known here, its place is.
	for range 5 {
		if again := restored.issue(t, issuer.Draft{Achievement: a.ID}).Status[0]; again == used {
			t.Errorf("place %+v was used between backup and restore", again)
		}
	}
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
