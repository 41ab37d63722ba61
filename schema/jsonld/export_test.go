package jsonld

import (
	"context"

	"merkki/schema"
	"merkki/schema/rdfcanon"
)

// Walk is what the compiled tables make of a document, false where they do not
// cover it.
func (r *Register) Walk(ctx context.Context, root schema.Value) (*rdfcanon.Dataset, bool) {
	list, err := r.entries(root)
	if err != nil {
		return nil, false
	}
	return r.walk(ctx, root, list)
}

// ReadTwice is the careful way: reader and json-gold.
func (r *Register) ReadTwice(ctx context.Context, root schema.Value) (*rdfcanon.Dataset, error) {
	list, err := r.entries(root)
	if err != nil {
		return nil, err
	}
	return r.readTwice(ctx, root, list)
}
