package issuer

import (
	"context"
	"errors"
	"sync"

	"merkki/schema"
)

// inFlight is how many rows are worked on at once: enough that the store has
// always a group to commit, few enough that memory is no matter.
const inFlight = 256

// A batchRun works through one batch.
type batchRun struct {
	s     *Service
	thing Thing
	body  batchBody
	plan  *plan
	slots chan struct{} // one for each row in flight
}

// runBatch works through what is left of a batch. An error is about the service:
// what was done is kept, and the rest waits.
func (s *Service) runBatch(ctx context.Context, t Thing, b batchBody) error {
	r := &batchRun{s: s, thing: t, body: b, plan: s.plan(b.Actor, b.Order), slots: make(chan struct{}, inFlight)}
	counts := map[Outcome]int{}
	var todo []int
	for n := range b.chunks() {
		results, err := s.chunkResults(ctx, t.ID, n)
		switch {
		case isNotFound(err):
			todo = append(todo, n)
		case err != nil:
			return stored(err)
		}
		count(counts, results)
	}
	s.batches.begin(t.ID, counts)
	state := BatchDone
	if b.Order.AllOrNothing && !b.Order.DryRun && len(todo) == b.chunks() {
		refused, err := r.refused(ctx, todo)
		if err != nil {
			return err
		}
		if refused {
			state, todo = BatchRefused, nil
		}
	}
	if err := r.chunks(ctx, todo); err != nil {
		return err
	}
	r.body.State, r.body.Finished, r.body.Counts = state, s.now(), s.batches.counts(t.ID)
	return s.keepBatch(ctx, b.Actor, &r.thing, r.body, "batch."+string(state))
}

func count(counts map[Outcome]int, results []RowResult) {
	for _, r := range results {
		counts[r.Outcome]++
	}
}

// refused tries every row out, and keeps what is said of them if one of them
// cannot be done.
func (r *batchRun) refused(ctx context.Context, chunks []int) (bool, error) {
	tried := make(map[int][]RowResult, len(chunks))
	refused := false
	for _, n := range chunks {
		results, err := r.chunk(ctx, n, true, func(RowResult) {})
		if err != nil {
			return false, err
		}
		tried[n] = results
		for _, one := range results {
			refused = refused || one.Outcome == RowRejected
		}
	}
	if !refused {
		return false, nil
	}
	for _, n := range chunks {
		if err := r.keep(ctx, n, tried[n]); err != nil {
			return true, err
		}
		for _, one := range tried[n] {
			r.tell(one)
		}
	}
	return true, nil
}

// chunks works on two chunks at once, so that the end of one does not leave the
// store without work.
func (r *batchRun) chunks(ctx context.Context, todo []int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	open := make(chan struct{}, 2)
	for _, n := range todo {
		open <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-open }()
			results, err := r.chunk(ctx, n, r.body.Order.DryRun, r.tell)
			if err == nil {
				err = r.keep(ctx, n, results)
			}
			if err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

func (r *batchRun) keep(ctx context.Context, n int, results []RowResult) error {
	return r.s.keepChunk(context.WithoutCancel(ctx), r.body.Actor, kindResults, r.thing.ID, n, r.body, results)
}

// tell counts a row that is done.
func (r *batchRun) tell(one RowResult) { r.s.batches.add(r.thing.ID, one.Outcome) }

// chunk works on the rows of one chunk, as many at once as there are slots. When
// ctx ends, the rows in flight are finished and no others begun: half-made
// credentials would cost places in status lists.
func (r *batchRun) chunk(ctx context.Context, n int, dry bool, tell func(RowResult)) ([]RowResult, error) {
	rows, err := r.s.chunkOf(ctx, r.thing.ID, n)
	if err != nil {
		return nil, stored(err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]RowResult, len(rows))
	var wg sync.WaitGroup
	for i, row := range rows {
		select {
		case r.slots <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-r.slots }()
			one, err := r.row(context.WithoutCancel(ctx), row, dry)
			if err != nil {
				cancel(err)
				return
			}
			results[i] = one
			tell(one)
		})
	}
	wg.Wait()
	return results, context.Cause(ctx)
}

