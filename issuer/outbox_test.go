package issuer_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/issuer/store/bolt"
	"merkki/schema"
)

// A box takes letters as a relay does, and answers as it is told to.
type box struct {
	mu      sync.Mutex
	letters []issuer.Letter
	answer  func(issuer.Letter) error
}

func (b *box) Deliver(_ context.Context, l issuer.Letter) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.answer != nil {
		if err := b.answer(l); err != nil {
			return err
		}
	}
	b.letters = append(b.letters, l)
	return nil
}

// deliver empties the outbox of what is due and returns what came.
func (h *house) deliver(t testing.TB, b *box) []issuer.Letter {
	t.Helper()
	before := len(b.letters)
	_, err := h.Deliver(ctx, b)
	must(t, err)
	return b.letters[before:]
}

func kinds(letters []issuer.Letter) (all []string) {
	for _, l := range letters {
		all = append(all, string(l.Kind))
	}
	return all
}

func secretOf(t testing.TB, l issuer.Letter) string {
	t.Helper()
	s, ok := strings.CutPrefix(l.Link, base+"/claim/")
	if !ok || len(s) != 43 {
		t.Fatalf("%s has the link %q", l.Kind, l.Link)
	}
	return s
}

// states are those of a record's mails, as "kind state why".
func (h *house) states(t testing.TB, id string) (all []string) {
	t.Helper()
	r, err := h.Read(ctx, registrar, id)
	must(t, err)
	for _, m := range r.Mails {
		all = append(all, strings.TrimSpace(string(m.Kind)+" "+string(m.State)+" "+m.Why))
	}
	return all
}

// TestLearnersAreTold: a mail for each thing that happens, once, in order, to the
// address that the record has.
func TestLearnersAreTold(t *testing.T) {
	h, a := school(t, true)
	var b box
	r := h.issue(t, issuer.Draft{Achievement: a.ID, Mail: true, ValidUntil: "2027-12-31", Language: "fi"})
	silent := h.issue(t, issuer.Draft{Achievement: a.ID, Recipient: issuer.Recipient{Name: "Eino", Email: "eino@example.org"}})
	for _, c := range []issuer.StatusChange{{Action: "suspend", Reason: "An appeal."}, {Action: "reinstate", Reason: "Decided."}} {
		for _, id := range []string{r.ID, silent.ID} {
			_, err := h.ChangeStatus(ctx, registrar, id, c)
			must(t, err)
		}
	}
	got := h.deliver(t, &b)
	if want := []string{"issued", "suspended", "reinstated"}; !slices.Equal(kinds(got), want) {
		t.Fatalf("told %v, want %v", kinds(got), want)
	}
	for _, l := range got {
		if l.To != aino.Email || l.Name != aino.Name || l.Lang != "fi" || l.Achievement != "Welding basics" || l.Sender.Name != "Example School" {
			t.Errorf("%+v", l)
		}
	}
	if got[1].Reason != "An appeal." || got[1].Link != base+"/c/"+r.ID || !got[1].Ends.IsZero() {
		t.Errorf("suspension: %+v", got[1])
	}
	if again := h.deliver(t, &b); len(again) != 0 {
		t.Errorf("told twice: %v", kinds(again))
	}
	h.reopen(t)
	if again := h.deliver(t, &b); len(again) != 0 {
		t.Errorf("told twice after a start: %v", kinds(again))
	}
	h.pass(372 * 24 * time.Hour) // 30 days before the end and a day
	if got := h.deliver(t, &b); !slices.Equal(kinds(got), []string{"expiring"}) || got[0].Until.IsZero() {
		t.Errorf("before the end: %+v", got)
	}
	_, err := h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: "revoke", Reason: "Issued in error."})
	must(t, err)
	if got := h.deliver(t, &b); !slices.Equal(kinds(got), []string{"revoked"}) || got[0].Reason != "Issued in error." {
		t.Errorf("withdrawal: %+v", got)
	}
	if got, want := h.states(t, r.ID), []string{"issued sent", "expiring sent", "suspended sent", "reinstated sent", "revoked sent"}; !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
	if got := h.states(t, silent.ID); got != nil {
		t.Errorf("somebody who is not written to: %v", got)
	}
	h.healthy(t)
}

