package issuer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"merkki/schema"
	"merkki/schema/statuslist"
	"merkki/verifier"
)

// A Complaint is one thing that is not as it should be.
type Complaint struct {
	Check  string `json:"check"`  // what was looked at: "record.status", "log.chain", …
	Detail string `json:"detail"` // a sentence that names the place
}

// Doctor checks store, log, lists, high-water mark and every record. None is a
// clean bill. It changes nothing but lists that were due to be signed again.
func (s *Service) Doctor(ctx context.Context) ([]Complaint, error) {
	found, err := s.store.Check(ctx)
	if err != nil {
		return found, stored(err)
	}
	d := &doctor{s: s, found: found}
	if reason := s.behind.Load(); reason != nil {
		d.complain("database.behind", "%s", *reason)
	}
	for _, damage := range s.learners.damaged {
		d.complain("learners.slot", "%s", damage)
	}
	if err := d.mails(ctx); err != nil {
		return d.found, err
	}
	if err := d.lists(ctx); err != nil {
		return d.found, err
	}
	return d.found, d.records(ctx)
}

type doctor struct {
	s     *Service
	found []Complaint
}

func (d *doctor) complain(check, format string, args ...any) {
	d.found = append(d.found, Complaint{Check: check, Detail: fmt.Sprintf(format, args...)})
}

// mails looks for mails that nobody has tried for a day.
func (d *doctor) mails(ctx context.Context) error {
	late, err := d.s.store.Due(ctx, kindMail, d.s.now().Add(-24*time.Hour), 1000)
	if len(late) > 0 {
		d.complain("mail.overdue", "mails that should have left a day ago and nobody tried to send: %d; is a server with a relay (smtp_url) running?", len(late))
	}
	return stored(err)
}

// lists compares each list with its counter, its file and the records.
func (d *doctor) lists(ctx context.Context) error {
	s := d.s
	lists, err := s.store.Lists(ctx)
	if err != nil {
		return stored(err)
	}
	for _, l := range lists {
		if mark := s.highwater.mark(l.ID); mark < l.Next {
			d.complain("list.highwater", "list %s has handed out %d numbers, and the high-water mark is %d", l.ID, l.Next, mark)
		}
		served, err := s.StatusList(ctx, l.ID)
		if err != nil {
			d.complain("list.published", "list %s cannot be published: %v", l.ID, err)
			continue
		}
		if file, err := os.ReadFile(filepath.Clean(s.listPath(l.ID))); err != nil || string(file) != string(served) {
			d.complain("list.published", "list %s is served and does not lie in %s", l.ID, s.published)
		}
		if err := d.agrees(ctx, l.ID, served); err != nil {
			d.complain("list.bits", "list %s: %v", l.ID, err)
		}
	}
	return nil
}

// agrees reports whether a served list says what the records say. Where it
// seems not to, somebody may just have changed a status: it looks again.
func (d *doctor) agrees(ctx context.Context, id string, served []byte) error {
	var disagree error
	for range attempts {
		doc, err := schema.Parse(served, schema.Limits{})
		if err != nil {
			return err
		}
		published, err := publishedBits(doc)
		if err != nil {
			return err
		}
		l, _ := d.s.lists.get(id)
		bits, err := d.s.bits(ctx, l)
		if err != nil {
			return err
		}
		if disagree = differ(published, bits); disagree == nil {
			return nil
		}
		if served, err = d.s.StatusList(ctx, id); err != nil {
			return err
		}
	}
	return disagree
}

func differ(published, records *statuslist.List) error {
	for i := range records.Len() {
		if records.Get(i) != published.Get(i) {
			return fmt.Errorf("entry %d is %v in what is published and %v in the records", i, published.Get(i), records.Get(i))
		}
	}
	return nil
}

// attempts is how often doctor looks again at something that may be changing
// under its eyes.
const attempts = 5