// row does what is ordered for one row.
func (r *batchRun) row(ctx context.Context, row storedRow, dry bool) (RowResult, error) {
	out := RowResult{Row: row.Row, Line: row.Line, Key: row.Values["row_key"], Name: row.Values["name"]}
	if row.First > 0 {
		out.Outcome = RowDuplicate
		out.Faults = []RowFault{RowFaultOf(rowFault(schema.CodeConflict, "duplicate", "first", row.First), "", "")}
		return out, nil
	}
	var err error
	if r.body.Order.Action == "issue" {
		err = r.issue(ctx, row, dry, &out)
	} else {
		err = r.change(ctx, row, dry, &out)
	}
	if err == nil {
		return out, nil
	}
	if faults := rowFaults(err, row.Values); faults != nil {
		if faults[0].Column == "" && r.body.Order.Action != "issue" {
			faults[0] = RowFaultOf(faults[0].Fault(), "id", row.Values["id"])
		}
		out.Outcome, out.ID, out.Faults = RowRejected, "", faults
		if conflicting := faultIn(err); conflicting.Code == schema.CodeConflict {
			out.ID, _ = conflicting.Args["id"].(string)
		}
		return out, nil
	}
	return out, err
}

// change revokes, suspends or reinstates. A credential that is where it is to be
// was changed before.
func (r *batchRun) change(ctx context.Context, row storedRow, dry bool, out *RowResult) error {
	if len(row.Faults) > 0 {
		out.Outcome, out.Faults = RowRejected, row.Faults
		return nil
	}
	o := r.body.Order
	c := StatusChange{Action: o.Action, Reason: o.Reason, Code: o.Code}
	if v := row.Values["reason"]; v != "" {
		c.Reason = v
	}
	if v := row.Values["code"]; v != "" {
		c.Code = v
	}
	stored, err := r.s.visible(ctx, r.body.Actor, row.Values["id"])
	if err != nil {
		return err
	}
	out.ID, out.URL = stored.ID, r.s.base+"/c/"+stored.ID
	if stored.State == actions[c.Action].to {
		out.Outcome = RowExists
		return nil
	}
	if dry {
		out.Outcome = RowReady
		if err := c.check(); err != nil {
			return err
		}
		_, err := r.s.changed(stored, c)
		return err
	}
	out.Outcome = RowChanged
	_, err = r.s.ChangeStatus(ctx, r.body.Actor, stored.ID, c)
	return err
}

// issue makes the credential of a row, unless it was made before.
func (r *batchRun) issue(ctx context.Context, row storedRow, dry bool, out *RowResult) error {
	d, with, faults, err := r.plan.draft(ctx, row.BatchRow)
	if err != nil {
		return err
	}
	if len(faults) > 0 || with == nil || row.Claim == nil {
		out.Outcome, out.Faults = RowRejected, faults
		return nil
	}
	out.Achievement = with.achievement.URL
	done, err := r.before(ctx, row, out)
	if err != nil || done {
		return err
	}
	p, err := r.prepare(ctx, row, d, with, dry)
	if held, ok := errors.AsType[*ClaimedError](err); ok {
		return r.settled(row, held, out)
	}
	if err != nil {
		return inRequest(err, draftMoves)
	}
	if dry {
		out.Outcome = RowReady
		return nil
	}
	issued, err := r.s.Issue(ctx, p)
	if err != nil {
		return err
	}
	out.Outcome, out.ID, out.URL = RowIssued, issued.ID, issued.URL
	return nil
}

// before looks for what a row made before.
func (r *batchRun) before(ctx context.Context, row storedRow, out *RowResult) (bool, error) {
	held, err := r.s.store.Claimed(ctx, row.Claim.Key)
	if err != nil {
		return false, stored(err)
	}
	if held == nil || r.s.abandoned(ctx, held.Record) {
		return false, nil
	}
	return true, r.settled(row, held, out)
}

// settled says of a row whose key is taken what became of it: it may have been
// this batch that took it, before it was cut off.
func (r *batchRun) settled(row storedRow, held *ClaimedError, out *RowResult) error {
	id := held.Record.ID
	switch {
	case held.Request != row.Claim.Request:
		return rowFault(schema.CodeConflict, "again", "id", id, "date", instant(held.Record.IssuedAt))
	case held.Record.State == Unsigned:
		return schema.Refusal(schema.CodeIdempotencyInProgress, "", map[string]any{"id": id})
	}
	out.ID, out.URL, out.Outcome = id, r.s.base+"/c/"+id, RowExists
	if held.By == r.thing.ID {
		out.Outcome = RowIssued
	}
	return nil
}