// TestExpiryOfWithdrawn: who was told of a withdrawal is not told of its end.
func TestExpiryOfWithdrawn(t *testing.T) {
	h, a := school(t, false)
	var b box
	r := h.issue(t, issuer.Draft{Achievement: a.ID, Mail: true, ValidUntil: "2027-03-01"})
	soon := h.issue(t, issuer.Draft{Achievement: a.ID, Mail: true, ValidUntil: "2026-12-01"}) // in less than 30 days
	_, err := h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: "revoke", Reason: "x"})
	must(t, err)
	h.deliver(t, &b)
	h.pass(80 * 24 * time.Hour)
	if got := h.deliver(t, &b); len(got) != 0 {
		t.Errorf("told %v", kinds(got))
	}
	if got := h.states(t, soon.ID); !slices.Equal(got, []string{"issued sent"}) {
		t.Errorf("%v", got)
	}
}

// TestRelayAnswersAreKept: what is refused is not tried again; what is put off is,
// with growing gaps, and in the end no more; while the relay is away no mail is
// tried but the first.
func TestRelayAnswersAreKept(t *testing.T) {
	h, a := school(t, false)
	issue := func(email string) issuer.Record {
		return h.issue(t, issuer.Draft{Achievement: a.ID, Mail: true, Recipient: issuer.Recipient{Name: "X", Email: email}})
	}
	gone, later, away := issue("gone@example.org"), issue("later@example.org"), issue("away@example.org")
	noRelay := true
	tries := map[string]int{}
	b := box{answer: func(l issuer.Letter) error {
		tries[l.To]++
		switch {
		case noRelay:
			return errors.Join(errors.New("connection refused"), issuer.ErrNoRelay)
		case l.To == "gone@example.org":
			return &issuer.RefusedError{Code: "550 5.1.1"}
		case l.To == "later@example.org":
			return errors.New("451 try again, later@example.org")
		}
		return nil
	}}
	next, err := h.Deliver(ctx, &b)
	must(t, err)
	if len(tries) != 1 || next.Sub(h.clock()) != time.Minute {
		t.Errorf("while the relay was away: tries %v, next in %s", tries, next.Sub(h.clock()))
	}
	noRelay = false
	for range 2000 {
		h.pass(10 * time.Minute)
		_, err := h.Deliver(ctx, &b)
		must(t, err)
	}
	for id, want := range map[string]string{gone.ID: "issued refused 550 5.1.1", later.ID: "issued refused gave-up", away.ID: "issued sent"} {
		if got := h.states(t, id); !slices.Equal(got, []string{want}) {
			t.Errorf("%v, want %s", got, want)
		}
	}
	if n := tries["later@example.org"]; n != 10 {
		t.Errorf("tried %d times, want 10", n)
	}
	h.healthy(t)
}

// TestOverdue: mails that nobody sends are a complaint.
func TestOverdue(t *testing.T) {
	h, a := school(t, false)
	h.issue(t, issuer.Draft{Achievement: a.ID, Mail: true})
	h.pass(25 * time.Hour)
	complaints, err := h.Doctor(ctx)
	must(t, err)
	if len(complaints) != 1 || complaints[0].Check != "mail.overdue" {
		t.Errorf("%+v", complaints)
	}
}