// records reads every record, opens it, has it verified and holds it against
// the log.
func (d *doctor) records(ctx context.Context) error {
	v := d.s.Verifier(nil, nil, nil)
	t := trail{store: d.s.store, last: map[string]LogEntry{}}
	for r, err := range d.s.store.All(ctx) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			continue // Store.Check has said so
		}
		detail := ""
		for n := range attempts {
			if n > 0 {
				if r, err = d.s.store.Get(ctx, r.ID); err != nil {
					return stored(err)
				}
			}
			if err := t.catchUp(ctx, n > 0); err != nil {
				return stored(err)
			}
			if detail = d.s.examine(ctx, v, r); detail == "" {
				detail = t.contradicts(r)
			}
			if detail == "" {
				break
			}
		}
		if detail != "" {
			d.complain("record.credential", "record %s (%s): %s", r.ID, r.State, detail)
		}
	}
	return nil
}

// A trail is what the log last said of each credential.
type trail struct {
	store Store
	next  uint64
	last  map[string]LogEntry
	seals map[string][3]Digest // of document, token, base copy
}

// catchUp reads the log, the first time or again.
func (t *trail) catchUp(ctx context.Context, again bool) error {
	if t.next > 0 && !again {
		return nil
	}
	if t.seals == nil {
		t.seals = map[string][3]Digest{}
	}
	for e, err := range t.store.Log(ctx, max(t.next, 1)) {
		if err != nil {
			return err
		}
		t.next = e.Number + 1
		if _, ok := logged[e.Action]; ok {
			t.last[e.Subject] = e
		}
		if !e.Document.IsZero() {
			t.seals[e.Subject] = [3]Digest{e.Document, e.Token, e.Base}
		}
	}
	return nil
}

// logged says in which state each action leaves a credential.
var logged = map[string]State{
	"credential.prepared": Unsigned, "credential.issued": Issued, "credential.voided": Voided,
	"credential.revoked": Revoked, "credential.suspended": Suspended, "credential.reinstated": Issued,
	"credential.superseded": Revoked,
}

// contradicts says where the log and a record differ, "" if nowhere.
func (t *trail) contradicts(r StoredRecord) string {
	e, ok := t.last[r.ID]
	switch {
	case !ok:
		return "the log does not know it"
	case logged[e.Action] != r.State:
		return fmt.Sprintf("the log last says %s, in entry %d", e.Action, e.Number)
	case t.seals[r.ID] != [3]Digest{r.Document, r.Token, r.Base}:
		return "the log has another digest of its credential"
	}
	return ""
}

// examine says what is wrong with a record, "" if nothing is.
func (s *Service) examine(ctx context.Context, v *verifier.Verifier, r StoredRecord) string {
	if r.State == Unsigned || r.State == Voided {
		return ""
	}
	part, err := s.unseal(r)
	if err != nil {
		if errors.Is(err, errErased) {
			return "" // erased on purpose: digest, places and dates stay
		}
		return err.Error()
	}
	forms := [][]byte{part.Credential}
	if part.Token != nil {
		forms = append(forms, part.Token)
	}
	if part.Base != nil {
		shown, err := s.show(ctx, part.Base)
		if err != nil {
			return err.Error()
		}
		forms = append(forms, shown)
	}
	for _, b := range forms {
		if detail := examineForm(ctx, v, r, b); detail != "" {
			return detail
		}
	}
	return ""
}

func examineForm(ctx context.Context, v *verifier.Verifier, r StoredRecord, b []byte) string {
	report, err := v.Verify(ctx, verifier.Request{Input: b})
	if err != nil {
		return err.Error()
	}
	if c := report.Check("proof.signature"); c.Status != schema.Pass {
		return "proof.signature is " + c.Status.String()
	}
	want := map[State]schema.Code{Revoked: schema.CodeRevoked, Suspended: schema.CodeSuspended}[r.State]
	if c := report.Check("credential.status"); c.Code != want {
		return fmt.Sprintf("credential.status says %q, and the record wants %q", c.Code, want)
	}
	return ""
}
