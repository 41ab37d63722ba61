package issuer_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/issuer/store/bolt"
	"merkki/keys"
	"merkki/schema"
	"merkki/verifier"
)

// signer is the key that signed a credential.
func signer(t testing.TB, r issuer.Record) string {
	t.Helper()
	proof, _ := parse(t, string(r.Credential)).Get("proof")
	if len(proof.Items) > 0 {
		proof = proof.Items[0]
	}
	return proof.GetString("verificationMethod")
}

func (h *house) keyStates(t testing.TB) (inUse, retired, revoked int) {
	t.Helper()
	all, err := h.Keys(ctx, "")
	must(t, err)
	for _, p := range all {
		switch {
		case !p.Revoked.IsZero():
			revoked++
		case !p.Retired.IsZero():
			retired++
		default:
			inUse++
		}
	}
	return inUse, retired, revoked
}

func TestRotationPublishesThenSigns(t *testing.T) {
	h, a := school(t, false)
	first := h.issue(t, issuer.Draft{Achievement: a.ID})
	rot, err := h.RotateKeys(ctx, registrar, "", 24*time.Hour)
	must(t, err)
	if want := h.clock().Add(24 * time.Hour); !rot.From.Equal(want) {
		t.Errorf("the new keys sign from %v, want %v", rot.From, want)
	}
	if inUse, _, _ := h.keyStates(t); inUse != 6 {
		t.Errorf("%d keys are published and in use, want 6", inUse)
	}
	doc, err := h.DIDDocument(ctx, rot.Issuer)
	must(t, err)
	// The keys of tokens stand there in two forms.
	if m, _ := doc.Get("verificationMethod"); len(m.Items) != 8 {
		t.Errorf("%d keys in the DID document, want 8", len(m.Items))
	}
	_, err = h.RotateKeys(ctx, registrar, "", 0)
	refusedWith(t, err, schema.CodeConflict, "")
	_, err = h.NewKey(ctx, registrar, "", keys.Ed25519, keys.Credentials)
	refusedWith(t, err, schema.CodeConflict, "")

	h.pass(24*time.Hour - time.Second)
	if got := signer(t, h.issue(t, issuer.Draft{Achievement: a.ID})); got != signer(t, first) {
		t.Error("a new key signs before its time")
	}
	h.reopen(t) // what is under way goes on
	if next, err := h.KeepKeys(ctx); err != nil || !next.Equal(rot.From) {
		t.Errorf("KeepKeys: %v, %v", next, err)
	}
	h.pass(time.Second)
	second := h.issue(t, issuer.Draft{Achievement: a.ID})
	if signer(t, second) == signer(t, first) {
		t.Error("the old key signs after its time, although nobody has retired it yet")
	}
	if next, err := h.KeepKeys(ctx); err != nil || !next.IsZero() {
		t.Errorf("KeepKeys: %v, %v", next, err)
	}
	if inUse, retired, _ := h.keyStates(t); inUse != 3 || retired != 3 {
		t.Errorf("%d in use, %d retired", inUse, retired)
	}
	for _, r := range []issuer.Record{first, second} {
		if got := h.verify(t, r.Credential); got.Verdict != verifier.Valid {
			t.Errorf("%s: %+v", got.Verdict, got.Primary)
		}
	}
	for range 2 { // the second finds the first over, and its keys not retired
		if _, err := h.RotateKeys(ctx, registrar, "", time.Hour); err != nil {
			t.Errorf("the next rotation: %v", err)
		}
		h.pass(2 * time.Hour)
	}
	if _, err := h.KeepKeys(ctx); err != nil {
		t.Error(err)
	}
	if inUse, retired, _ := h.keyStates(t); inUse != 3 || retired != 9 {
		t.Errorf("after three rotations %d in use, %d retired", inUse, retired)
	}
	h.healthy(t)
}

// failing is a key store whose disk is full after so many keys.
type failing struct {
	keys.Store
	left int
}

func (f *failing) Generate(ctx context.Context, issuer string, alg keys.Algorithm, role keys.Role) (keys.Pair, error) {
	if f.left--; f.left < 0 {
		return keys.Pair{}, errors.New("no room")
	}
	return f.Store.Generate(ctx, issuer, alg, role)
}

