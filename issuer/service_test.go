package issuer_test

import (
	"errors"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/issuer/store/bolt"
	"merkki/keys/softstore"
	"merkki/schema"
)

const base = "https://badges.example"

// A house is a service with real keys, a real store and a clock that is set
// by hand.
type house struct {
	*issuer.Service
	dir  string
	keys *softstore.Store
	now  atomic.Int64
}

// registrar may do everything.
var registrar = issuer.Actor{Name: "local:test", Roles: issuer.AllRoles()}

func newHouse(t testing.TB) *house {
	t.Helper()
	return newHouseIn(t, t.TempDir())
}

func newHouseIn(t testing.TB, dir string) *house {
	t.Helper()
	h := &house{dir: dir}
	h.now.Store(time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC).Unix())
	identity := filepath.Join(h.dir, "identity")
	must(t, softstore.NewIdentity(identity))
	var err error
	h.keys, err = softstore.Create(filepath.Join(h.dir, "keys"), softstore.IdentityFile(identity))
	must(t, err)
	h.open(t)
	t.Cleanup(func() { h.Close() })
	return h
}

// open opens the service on the directory, as a start of the program does.
func (h *house) open(t testing.TB) {
	t.Helper()
	s, err := h.tryOpen()
	must(t, err)
	h.Service = s
}

func (h *house) tryOpen() (*issuer.Service, error) {
	store, err := bolt.Open(filepath.Join(h.dir, "merkki.db"))
	if err != nil {
		return nil, err
	}
	return issuer.Open(ctx, issuer.Config{BaseURL: base, Store: store, Keys: h.keys, Dir: h.dir, Now: h.clock, Mail: true})
}

func (h *house) clock() time.Time { return time.Unix(h.now.Load(), 0) }

func (h *house) pass(d time.Duration) { h.now.Add(int64(d / time.Second)) }

func (h *house) reopen(t testing.TB) {
	t.Helper()
	must(t, h.Close())
	h.open(t)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func parse(t testing.TB, s string) schema.Value {
	t.Helper()
	d, err := schema.Parse([]byte(s), schema.Limits{})
	must(t, err)
	return d.Root()
}

// faultOf returns the primary fault of an error, nil if it is none.
func faultOf(err error) *schema.Fault {
	f, _ := errors.AsType[*schema.Fault](err)
	return f
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
