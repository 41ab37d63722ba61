package dataintegrity

import (
	"context"
	"crypto"
	"slices"
	"sync"

	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
)

// A Part is one of the two things a signature covers, the document or the
// proof configuration, after the first two steps of the pipeline.
type Part struct {
	Canonical []byte // what the transformation made of it
	Hash      []byte // of Canonical
}

// An Input is an object with its @context that is to be transformed. It is
// expanded at most once, however many suites and checks ask for its
// statements. It is safe for concurrent use.
type Input struct {
	object   schema.Value
	register *jsonld.Register

	mu       sync.Mutex
	expanded bool            // guarded by mu
	quads    []rdfcanon.Quad // guarded by mu until expanded, then constant
	err      error           // the same
}

// NewInput makes an Input of an object whose contexts have passed
// [jsonld.Register.CheckContexts] of the register.
func NewInput(r *jsonld.Register, object schema.Value) *Input {
	return &Input{object: object, register: r}
}

// Statements returns what [jsonld.Register.Quads] says of the object. The slice
// must not be changed. An expansion that ctx ended is not remembered.
func (in *Input) Statements(ctx context.Context) ([]rdfcanon.Quad, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.expanded {
		return in.quads, in.err
	}
	quads, err := in.register.Quads(ctx, in.object)
	if err != nil && ctx.Err() != nil {
		return nil, err
	}
	in.quads, in.err, in.expanded = quads, err, true
	return quads, err
}

// Prepare transforms and hashes.
//
// Where the object is to blame the error is [jsonld.Faults] or a
// [*schema.Fault]; it is a [*rdfcanon.WorkError] where the object would take
// too much work, the error of ctx where the caller gave up, and anything else
// is a transformation that failed.
func (s *Suite) Prepare(ctx context.Context, in *Input) (*Part, error) {
	canonical, err := s.transform(ctx, in)
	if err != nil {
		return nil, err
	}
	return &Part{canonical, s.digest(canonical)}, nil
}

// Configuration returns the configuration of a proof, as it is hashed: the
// proof without proofValue and with the @context of the document, whatever
// @context it has itself (Data Integrity EdDSA Cryptosuites 1.0, section
// 3.2.5).
func Configuration(document, proof schema.Value) schema.Value {
	config := proof.Without("proofValue")
	if c, ok := document.Get("@context"); ok {
		config = config.With("@context", c)
	}
	return config
}

// signedData puts the hash of the proof configuration first (section 3.2.4).
func signedData(document, configuration *Part) []byte {
	return slices.Concat(configuration.Hash, document.Hash)
}

// rdfcSHA256 is RDF Dataset Canonicalization 1.0 with SHA-256 inside.
func rdfcSHA256(ctx context.Context, in *Input) ([]byte, error) {
	quads, err := in.Statements(ctx)
	if err != nil {
		return nil, err
	}
	c, err := rdfcanon.Canonicalize(ctx, quads, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	return c.Bytes(), nil
}
