package issuer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strings"

	"merkki/schema"
)

// StartBatch takes a file in and has it worked through: what it returns is on
// the disk and will be finished, by this process or by the next one that calls
// [Service.WorkBatches]. An error of rows refuses the file as a whole.
//
// Under an idempotency key the answer to an equal repetition is the batch that
// was made then. Without one, a batch of the same rows and order that is not
// finished is gone on with. Either way, and however often a file is sent, each
// of its rows makes at most one credential: see [BatchRow] and row_key.
func (s *Service) StartBatch(ctx context.Context, a Actor, key string, o BatchOrder, heading []string, rows iter.Seq2[BatchRow, error]) (Batch, error) {
	if err := s.checkOrder(ctx, a, o); err != nil {
		return Batch{}, err
	}
	body := batchBody{Order: o, Actor: Actor{Name: a.Name, Issuer: a.Issuer, Roles: []string{Registrar}}, Heading: heading, State: BatchWaiting, Created: s.now()}
	chunks, err := s.intake(ctx, a, &body, rows)
	if err != nil {
		return Batch{}, err
	}
	id := NewID()
	if key != "" {
		sum := s.learners.keyed("batch-key", a.Name, key)
		id = encodeID([16]byte(sum[:16]))
	}
	held, ok, err := s.heldBatch(ctx, id, key != "", body)
	if err != nil || ok {
		return held, err
	}
	for n, rows := range chunks {
		if err := s.keepChunk(ctx, a, kindRows, id, n, body, json.RawMessage(rows)); err != nil {
			return Batch{}, err
		}
	}
	t := Thing{Kind: kindBatch, ID: id, Owner: body.Request.String(), Due: body.Created}
	if t.Body, err = json.Marshal(body); err != nil {
		return Batch{}, err
	}
	err = s.store.Add(ctx, t, s.entry(a, "batch.taken-in", id))
	if errors.Is(err, ErrExists) { // two with the same key at once
		held, _, err := s.heldBatch(ctx, id, true, body)
		return held, err
	}
	if err != nil {
		return Batch{}, stored(err)
	}
	s.batches.nudge()
	return s.batch(t, body), nil
}

func (s *Service) checkOrder(ctx context.Context, a Actor, o BatchOrder) error {
	if err := a.may(Registrar); err != nil {
		return err
	}
	if o.Action != "issue" {
		if _, ok := actions[o.Action]; !ok {
			return malformed("/action", "issue, revoke, suspend or reinstate")
		}
		return nil
	}
	if reason := s.behind.Load(); reason != nil && !o.DryRun {
		return schema.Refusal(schema.CodeReadOnly, "", map[string]any{"reason": *reason})
	}
	if o.Mail && !s.mailing {
		return schema.Refusal(schema.CodeConflict, "/mail", map[string]any{"reason": "no-relay"})
	}
	if o.Achievement == "" {
		return nil
	}
	_, err := s.plan(a, o).find(ctx, o.Achievement)
	return err
}

// heldBatch looks for the batch that answers a request already.
func (s *Service) heldBatch(ctx context.Context, id string, keyed bool, body batchBody) (Batch, bool, error) {
	if keyed {
		t, err := s.store.Thing(ctx, kindBatch, id)
		if isNotFound(err) {
			return Batch{}, false, nil
		}
		if err != nil {
			return Batch{}, false, stored(err)
		}
		b, err := readBatch(t)
		if err == nil && b.Request != body.Request {
			err = schema.Refusal(schema.CodeIdempotencyMismatch, "", map[string]any{"id": id})
		}
		return s.batch(t, b), true, err
	}
	same, err := s.store.Owned(ctx, kindBatch, body.Request.String())
	if err != nil || len(same) == 0 {
		return Batch{}, false, stored(err)
	}
	b, err := readBatch(same[0])
	s.batches.nudge()
	return s.batch(same[0], b), true, err
}

// intake reads the rows into chunks, and finds out which are the same.
func (s *Service) intake(ctx context.Context, a Actor, b *batchBody, rows iter.Seq2[BatchRow, error]) (chunks [][]byte, err error) {
	order, err := json.Marshal(b.Order)
	if err != nil {
		return nil, err
	}
	in := &intake{plan: s.plan(a, b.Order), seen: map[Digest]firstRow{}}
	sums := []string{"batch", a.Name, string(order)}
	var chunk bytes.Buffer
	flush := func() {
		chunk.WriteByte(']')
		sums = append(sums, s.learners.keyed(chunk.String()).String())
		chunks = append(chunks, bytes.Clone(chunk.Bytes()))
		chunk.Reset()
	}
	for row, err := range rows {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		stored, err := in.row(ctx, row)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(stored)
		if err != nil {
			return nil, err
		}
		chunk.WriteByte("[,"[min(b.Rows%chunkRows, 1)])
		chunk.Write(text)
		if b.Rows++; b.Rows%chunkRows == 0 {
			flush()
		}
	}
	if b.Rows == 0 {
		return nil, rowFault(schema.CodeParsingError, "empty")
	}
	if chunk.Len() > 0 {
		flush()
	}
	b.Request = s.learners.keyed(sums...)
	return chunks, nil
}

// An intake remembers the rows that came before.
type intake struct {
	plan *plan
	seen map[Digest]firstRow
}

type firstRow struct {
	row     int
	request Digest
}

// row finds the claim of a row, or that an earlier one has it. One that asks for
// something else under the same key is at fault.
func (in *intake) row(ctx context.Context, row BatchRow) (storedRow, error) {
	out := storedRow{BatchRow: row}
	if in.plan.order.Action != "issue" {
		id, err := ParseID(lastPart(row.Values["id"]))
		if err == nil {
			in.same(&out, in.plan.s.learners.keyed("change", id), Digest{})
		}
		return out, nil
	}
	d, with, faults, err := in.plan.draft(ctx, row)
	if err != nil || len(faults) > 0 || with == nil {
		return out, err
	}
	out.Claim = in.plan.claim(with, row, d)
	in.same(&out, out.Claim.Key, out.Claim.Request)
	return out, nil
}

func (in *intake) same(row *storedRow, key, request Digest) {
	first, again := in.seen[key]
	switch {
	case !again:
		in.seen[key] = firstRow{row.Row, request}
	case first.request == request:
		row.First = first.row
	default:
		row.Faults = append(row.Faults, RowFaultOf(rowFault(schema.CodeConflict, "twice", "first", first.row), "row_key", row.Values["row_key"]))
	}
}

// lastPart is what follows the last slash: an ID, also of a whole address.
func lastPart(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }
