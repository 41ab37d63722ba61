package dataintegrity

import (
	"context"
	"crypto"
	"sync"

	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
)

// A Part is one of the two things a signature covers, the document or the
// proof configuration, after the first two steps of the pipeline.
type Part struct {
	Hash []byte // of what Canonical returns; of a part of it for a selective suite

	dataset *rdfcanon.Canonical // nil where it is no dataset
	text    []byte              // then this
	single  [][]byte            // what Present left to be signed line by line
}

// Canonical writes what the transformation made of it.
func (p *Part) Canonical() []byte {
	if p.dataset != nil {
		return p.dataset.Bytes()
	}
	return p.text
}

// An Input is an object with its @context that is to be transformed. It is
// expanded at most once, and canonicalised at most once for each hash, however
// many suites and checks ask. It is safe for concurrent use.
type Input struct {
	object   schema.Value
	register *jsonld.Register

	mu       sync.Mutex
	expanded bool              // guarded by mu
	dataset  *rdfcanon.Dataset // guarded by mu until expanded, then constant
	err      error             // the same
	parts    map[partKey]*Part // guarded by mu
}

type partKey struct {
	transform *transformation
	hash      crypto.Hash
}

// NewInput makes an Input of an object whose contexts have passed
// [jsonld.Register.CheckContexts] of the register.
func NewInput(r *jsonld.Register, object schema.Value) *Input {
	return &Input{object: object, register: r, parts: map[partKey]*Part{}}
}

// Statements returns what [jsonld.Register.Dataset] says of the object. An
// expansion that ctx ended is not remembered.
func (in *Input) Statements(ctx context.Context) (*rdfcanon.Dataset, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.statements(ctx)
}

// statements is Statements for a caller that holds in.mu.
func (in *Input) statements(ctx context.Context) (*rdfcanon.Dataset, error) {
	if in.expanded {
		return in.dataset, in.err
	}
	d, err := in.register.Dataset(ctx, in.object)
	if err != nil && ctx.Err() != nil {
		return nil, err
	}
	in.dataset, in.err, in.expanded = d, err, true
	return d, err
}

// prepare transforms and hashes.
func (in *Input) prepare(ctx context.Context, t *transformation, a *algorithm) (*Part, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	k := partKey{t, a.hash}
	if p, ok := in.parts[k]; ok {
		return p, nil
	}
	p, err := t.run(ctx, in, a.hash)
	if err != nil {
		return nil, err
	}
	if p.Hash == nil {
		p.Hash = a.sum(p.text)
	}
	in.parts[k] = p
	return p, nil
}
