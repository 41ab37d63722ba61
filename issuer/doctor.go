package issuer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"merkki/schema"
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

// agrees reports whether a served list says what the records say.
func (d *doctor) agrees(ctx context.Context, id string, served []byte) error {
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
	for i := range bits.Len() {
		if bits.Get(i) != published.Get(i) {
			return fmt.Errorf("entry %d is %v in what is published and %v in the records", i, published.Get(i), bits.Get(i))
		}
	}
	return nil
}

// records reads every record, opens it and has it verified.
func (d *doctor) records(ctx context.Context) error {
	v := d.s.Verifier(nil, nil, nil)
	for r, err := range d.s.store.All(ctx) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			continue // Store.Check has said so
		}
		if detail := d.s.examine(ctx, v, r); detail != "" {
			d.complain("record.credential", "record %s (%s): %s", r.ID, r.State, detail)
		}
	}
	return nil
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
	report, err := v.Verify(ctx, verifier.Request{Input: part.Credential})
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
