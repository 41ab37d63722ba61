package issuer

import (
	"context"
	"errors"

	"merkki/schema"
)

// prepare is [Service.Prepare] for a row. What is constant for the achievement
// comes from the plan; the schema and the throw-away signature are looked at
// once for each shape of document, and for every row whatever its own words can
// make wrong. A dry run reserves nothing and returns nil.
func (r *batchRun) prepare(ctx context.Context, row storedRow, d Draft, with *planned, dry bool) (*Prepared, error) {
	w := award{institution: with.institution, achievement: with.achievement}
	if err := w.fill(r.s, d); err != nil {
		return nil, err
	}
	p := &Prepared{by: r.s, actor: r.body.Actor, award: w, met: true}
	p.record = r.s.recordOf(w)
	url := r.s.base + "/c/" + p.record.ID
	if err := w.judgeWords(row.Values, url); err != nil {
		return nil, err
	}
	if !dry {
		var err error
		if p.with, err = with.signings(ctx, r.s); err != nil {
			return nil, err
		}
	}
	meeting := with.meet(schema.Shape(w.own().build(url, nil)), dry)
	met, err := meeting.wait(ctx)
	if err != nil {
		return nil, err
	}
	if met && dry {
		return nil, nil
	}
	if met {
		return p, r.reserve(ctx, p, url, row)
	}
	err = r.rehearse(ctx, p, url, row, dry)
	meeting.end(err == nil)
	if err != nil || dry {
		return nil, err
	}
	return p, nil
}

// reserve reserves and writes the document. What is about to be signed follows
// from the row, which lies sealed with the batch.
func (r *batchRun) reserve(ctx context.Context, p *Prepared, url string, row storedRow) error {
	claim := *row.Claim
	claim.By = r.thing.ID
	if err := p.reserve(ctx, nil, &claim); err != nil {
		return err
	}
	if err := p.place(url); err != nil {
		return errors.Join(err, p.void(ctx))
	}
	return nil
}

// rehearse takes the first document of a shape through everything that Prepare
// takes one through.
func (r *batchRun) rehearse(ctx context.Context, p *Prepared, url string, row storedRow, dry bool) error {
	method := p.award.institution.DID + "#throwaway"
	if !dry {
		method = p.with[0].key.VerificationMethod()
	}
	err := r.s.judge(ctx, p.award.build(url, r.s.placeholders(p.award.achievement)), method)
	if err == nil && !dry {
		err = r.reserve(ctx, p, url, row)
		if err == nil {
			if err = p.rehearse(ctx); err != nil {
				err = errors.Join(err, p.void(ctx))
			}
		}
	}
	return err
}

// own is w with no more of issuer and achievement than their ids: what is left
// is what the row says.
func (w award) own() award {
	only := func(v schema.Value, names ...string) schema.Value {
		var members []schema.Member
		for _, m := range v.Members {
			for _, name := range names {
				if m.Name == name {
					members = append(members, m)
				}
			}
		}
		return schema.ObjectValue(members...)
	}
	w.institution.Profile = only(w.institution.Profile, "id", "type")
	w.achievement.Definition = only(w.achievement.Definition, "id", "type", "name")
	return w
}

// judgeWords judges what a row can make wrong within a shape: characters that
// deceive, one id for two things, and a result that is not on its scale.
func (w award) judgeWords(values map[string]string, url string) error {
	var words []schema.Member
	for _, column := range sortedKeys(values) {
		words = append(words, schema.Member{Name: column, Value: schema.StringValue(values[column])})
	}
	if err := firstRefusal(schema.ObjectValue(words...), schema.CheckIssuable); err != nil {
		return err
	}
	if w.subject == w.institution.DID || w.subject == w.achievement.URL || w.subject == url {
		return schema.Found("achievement.duplicate-id", "/subject_id", map[string]any{"member": "id", "found": w.subject})
	}
	if len(w.result) == 0 {
		return nil
	}
	subject := schema.ObjectValue(
		schema.Member{Name: "achievement", Value: w.achievement.Definition},
		schema.Member{Name: "result", Value: schema.ArrayValue(w.result...)},
	)
	return firstRefusal(schema.ObjectValue(schema.Member{Name: "credentialSubject", Value: subject}), schema.CheckConsistency)
}

// A meeting is the first time that a shape of document is met: one row takes it
// through everything, the others of that shape wait for what comes of it.
type meeting struct {
	with  *planned
	shape string
	first bool
	over  chan struct{}
	met   bool // what came of it; read after over is closed
}

// meet joins or begins the meeting of a shape. What a dry run has met is not met
// for signing.
func (p *planned) meet(shape string, dry bool) *meeting {
	if dry {
		shape = "dry " + shape
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if m, ok := p.shapes[shape]; ok {
		return &meeting{with: p, shape: shape, over: m.over}
	}
	m := &meeting{with: p, shape: shape, first: true, over: make(chan struct{})}
	if len(p.shapes) < maxShapes {
		p.shapes[shape] = m
	}
	return m
}

// wait reports whether the shape has been met; the first, and everybody after a
// first that failed, has to do it.
func (m *meeting) wait(ctx context.Context) (bool, error) {
	if m.first {
		return false, nil
	}
	select {
	case <-m.over:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	m.with.mu.Lock()
	defer m.with.mu.Unlock()
	was, ok := m.with.shapes[m.shape]
	return ok && was.met, nil
}

// end says what came of the meeting.
func (m *meeting) end(met bool) {
	if !m.first {
		return
	}
	m.with.mu.Lock()
	defer m.with.mu.Unlock()
	m.met = met
	if !met && m.with.shapes[m.shape] == m {
		delete(m.with.shapes, m.shape) // the next row tries again
	}
	close(m.over)
}