// TestMailNeedsARelay: a mail that nobody would send is refused when it is asked
// for, and so is an address that could be read in more than one way.
func TestMailNeedsARelay(t *testing.T) {
	h, a := school(t, false)
	for _, email := range []string{"a@x.fi\r\nBcc: b@x.fi", "a@x.fi,b@x.fi", "<script>@x.fi", "=?utf-8?Q?a?=@x.fi", "a b@x.fi", "Aino <a@x.fi>", "a@", "@x.fi", "a@x@y.fi", "\"a\"@x.fi"} {
		_, err := h.Prepare(ctx, registrar, issuer.Draft{Achievement: a.ID, Mail: true, Recipient: issuer.Recipient{Name: "X", Email: email}})
		refusedWith(t, err, schema.CodeMalformedValueError, "/recipient/email")
	}
	must(t, h.Close())
	store, err := bolt.Open(filepath.Join(h.dir, "merkki.db"))
	must(t, err)
	s, err := issuer.Open(ctx, issuer.Config{BaseURL: base, Store: store, Keys: h.keys, Dir: h.dir, Now: h.clock})
	must(t, err)
	_, err = s.Prepare(ctx, registrar, issuer.Draft{Achievement: a.ID, Mail: true, Recipient: aino})
	refusedWith(t, err, schema.CodeConflict, "/mail")
	must(t, s.Close())
	h.open(t)
}

// TestTwoDeliver: of two that deliver at once, each mail is sent by one.
func TestTwoDeliver(t *testing.T) {
	h, a := school(t, false)
	for range 20 {
		h.issue(t, issuer.Draft{Achievement: a.ID, Mail: true})
	}
	var b box
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := h.Deliver(ctx, &b); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	seen := map[string]int{}
	for _, l := range b.letters {
		seen[l.ID]++
	}
	if len(seen) != 20 || len(b.letters) != 20 {
		t.Errorf("%d letters of %d mails, want 20 of 20", len(b.letters), len(seen))
	}
}

// TestInterruptedMail: a process that ended between the relay's answer and its
// note sends the mail again, under the same ID and with the same link: at least
// once is what SMTP can promise.
func TestInterruptedMail(t *testing.T) {
	h, a := school(t, false)
	h.issue(t, issuer.Draft{Achievement: a.ID, Mail: true})
	c, cancel := context.WithCancel(ctx)
	var sent issuer.Letter
	_, err := h.Deliver(c, &box{answer: func(l issuer.Letter) error {
		sent = l
		cancel()
		return errors.New("the connection ended after the data")
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("%v", err)
	}
	h.reopen(t)
	var b box
	if got := h.deliver(t, &b); len(got) != 0 {
		t.Errorf("tried again at once")
	}
	h.pass(time.Minute)
	got := h.deliver(t, &b)
	if len(got) != 1 || got[0].ID != sent.ID || got[0].Link != sent.Link {
		t.Errorf("again: %+v, want as %+v", got, sent)
	}
}

// TestClaimLink: it opens the learner's page once, also for many at once, shows
// itself without being used, and ends.
func TestClaimLink(t *testing.T) {
	h, a := school(t, false)
	var b box
	r := h.issue(t, issuer.Draft{Achievement: a.ID, Mail: true})
	secret := secretOf(t, h.deliver(t, &b)[0])
	for range 3 { // as a scanner of mails does
		l, err := h.Link(ctx, secret)
		must(t, err)
		if l.Use != issuer.LinkClaim || l.Record != r.ID || l.Name != aino.Name || l.Achievement != "Welding basics" {
			t.Errorf("%+v", l)
		}
	}
	var won atomic.Int32
	var session atomic.Value
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			s, _, err := h.UseLink(ctx, secret)
			if err == nil {
				won.Add(1)
				session.Store(s)
			} else if f := faultOf(err); f == nil || f.Code != schema.CodeNotFound {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Fatalf("the link worked %d times", won.Load())
	}
	d, err := h.Learner(ctx, session.Load().(string))
	must(t, err)
	held, err := h.Holdings(ctx, d)
	must(t, err)
	if len(held) != 1 || held[0].ID != r.ID || held[0].Recipient.Name != aino.Name {
		t.Errorf("holds %+v", held)
	}
	h.pass(issuer.SessionLife)
	_, err = h.Learner(ctx, session.Load().(string))
	refusedWith(t, err, schema.CodeNotFound, "")
	h.issue(t, issuer.Draft{Achievement: a.ID, Mail: true})
	late := secretOf(t, h.deliver(t, &b)[0])
	h.pass(30 * 24 * time.Hour)
	_, _, err = h.UseLink(ctx, late)
	refusedWith(t, err, schema.CodeNotFound, "")
	for _, guess := range []string{"", "x", strings.Repeat("A", 43), secret + "A", secret[:42]} {
		_, err := h.Link(ctx, guess)
		refusedWith(t, err, schema.CodeNotFound, "")
		_, err = h.Learner(ctx, guess)
		refusedWith(t, err, schema.CodeNotFound, "")
	}
}

// TestWayBack: who asks gets a link to the known address, in whatever case it was
// typed, once in five minutes; who is unknown gets nothing, and nobody can tell.
func TestWayBack(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	var b box
	for _, typed := range []string{"AINO@example.ORG", " aino@example.org", "aino@example.org\r\nBcc: x@y.z", "nobody@example.org", "", "aino@example.org,x@y.z"} {
		must(t, h.RequestLink(ctx, typed, "sv"))
	}
	got := h.deliver(t, &b)
	if len(got) != 1 || got[0].Kind != issuer.MailLink || got[0].To != aino.Email || got[0].Lang != "sv" || got[0].Ends.Sub(h.clock()) != 30*time.Minute {
		t.Fatalf("%+v", got)
	}
	session, l, err := h.UseLink(ctx, secretOf(t, got[0]))
	must(t, err)
	if l.Use != issuer.LinkBack || l.Record != "" {
		t.Errorf("%+v", l)
	}
	d, err := h.Learner(ctx, session)
	must(t, err)
	_, err = h.Held(ctx, d, r.ID)
	must(t, err)
	other := h.issue(t, issuer.Draft{Achievement: a.ID, Recipient: issuer.Recipient{Name: "Eino", Email: "eino@example.org"}})
	_, err = h.Held(ctx, d, other.ID)
	refusedWith(t, err, schema.CodeNotFound, "")
	must(t, h.EndSession(ctx, session))
	must(t, h.EndSession(ctx, session))
	_, err = h.Learner(ctx, session)
	refusedWith(t, err, schema.CodeNotFound, "")
	h.pass(5 * time.Minute)
	must(t, h.RequestLink(ctx, aino.Email, "en"))
	again := h.deliver(t, &b)
	if len(again) != 1 || again[0].Link == got[0].Link {
		t.Errorf("five minutes later: %+v", again)
	}
	h.pass(30 * time.Minute)
	_, _, err = h.UseLink(ctx, secretOf(t, again[0]))
	refusedWith(t, err, schema.CodeNotFound, "")
}

// open gives a session of the learner with an address.
func (h *house) session(t testing.TB, b *box, email string) issuer.Digest {
	t.Helper()
	h.pass(5 * time.Minute)
	must(t, h.RequestLink(ctx, email, "en"))
	got := h.deliver(t, b)
	if len(got) != 1 {
		t.Fatalf("%d letters to %s", len(got), email)
	}
	secret, _, err := h.UseLink(ctx, secretOf(t, got[0]))
	must(t, err)
	d, err := h.Learner(ctx, secret)
	must(t, err)
	return d
}

// TestSecondAddress: confirmed by its link, both addresses open one page with
// everything, mail goes to the new one, and the old one is told.
func TestSecondAddress(t *testing.T) {
	h, a := school(t, true)
	var b box
	first := h.issue(t, issuer.Draft{Achievement: a.ID, Mail: true})
	private := issuer.Recipient{Name: "A. Virtanen", Email: "av@private.example"}
	second := h.issue(t, issuer.Draft{Achievement: a.ID, Recipient: private})
	h.deliver(t, &b)
	d := h.session(t, &b, aino.Email)
	for _, bad := range []string{"", "x", "a@x.fi, b@x.fi", "a@x.fi\r\nBcc: b@x.fi"} {
		refusedWith(t, h.AddAddress(ctx, d, bad, "en"), schema.CodeMalformedValueError, "/email")
	}
	must(t, h.AddAddress(ctx, d, private.Email, "fi"))
	got := h.deliver(t, &b)
	if len(got) != 1 || got[0].Kind != issuer.MailConfirm || got[0].To != private.Email || got[0].Lang != "fi" {
		t.Fatalf("%+v", got)
	}
	if held, err := h.Holdings(ctx, d); err != nil || len(held) != 1 {
		t.Errorf("before it is confirmed: %d, %v", len(held), err)
	}
	secret, l, err := h.UseLink(ctx, secretOf(t, got[0]))
	must(t, err)
	if l.Use != issuer.LinkConfirm {
		t.Errorf("%+v", l)
	}
	if told := h.deliver(t, &b); len(told) != 1 || told[0].Kind != issuer.MailAdded || told[0].To != aino.Email {
		t.Errorf("the first address was told %+v", told)
	}
	fromLink, err := h.Learner(ctx, secret)
	must(t, err)
	for _, way := range []issuer.Digest{fromLink, h.session(t, &b, aino.Email), h.session(t, &b, private.Email)} {
		held, err := h.Holdings(ctx, way)
		must(t, err)
		if len(held) != 2 {
			t.Errorf("%d credentials", len(held))
		}
		for _, id := range []string{first.ID, second.ID} {
			_, err := h.Held(ctx, way, id)
			must(t, err)
		}
		if all, err := h.Addresses(ctx, way); err != nil || !slices.Equal(all, []string{private.Email}) {
			t.Errorf("addresses %v, %v", all, err)
		}
	}
	_, err = h.ChangeStatus(ctx, registrar, first.ID, issuer.StatusChange{Action: "suspend", Reason: "x"})
	must(t, err)
	if got := h.deliver(t, &b); len(got) != 1 || got[0].To != private.Email {
		t.Errorf("told at %+v", got)
	}
	h.healthy(t)
}

// TestAddressesAreBounded, and two persons that turn out to be one become one.
func TestAddressesAreBounded(t *testing.T) {
	h, a := school(t, false)
	var b box
	h.issue(t, issuer.Draft{Achievement: a.ID})
	d := h.session(t, &b, aino.Email)
	confirm := func(d issuer.Digest, address string) {
		t.Helper()
		must(t, h.AddAddress(ctx, d, address, "en"))
		for _, l := range h.deliver(t, &b) {
			if l.Kind == issuer.MailConfirm {
				_, _, err := h.UseLink(ctx, secretOf(t, l))
				must(t, err)
			}
		}
		h.deliver(t, &b)
	}
	for n := range issuer.MaxAddresses - 1 {
		confirm(d, "a"+string(rune('a'+n))+"@example.org")
	}
	refusedWith(t, h.AddAddress(ctx, d, "one-more@example.org", "en"), schema.CodeLimitExceeded, "/email")

	eino := issuer.Recipient{Name: "Eino", Email: "eino@example.org"}
	liisa := issuer.Recipient{Name: "Liisa", Email: "liisa@example.org"}
	for _, p := range []issuer.Recipient{eino, liisa} {
		h.issue(t, issuer.Draft{Achievement: a.ID, Recipient: p})
	}
	e, l := h.session(t, &b, eino.Email), h.session(t, &b, liisa.Email)
	confirm(l, "l2@example.org")
	confirm(e, "e2@example.org")
	confirm(e, "l2@example.org") // which leads to Liisa already
	for _, way := range []string{eino.Email, liisa.Email, "e2@example.org", "l2@example.org"} {
		if held, err := h.Holdings(ctx, h.session(t, &b, way)); err != nil || len(held) != 2 {
			t.Errorf("%s opens %d, %v", way, len(held), err)
		}
	}
	confirm(e, eino.Email) // changes nothing
	h.healthy(t)
}

// TestQuiet: who wants no mail gets none, but about a withdrawal and the way back.
func TestQuiet(t *testing.T) {
	h, a := school(t, true)
	var b box
	r := h.issue(t, issuer.Draft{Achievement: a.ID, Mail: true})
	h.deliver(t, &b)
	d := h.session(t, &b, aino.Email)
	for range 2 {
		must(t, h.SetQuiet(ctx, d, true))
	}
	if q, err := h.Quiet(ctx, d); err != nil || !q {
		t.Errorf("%v, %v", q, err)
	}
	_, err := h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: "suspend", Reason: "x"})
	must(t, err)
	if got := h.deliver(t, &b); len(got) != 0 {
		t.Errorf("told %v", kinds(got))
	}
	_, err = h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: "revoke", Reason: "x"})
	must(t, err)
	if got := h.deliver(t, &b); !slices.Equal(kinds(got), []string{"revoked"}) {
		t.Errorf("told %v", kinds(got))
	}
	d = h.session(t, &b, aino.Email)
	for range 2 {
		must(t, h.SetQuiet(ctx, d, false))
	}
	if got, want := h.states(t, r.ID), []string{"issued sent", "suspended refused stopped", "revoked sent"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestBounced: what came back is noted once it was sent, by somebody who may.
func TestBounced(t *testing.T) {
	h, a := school(t, false)
	var b box
	r := h.issue(t, issuer.Draft{Achievement: a.ID, Mail: true})
	note := func() issuer.MailNote {
		rec, err := h.Read(ctx, registrar, r.ID)
		must(t, err)
		return rec.Mails[0]
	}
	refusedWith(t, h.MailBounced(ctx, registrar, note().ID, ""), schema.CodeConflict, "")
	h.deliver(t, &b)
	refusedWith(t, h.MailBounced(ctx, issuer.Actor{Roles: []string{issuer.Auditor}}, note().ID, ""), schema.CodeForbidden, "")
	refusedWith(t, h.MailBounced(ctx, issuer.Actor{Roles: issuer.AllRoles(), Issuer: "other"}, note().ID, ""), schema.CodeNotFound, "")
	refusedWith(t, h.MailBounced(ctx, registrar, issuer.NewID(), ""), schema.CodeNotFound, "")
	refusedWith(t, h.MailBounced(ctx, registrar, note().ID, "aino@x.fi"), schema.CodeMalformedValueError, "/code")
	for range 2 {
		must(t, h.MailBounced(ctx, registrar, note().ID, "5.1.1"))
	}
	if n := note(); n.State != issuer.MailBounced || n.Why != "5.1.1" {
		t.Errorf("%+v", n)
	}
}

// TestOutboxNamesNobody: neither the store nor the log has an address, a name or a
// secret of a link or session in the clear.
func TestOutboxNamesNobody(t *testing.T) {
	h, a := school(t, false)
	var b box
	h.issue(t, issuer.Draft{Achievement: a.ID, Mail: true})
	link := secretOf(t, h.deliver(t, &b)[0])
	d := h.session(t, &b, aino.Email)
	must(t, h.AddAddress(ctx, d, "av@private.example", "en"))
	confirm := secretOf(t, h.deliver(t, &b)[0])
	session, _, err := h.UseLink(ctx, confirm)
	must(t, err)
	must(t, h.Close())
	raw, err := os.ReadFile(filepath.Join(h.dir, "merkki.db"))
	must(t, err)
	for _, secret := range []string{aino.Email, strings.ToLower(aino.Email), aino.Name, "private.example", link, confirm, session} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("the record file has %q", secret)
		}
	}
	h.open(t)
}
