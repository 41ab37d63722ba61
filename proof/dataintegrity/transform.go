package dataintegrity

import (
	"bytes"
	"context"
	"crypto"

	"merkki/schema"
	"merkki/schema/jcs"
)

// A transformation is how a suite turns an object into bytes, and what it
// takes for the configuration of a proof.
type transformation struct {
	// complete adds to the options of a new proof.
	complete func(document, options schema.Value) schema.Value
	// split says what a proof covers and what its configuration is.
	split func(document, proof schema.Value) (covered, configuration schema.Value)
	// run transforms; the caller holds in.mu. It refuses an object that it
	// would not represent completely.
	run func(ctx context.Context, in *Input, h crypto.Hash) (*Part, error)
}

// statements is RDF Dataset Canonicalization 1.0 of what the object expands to.
// The proof is read under the document's @context, whatever @context it has
// itself (Data Integrity EdDSA Cryptosuites 1.0, section 3.2.5).
var statements = &transformation{
	complete: func(_, options schema.Value) schema.Value { return options },
	split: func(document, proof schema.Value) (schema.Value, schema.Value) {
		config := proof.Without("proofValue")
		if c, ok := document.Get("@context"); ok {
			config = config.With("@context", c)
		}
		return document, config
	},
	run: func(ctx context.Context, in *Input, h crypto.Hash) (*Part, error) {
		d, err := in.statements(ctx)
		if err != nil {
			return nil, err
		}
		c, err := d.Canonicalize(ctx, h)
		if err != nil {
			return nil, err
		}
		return &Part{Hash: c.Sum(), dataset: c}, nil
	},
}

// text is the JSON Canonicalization Scheme (RFC 8785) of the object. The proof
// keeps a copy of the document's @context, so that contexts can be added later
// without breaking it (Data Integrity EdDSA Cryptosuites 1.0, sections 3.3.1
// and 3.3.2).
var text = &transformation{
	complete: func(document, options schema.Value) schema.Value {
		if c, ok := document.Get("@context"); ok {
			return options.With("@context", c)
		}
		return options
	},
	split: func(document, proof schema.Value) (schema.Value, schema.Value) {
		if c, ok := proof.Get("@context"); ok {
			document = document.With("@context", c)
		}
		return document, proof.Without("proofValue")
	},
	run: func(_ context.Context, in *Input, _ crypto.Hash) (*Part, error) {
		b, err := jcs.Marshal(in.object)
		if err != nil {
			return nil, err
		}
		return &Part{text: b}, nil
	},
}

// Extends reports whether the contexts of a document begin with those that a
// proof of a text suite has, in the same order (Data Integrity EdDSA
// Cryptosuites 1.0, section 3.3.2). A proof without contexts has none to
// compare. Objects are equal if their canonical forms are.
func Extends(document, proof schema.Value) bool {
	own := proof.GetList("@context")
	all := document.GetList("@context")
	if len(own) > len(all) {
		return false
	}
	for i, c := range own {
		if !equal(c, all[i]) {
			return false
		}
	}
	return true
}

func equal(a, b schema.Value) bool {
	x, err := jcs.Marshal(a)
	y, err2 := jcs.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}
