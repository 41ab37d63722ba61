package jsonld

import (
	"context"
	"errors"

	"merkki/schema"
	"merkki/schema/rdfcanon"
)

// Dataset expands an object and returns its statements, or refuses: what
// expansion would drop or change is a fault of document.terms (in [Faults])
// that names pointer, args "term" and, where one is known, "context", the URL
// of a registered context that would define it, with "types" when it does so
// only under these types. Pointers are relative to root. A single
// [*schema.Fault] is signature.work-limit. Any other error is a transformation
// failure. The contexts of root must have passed [Register.CheckContexts].
//
// Ordinary documents are walked once with the compiled tables of their contexts;
// everything else, and whatever might have to be refused, is read with care.
func (r *Register) Dataset(ctx context.Context, root schema.Value) (*rdfcanon.Dataset, error) {
	list, err := r.entries(root)
	if err != nil {
		return nil, err
	}
	if d, ok := r.walk(ctx, root, list); ok {
		return d, nil
	}
	return r.readTwice(ctx, root, list)
}

// Quads returns the statements of [Register.Dataset] one by one.
func (r *Register) Quads(ctx context.Context, root schema.Value) ([]rdfcanon.Quad, error) {
	d, err := r.Dataset(ctx, root)
	if err != nil {
		return nil, err
	}
	return d.Quads()
}

// readTwice is the careful way: the reader names what would be lost, json-gold
// expands, and both have to agree on what the document says.
func (r *Register) readTwice(ctx context.Context, root schema.Value, list []entry) (*rdfcanon.Dataset, error) {
	top, err := r.top(list)
	if err != nil {
		return nil, err
	}
	rd := &reader{scoper: scoper{register: r}, ctx: ctx, base: baseOf(list)}
	err = rd.read(top, root)
	if faults := rd.losses.sorted(); len(faults) > 0 {
		return nil, faults // a loss that was found is more than a limit that was met after it
	}
	if err != nil {
		return nil, err
	}
	expanded, err := r.expand(root, list)
	if err != nil {
		return nil, err
	}
	w := &writer{labels: map[string]string{}, out: rdfcanon.NewBuilder()}
	if err := w.document(expanded); err != nil {
		return nil, err
	}
	if w.census != rd.census {
		return nil, errors.New("jsonld: two readings of the document differ in what it says")
	}
	return w.out.Finish(), nil
}
