package issuer

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"merkki/schema"
)

// A BatchOrder says what is to be done with every row of a file.
type BatchOrder struct {
	Action string `json:"action"` // "issue", or an action of [StatusChange]
	// Achievement is that of rows which name none: ID, ID/v2, address or code.
	Achievement string `json:"achievement,omitempty"`
	HashedEmail bool   `json:"hashedEmail,omitempty"`
	Mail        bool   `json:"mail,omitempty"`
	// Reason and Code are those of rows which give none.
	Reason string `json:"reason,omitempty"`
	Code   string `json:"code,omitempty"`
	// DryRun does nothing and says what would be done. AllOrNothing does
	// nothing unless every row can be done.
	DryRun       bool `json:"dryRun,omitempty"`
	AllOrNothing bool `json:"allOrNothing,omitempty"`
}

// A BatchRow is one row of a file. Values are by column: name, email,
// achievement, row_key, subject_id, completed, valid_until, language, result,
// credits, narrative, evidence_url; or id, reason, code. Cells are as they stood
// in the file, for whoever has to correct them.
type BatchRow struct {
	Line   int               `json:"line"`
	Row    int               `json:"row"`
	Values map[string]string `json:"values"`
	Cells  []string          `json:"cells"`
	Faults []RowFault        `json:"faults,omitempty"` // found by who read the file
}

// An Outcome is what came of a row.
type Outcome string

// The outcomes.
const (
	RowIssued    Outcome = "issued"
	RowChanged   Outcome = "changed"   // its status
	RowReady     Outcome = "ready"     // would be issued or changed
	RowExists    Outcome = "exists"    // was done before, by an earlier file
	RowDuplicate Outcome = "duplicate" // is an earlier row of the file once more
	RowRejected  Outcome = "rejected"
)

// A RowResult says what came of one row.
type RowResult struct {
	Row     int     `json:"row"`
	Line    int     `json:"line"`
	Key     string  `json:"rowKey,omitempty"` // where the file gave one
	Outcome Outcome `json:"outcome"`
	// Name and Achievement say what it is about, as far as the row tells.
	Name        string     `json:"name,omitempty"`
	Achievement string     `json:"achievement,omitempty"` // address of the version
	ID          string     `json:"id,omitempty"`          // of the credential
	URL         string     `json:"url,omitempty"`
	Faults      []RowFault `json:"errors,omitempty"`
}

// A RowFault is one thing that is wrong with a row.
type RowFault struct {
	Column  string         `json:"column,omitempty"`
	Value   string         `json:"value,omitempty"` // what stands there, at most 200 characters
	Code    schema.Code    `json:"code"`
	Finding string         `json:"finding,omitempty"`
	Args    map[string]any `json:"args,omitempty"`
}

// Fault returns what package i18n has words for.
func (f RowFault) Fault() *schema.Fault {
	return &schema.Fault{Outcome: schema.Fail, Code: f.Code, Finding: f.Finding, Args: f.Args}
}

// RowFaultOf says what a fault says about a column.
func RowFaultOf(f *schema.Fault, column, value string) RowFault {
	clipped := schema.ClipArgs(map[string]any{"value": value})["value"].(string)
	return RowFault{Column: column, Value: clipped, Code: f.Code, Finding: f.Finding, Args: f.Args}
}

// A BatchState is where a batch stands.
type BatchState string

// The states. Done and Refused are final.
const (
	BatchWaiting BatchState = "waiting"
	BatchWorking BatchState = "working"
	BatchDone    BatchState = "done"
	BatchRefused BatchState = "refused" // all or nothing: nothing
)

// Final reports whether nothing more will happen.
func (s BatchState) Final() bool { return s == BatchDone || s == BatchRefused }

// A Batch is a file that is worked through.
type Batch struct {
	ID       string          `json:"id"`
	Order    BatchOrder      `json:"order"`
	State    BatchState      `json:"state"`
	Actor    string          `json:"actor"`
	Rows     int             `json:"rows"`
	Done     int             `json:"done"`
	Counts   map[Outcome]int `json:"counts"`
	Created  time.Time       `json:"created"`
	Finished time.Time       `json:"finished,omitzero"`
	Expires  time.Time       `json:"expires"` // its rows and results are forgotten then
	// Trouble is why it does not go on at the moment: the service tries again.
	Trouble schema.Code `json:"trouble,omitempty"`
}

// Things of a batch: itself, and its rows and results in chunks of chunkRows,
// sealed under a key of the batch that lies with the keys of the learners and is
// destroyed when the batch is forgotten.
const (
	kindBatch   = "batch"
	kindRows    = "batch-rows"
	kindResults = "batch-results"

	chunkRows = 500
	// keepBatch is how long rows and results can be read.
	keepBatch = 30 * 24 * time.Hour
)

