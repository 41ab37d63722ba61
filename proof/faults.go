package proof

import (
	"context"
	"errors"
	"strings"

	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
)

// documentError turns an error about the document into a fault.
func documentError(ctx context.Context, err error, p *Proof) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[jsonld.Faults](err); ok {
		return err
	}
	if _, ok := errors.AsType[*schema.Fault](err); ok {
		return err
	}
	return transformError(ctx, err, p)
}

// configurationError turns an error about a proof configuration into a fault.
// A purpose that no context defines is simply another purpose.
func configurationError(ctx context.Context, err error, p *Proof) error {
	f, ok := errors.AsType[*schema.Fault](err)
	if fs, many := errors.AsType[jsonld.Faults](err); many && len(fs) > 0 {
		f, ok = fs[0], true
	}
	switch {
	case !ok:
		return transformError(ctx, err, p)
	case strings.HasPrefix(f.Pointer, "/proofPurpose"):
		return schema.Found("purpose.differs", p.Pointer+f.Pointer, map[string]any{"found": p.Purpose})
	}
	return schema.Found("format.proof-terms", p.Pointer+f.Pointer, f.Args)
}

// transformError is for errors that no rule about content explains.
func transformError(ctx context.Context, err error, p *Proof) error {
	if ctx.Err() != nil {
		return err
	}
	if w, ok := errors.AsType[*rdfcanon.WorkError](err); ok {
		return schema.Found("signature.work-limit", p.Pointer, map[string]any{"limit": w.Limit, "max": w.Max})
	}
	return schema.Found("signature.transform", p.Pointer, nil)
}
