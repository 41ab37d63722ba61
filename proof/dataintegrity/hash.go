package dataintegrity

import (
	"context"
	"crypto"
	"slices"

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

// Prepare transforms and hashes an object with its @context, which must have
// passed [jsonld.Register.CheckContexts].
//
// Where the object is to blame the error is [jsonld.Faults] or a
// [*schema.Fault]; it is a [*rdfcanon.WorkError] where the object would take
// too much work, the error of ctx where the caller gave up, and anything else
// is a transformation that failed.
func (s *Suite) Prepare(ctx context.Context, r *jsonld.Register, object schema.Value) (*Part, error) {
	canonical, err := s.transform(ctx, r, object)
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
func rdfcSHA256(ctx context.Context, r *jsonld.Register, object schema.Value) ([]byte, error) {
	quads, err := r.Quads(ctx, object)
	if err != nil {
		return nil, err
	}
	c, err := rdfcanon.Canonicalize(ctx, quads, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	return c.Bytes(), nil
}