// A batchBody is how a batch is kept. While it is not final its thing is due
// since it was made and owned by Request; then it is due when it is forgotten.
type batchBody struct {
	Order    BatchOrder      `json:"order"`
	Actor    Actor           `json:"actor"`
	Request  Digest          `json:"request"` // over order and rows
	Heading  []string        `json:"heading"`
	Rows     int             `json:"rows"`
	State    BatchState      `json:"state"`
	Counts   map[Outcome]int `json:"counts,omitempty"`
	Created  time.Time       `json:"created"`
	Finished time.Time       `json:"finished,omitzero"`
}

func (b batchBody) chunks() int { return (b.Rows + chunkRows - 1) / chunkRows }

func (b batchBody) expires() time.Time { return b.Created.Add(keepBatch) }

// batch is what everybody sees, with the progress of one that is at work.
func (s *Service) batch(t Thing, b batchBody) Batch {
	out := Batch{
		ID: t.ID, Order: b.Order, State: b.State, Actor: b.Actor.Name, Rows: b.Rows, Counts: b.Counts,
		Created: b.Created, Finished: b.Finished, Expires: b.expires(),
	}
	if !b.State.Final() {
		s.batches.overlay(&out)
	}
	if out.Counts == nil {
		out.Counts = map[Outcome]int{}
	}
	for _, n := range out.Counts {
		out.Done += n
	}
	return out
}

func readBatch(t Thing) (b batchBody, err error) {
	if err = json.Unmarshal(t.Body, &b); err != nil {
		err = fmt.Errorf("%w: batch %s: %v", ErrDamaged, t.ID, err)
	}
	return b, err
}

// Batch returns a batch. It needs the role of registrar or auditor; those of
// another institution's clerks are NOT_FOUND.
func (s *Service) Batch(ctx context.Context, a Actor, id string) (Batch, error) {
	t, b, err := s.readableBatch(ctx, a, id)
	if err != nil {
		return Batch{}, err
	}
	return s.batch(t, b), nil
}

func (s *Service) readableBatch(ctx context.Context, a Actor, ref string) (Thing, batchBody, error) {
	if err := a.may(Registrar, Auditor); err != nil {
		return Thing{}, batchBody{}, err
	}
	id, err := ParseID(ref)
	if err != nil {
		return Thing{}, batchBody{}, err
	}
	t, err := s.store.Thing(ctx, kindBatch, id)
	if err != nil {
		return Thing{}, batchBody{}, found(ref, err)
	}
	b, err := readBatch(t)
	if err == nil && !a.sees(b.Actor.Issuer) {
		err = notFound(ref)
	}
	return t, b, err
}

// Batches returns those that are not forgotten, newest first.
func (s *Service) Batches(ctx context.Context, a Actor) ([]Batch, error) {
	if err := a.may(Registrar, Auditor); err != nil {
		return nil, err
	}
	things, err := s.store.Things(ctx, kindBatch)
	if err != nil {
		return nil, stored(err)
	}
	var all []Batch
	for _, t := range things {
		b, err := readBatch(t)
		if err != nil {
			return nil, stored(err)
		}
		if a.sees(b.Actor.Issuer) {
			all = append(all, s.batch(t, b))
		}
	}
	slices.Reverse(all)
	return all, nil
}

// BatchResults calls each with what came of the rows so far, in their order.
func (s *Service) BatchResults(ctx context.Context, a Actor, id string, each func(RowResult) error) error {
	t, b, err := s.readableBatch(ctx, a, id)
	if err != nil {
		return err
	}
	for n := range b.chunks() {
		results, err := s.chunkResults(ctx, t.ID, n)
		if isNotFound(err) {
			continue // not yet
		}
		if err != nil {
			return stored(err)
		}
		for _, r := range results {
			if err := each(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// BatchRejects calls each with the rows that were rejected so far, as they
// stood in the file, which names people: it needs the role of registrar. The
// heading comes first, as a row of its own with the number 0.
func (s *Service) BatchRejects(ctx context.Context, a Actor, id string, each func(BatchRow, RowResult) error) error {
	if err := a.may(Registrar); err != nil {
		return err
	}
	t, b, err := s.readableBatch(ctx, a, id)
	if err != nil {
		return err
	}
	if err := each(BatchRow{Cells: b.Heading}, RowResult{}); err != nil {
		return err
	}
	for n := range b.chunks() {
		results, err := s.chunkResults(ctx, t.ID, n)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return stored(err)
		}
		rows, err := s.chunkOf(ctx, t.ID, n)
		if err != nil {
			return stored(err)
		}
		for _, r := range results {
			at, ok := slices.BinarySearchFunc(rows, r.Row, func(row storedRow, n int) int { return cmp.Compare(row.Row, n) })
			if r.Outcome != RowRejected || !ok {
				continue
			}
			if err := each(rows[at].BatchRow, r); err != nil {
				return err
			}
		}
	}
	return nil
}
