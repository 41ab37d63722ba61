package issuer_test

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"merkki/issuer"
	"merkki/issuer/store/bolt"
	"merkki/schema"
)

// TestVisibility is who may change what an address shows, and to what.
func TestVisibility(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	who, stranger := h.LearnerOf(aino.Email), h.LearnerOf("eve@example.org")
	choose := func(v issuer.Visibility) error { _, err := h.Choose(ctx, who, r.ID, v); return err }
	withhold := func(as issuer.Actor, yes bool) error { _, err := h.Withhold(ctx, as, r.ID, yes); return err }
	foreign := issuer.Actor{Name: "f", Roles: issuer.AllRoles(), Issuer: issuer.NewID()}
	auditor := issuer.Actor{Name: "a", Roles: []string{issuer.Auditor}}
	for n, step := range []struct {
		do   func() error
		code schema.Code
		want issuer.Visibility
	}{
		{func() error { return choose(issuer.Public) }, "", issuer.Public},
		{func() error { return choose(issuer.Closed) }, "", issuer.Closed},
		{func() error { return choose(issuer.Closed) }, "", issuer.Closed},
		{func() error { return choose(issuer.Withheld) }, schema.CodeMalformedValueError, issuer.Closed},
		{func() error { return choose("open") }, schema.CodeMalformedValueError, issuer.Closed},
		{func() error { _, err := h.Choose(ctx, stranger, r.ID, issuer.ByLink); return err }, schema.CodeNotFound, issuer.Closed},
		{func() error { _, err := h.Choose(ctx, issuer.Digest{}, r.ID, issuer.ByLink); return err }, schema.CodeNotFound, issuer.Closed},
		{func() error { return withhold(auditor, true) }, schema.CodeForbidden, issuer.Closed},
		{func() error { return withhold(foreign, true) }, schema.CodeNotFound, issuer.Closed},
		{func() error { return withhold(registrar, false) }, "", issuer.Closed},
		{func() error { return withhold(registrar, true) }, "", issuer.Withheld},
		{func() error { return withhold(registrar, true) }, "", issuer.Withheld},
		{func() error { return choose(issuer.ByLink) }, schema.CodeConflict, issuer.Withheld},
		{func() error { return withhold(registrar, false) }, "", issuer.Closed}, // what the learner had chosen
		{func() error { return choose(issuer.ByLink) }, "", issuer.ByLink},
	} {
		err := step.do()
		if f := faultOf(err); (f == nil) != (step.code == "") || f != nil && f.Code != step.code {
			t.Errorf("step %d: %v, want %q", n, err, step.code)
		}
		got, err := h.Read(ctx, registrar, r.ID)
		if err != nil || got.Visibility != step.want {
			t.Errorf("step %d: %q, %v, want %q", n, got.Visibility, err, step.want)
		}
		_, err = h.Get(ctx, r.ID)
		if f := faultOf(err); (f != nil && f.Code == schema.CodeNotFound) != (step.want == issuer.Withheld) {
			t.Errorf("step %d: Get: %v", n, err)
		}
	}
	said := logOf(t, h)
	want := []string{
		"learner credential.made-public", "learner credential.closed", "local:test credential.withheld",
		"local:test credential.withheld-no-more", "learner credential.shown-by-link",
	}
	if got := said[len(said)-len(want):]; !slices.Equal(got, want) {
		t.Errorf("the log says %q, want %q", got, want)
	}
}

// logOf closes the service and reads its log; the service is open again after.
func logOf(t *testing.T, h *house) (said []string) {
	t.Helper()
	must(t, h.Close())
	s, err := bolt.Open(filepath.Join(h.dir, "merkki.db"))
	must(t, err)
	for e, err := range s.Log(ctx, 1) {
		must(t, err)
		said = append(said, e.Actor+" "+e.Action)
		if strings.Contains(string(e.Bytes()), "aino") || strings.Contains(string(e.Bytes()), "Acme") {
			t.Errorf("the log says %s", e.Bytes())
		}
	}
	must(t, s.Close())
	h.open(t)
	return said
}

// TestWithholdingWinsRaces: however a learner and a registrar meet, the order
// stands once it was acknowledged.
func TestWithholdingWinsRaces(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	who := h.LearnerOf(aino.Email)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			v := []issuer.Visibility{issuer.ByLink, issuer.Public, issuer.Closed}[n%3]
			if _, err := h.Choose(ctx, who, r.ID, v); err != nil && faultOf(err).Code != schema.CodeConflict {
				t.Errorf("%q: %v", v, err)
			}
		})
	}
	wg.Go(func() {
		if _, err := h.Withhold(ctx, registrar, r.ID, true); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	if got, err := h.Read(ctx, registrar, r.ID); err != nil || got.Visibility != issuer.Withheld {
		t.Errorf("%q, %v", got.Visibility, err)
	}
}

// TestIssuedTo: what a name may differ in, and what makes it another one.
func TestIssuedTo(t *testing.T) {
	for _, c := range []struct {
		own, typed string
		want       bool
	}{
		{"Aino Virtanen", "Aino Virtanen", true},
		{"Aino Virtanen", "  aino\u00a0 VIRTANEN ", true},
		{"Aino Virtanen", "Virtanen, Aino", true},
		{"Aino Virtanen", "Ai\u00adno\u200b Virtanen", true},
		{"Äijälä Åse", "A\u0308ija\u0308la\u0308 A\u030ase", true},
		{"Anne-Marie O'Hara", "Anne‐Marie O’Hara", true},
		{"Straße Weiß", "STRASSE WEISS", true},
		{"Aino Virtanen", "Virtanen Aino", false},
		{"Aino Maria Virtanen", "Aino Virtanen", false},
		{"Aino Maria Virtanen", "Maria Aino Virtanen", false},
		{"Mäkinen", "Makinen", false},
		{"Aino Virtanen", "AinoVirtanen", false},
		{"Aino Virtanen", "", false},
		{"", "", false},
		{"", " ", false},
		{",", "", false},
	} {
		r := issuer.Record{Recipient: issuer.Recipient{Name: c.own}}
		if got := r.IssuedTo(c.typed); got != c.want {
			t.Errorf("%q for %q: %v, want %v", c.typed, c.own, got, c.want)
		}
	}
}

// FuzzIssuedTo: every name is its own, whatever it is made of, unless it is
// nothing to be seen.
func FuzzIssuedTo(f *testing.F) {
	for _, s := range []string{"Aino Virtanen", "Virtanen, Aino, Dr.", "\xff", "\u200b", "ŋ, Š", ",", "´ a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		r := issuer.Record{Recipient: issuer.Recipient{Name: name}}
		other := issuer.Record{Recipient: issuer.Recipient{Name: name + "x"}}
		if !other.IssuedTo(name + "x") {
			t.Errorf("%qx is not itself", name)
		}
		if r.IssuedTo("") || r.IssuedTo(name+"x") || other.IssuedTo(name) {
			t.Errorf("%q with a letter more is the same", name)
		}
	})
}