// TestRotationIsResumed: a process that dies between two keys leaves a rotation of
// which nothing signs yet, and the next one goes on with it.
func TestRotationIsResumed(t *testing.T) {
	for made := range 3 {
		h, a := school(t, false)
		first := h.issue(t, issuer.Draft{Achievement: a.ID})
		must(t, h.Close())
		store, err := bolt.Open(filepath.Join(h.dir, "merkki.db"))
		must(t, err)
		h.Service, err = issuer.Open(ctx, issuer.Config{BaseURL: base, Store: store, Keys: &failing{h.keys, made}, Dir: h.dir, Now: h.clock})
		must(t, err)
		if _, err = h.RotateKeys(ctx, registrar, "", 0); err == nil {
			t.Fatal("it went through without keys")
		}
		if got := signer(t, h.issue(t, issuer.Draft{Achievement: a.ID})); got != signer(t, first) {
			t.Error("a key signs while another one is missing")
		}
		h.reopen(t)
		if _, err := h.KeepKeys(ctx); err != nil {
			t.Fatal(err)
		}
		if inUse, retired, _ := h.keyStates(t); inUse != 3 || retired != 3 {
			t.Errorf("after %d keys: %d in use, %d retired", made, inUse, retired)
		}
		if got := signer(t, h.issue(t, issuer.Draft{Achievement: a.ID})); got == signer(t, first) {
			t.Error("the old key signs")
		}
		h.healthy(t)
	}
}

func TestDIDKeyCannotRotate(t *testing.T) {
	h := newHouse(t)
	i, err := h.AddInstitution(ctx, registrar, "Key School", "key", "en", false)
	must(t, err)
	_, err = h.RotateKeys(ctx, registrar, i.ID, 0)
	if f := refusedWith(t, err, schema.CodeConflict, ""); f.Args["reason"] != "did-key-has-one-key" {
		t.Errorf("%v", f.Args)
	}
	all, err := h.Keys(ctx, i.ID)
	must(t, err)
	_, err = h.RetireKey(ctx, registrar, all[0].ID)
	refusedWith(t, err, schema.CodeConflict, "")
}

// TestNothingFailsWhileKeysChange: issuing and changing go on while keys are
// replaced as fast as they can be, and all of it verifies.
func TestNothingFailsWhileKeysChange(t *testing.T) {
	h, a := school(t, false)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var made []issuer.Record
	for range 4 {
		wg.Go(func() {
			for range 25 {
				p, err := h.Prepare(ctx, registrar, issuer.Draft{Achievement: a.ID, Recipient: aino})
				if err != nil {
					t.Error(err)
					return
				}
				r, err := h.Issue(ctx, p)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := h.StatusList(ctx, r.Status[0].List); err != nil {
					t.Error(err)
				}
				mu.Lock()
				made = append(made, r)
				mu.Unlock()
			}
		})
	}
	wg.Go(func() {
		for range 12 {
			if _, err := h.RotateKeys(ctx, registrar, "", 0); err != nil {
				t.Error(err)
			}
			h.RefreshLists(ctx)
		}
	})
	wg.Wait()
	by := map[string]int{}
	for _, r := range made {
		by[signer(t, r)]++
		if got := h.verify(t, r.Credential); got.Verdict != verifier.Valid {
			t.Fatalf("%s: %+v", got.Verdict, got.Primary)
		}
	}
	if len(made) != 100 || len(by) < 2 {
		t.Errorf("%d credentials, signed with %d keys", len(made), len(by))
	}
	h.healthy(t)
}

func TestRetireKey(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	key := signer(t, r)
	_, err := h.RetireKey(ctx, registrar, key)
	if f := refusedWith(t, err, schema.CodeConflict, ""); f.Args["reason"] != "last-key" {
		t.Errorf("%v", f.Args)
	}
	_, err = h.NewKey(ctx, registrar, "", keys.Ed25519, keys.Credentials)
	must(t, err)
	_, err = h.RetireKey(ctx, issuer.Actor{Name: "x", Roles: []string{issuer.Registrar}}, key)
	refusedWith(t, err, schema.CodeForbidden, "")
	p, err := h.RetireKey(ctx, registrar, key)
	must(t, err)
	if p.Retired.IsZero() || !p.Revoked.IsZero() {
		t.Errorf("%+v", p)
	}
	if got := h.verify(t, r.Credential); got.Verdict != verifier.Valid {
		t.Errorf("what a retired key signed is %s", got.Verdict)
	}
	_, err = h.RetireKey(ctx, registrar, strings.Replace(key, "#", "#x", 1))
	refusedWith(t, err, schema.CodeNotFound, "")
}

