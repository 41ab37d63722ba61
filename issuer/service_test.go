package issuer_test

import (
	"errors"
	"path/filepath"
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
	h := &house{dir: t.TempDir()}
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
	return issuer.Open(ctx, issuer.Config{BaseURL: base, Store: store, Keys: h.keys, Dir: h.dir, Now: h.clock})
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
