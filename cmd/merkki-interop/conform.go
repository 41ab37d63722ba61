package main

import (
	"context"
	"errors"

	"merkki/schema"
	"merkki/schema/jsonld"
)

// conform judges a document whose envelope holds: contexts, lossless expansion,
// data model.
func conform(ctx context.Context, r *jsonld.Register, document schema.Value, check func(schema.Value) []*schema.Fault) *schema.Fault {
	document = document.Without("proof")
	if faults := r.CheckContexts(document); len(faults) > 0 {
		return faults[0]
	}
	if _, err := r.Quads(ctx, document); err != nil {
		_, input := errors.AsType[*schema.Fault](err)
		if _, many := errors.AsType[jsonld.Faults](err); !input && !many {
			return schema.Found("signature.transform", "", nil)
		}
		return faultOf(err)
	}
	return refusal(check(document))
}