func TestCompromiseAndDrill(t *testing.T) {
	h, a := school(t, true)
	var before []issuer.Record
	for range 3 {
		before = append(before, h.issue(t, issuer.Draft{Achievement: a.ID}))
	}
	key, from := signer(t, before[0]), h.clock().Add(time.Hour)
	h.pass(2 * time.Hour)
	other := h.issue(t, issuer.Draft{Achievement: a.ID, Recipient: issuer.Recipient{Name: "Väinö", Email: "v@example.org"}})
	ends := h.issue(t, issuer.Draft{Achievement: a.ID, ValidUntil: "2026-11-26T00:00:00Z"})
	held := h.issue(t, issuer.Draft{Achievement: a.ID})
	_, err := h.ChangeStatus(ctx, registrar, before[2].ID, issuer.StatusChange{Action: "revoke", Reason: "x"})
	must(t, err)
	_, err = h.ChangeStatus(ctx, registrar, held.ID, issuer.StatusChange{Action: "suspend", Reason: "x"})
	must(t, err)
	h.pass(24 * time.Hour)

	d, err := h.Drill(ctx, registrar, key, from)
	must(t, err)
	if d.Credentials != 6 || d.Since != 3 || d.InForce != 3 || d.Revoked != 1 || d.Suspended != 1 || d.Expired != 1 || d.Learners != 2 || d.State != "in use" {
		t.Errorf("drill: %+v", d)
	}
	_, err = h.ReplaceSigned(ctx, registrar, key, "")
	refusedWith(t, err, schema.CodeConflict, "") // it would be signed with the same key

	_, err = h.CompromiseKey(ctx, registrar, key, h.clock().Add(time.Hour))
	refusedWith(t, err, schema.CodeMalformedValueError, "/from")
	p, err := h.CompromiseKey(ctx, registrar, key, from)
	must(t, err)
	if !p.Revoked.Equal(from) {
		t.Errorf("revoked from %v, want %v", p.Revoked, from)
	}
	for _, r := range []issuer.Record{before[0], other} { // whatever the date in the proof says
		if got := h.verify(t, r.Credential); got.Verdict != verifier.Invalid || got.Primary.Code != schema.CodeKeyRevoked {
			t.Errorf("%s: %+v", got.Verdict, got.Primary)
		}
	}
	if got := signer(t, h.issue(t, issuer.Draft{Achievement: a.ID})); got == key {
		t.Error("a compromised key signs")
	}
	doc, err := h.DIDDocument(ctx, p.Issuer)
	must(t, err)
	methods, _ := doc.Get("verificationMethod")
	if !slices.ContainsFunc(methods.Items, func(m schema.Value) bool {
		return m.GetString("id") == key && m.GetString("revoked") == schema.FormatTime(from)
	}) {
		t.Errorf("the DID document does not say so: %s", schema.Marshal(methods))
	}

	out, err := h.ReplaceSigned(ctx, registrar, key, "")
	must(t, err)
	if len(out.Reissued) != 3 || out.Next != "" {
		t.Errorf("issued anew: %+v", out)
	}
	again, err := h.ReplaceSigned(ctx, registrar, key, "")
	must(t, err)
	if len(again.Reissued) != 0 {
		t.Errorf("said again: %+v", again)
	}
	for _, url := range out.Reissued {
		r := h.whole(t, url)
		if got := h.verify(t, r.Credential); got.Verdict != verifier.Valid || r.Links.Supersedes == "" {
			t.Errorf("%s %s: %+v", url, got.Verdict, got.Primary)
		}
	}
	for _, r := range []issuer.Record{ends, held, before[2]} {
		if h.whole(t, r.ID).Links.SupersededBy != "" {
			t.Errorf("%s was not in force and was issued anew", r.ID)
		}
	}
	d, err = h.Drill(ctx, registrar, key, from)
	must(t, err)
	if d.InForce != 0 || d.Revoked != 4 || d.State != "revoked" {
		t.Errorf("drill afterwards: %+v", d)
	}
}

// TestCompromisedListKey: the lists that a compromised key signed are signed anew
// at once, and none is believed on the old one's word.
func TestCompromisedListKey(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	all, err := h.Keys(ctx, "")
	must(t, err)
	i := slices.IndexFunc(all, func(p keys.Pair) bool { return p.Role == keys.StatusLists })
	_, err = h.CompromiseKey(ctx, registrar, all[i].ID, time.Time{})
	must(t, err)
	b, err := h.ServedList(ctx, r.Status[0].List)
	must(t, err)
	if strings.Contains(string(b), all[i].ID) {
		t.Error("the list that is served was signed by a compromised key")
	}
	if got := h.verify(t, r.Credential); got.Verdict != verifier.Valid {
		t.Errorf("%s: %+v", got.Verdict, got.Primary)
	}
	h.reopen(t)
	if got := h.verify(t, r.Credential); got.Verdict != verifier.Valid {
		t.Errorf("after a restart %s: %+v", got.Verdict, got.Primary)
	}
}
