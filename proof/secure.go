package proof

import (
	"context"
	"fmt"
	"slices"
	"time"

	"merkki/keys"
	"merkki/proof/dataintegrity"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// Options of a proof to make.
type Options struct {
	Format  string    // row of the table; "" means DefaultFormat
	Purpose string    // "" means assertionMethod
	Created time.Time // zero: the proof does not say; whole seconds
}

// Secure adds a proof to root and returns the result as a document that was
// read back from its bytes. Proofs are always written as an array; one that is
// there stays, and the new one comes after it, as another member of a set.
//
// It refuses what is not lossless: the error is then [jsonld.Faults] of
// document.contexts or document.terms, or a [*schema.Fault]. Where the signer fails it wraps a fault
// with PROOF_GENERATION_ERROR.
func Secure(ctx context.Context, r *jsonld.Register, root schema.Value, s keys.Signer, o Options) (*schema.Document, error) {
	f, err := o.format()
	if err != nil {
		return nil, err
	}
	claims := root.Without("proof")
	if faults := r.CheckContexts(claims); len(faults) > 0 {
		return nil, jsonld.Faults(faults)
	}
	document, err := f.suite.Prepare(ctx, dataintegrity.NewInput(r, claims))
	if err != nil {
		return nil, documentError(ctx, err, &Proof{})
	}
	p := o.options(f, s.VerificationMethod())
	config, err := f.suite.Prepare(ctx, dataintegrity.NewInput(r, dataintegrity.Configuration(claims, p)))
	if err != nil {
		return nil, configurationError(ctx, err, &Proof{Purpose: o.Purpose})
	}
	value, err := f.suite.Sign(s, document, config)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", schema.Refusal(schema.CodeProofGenerationError, "", nil), err)
	}
	p = p.With("proofValue", schema.StringValue(value))
	all := slices.Concat(root.GetList("proof"), []schema.Value{p})
	doc, err := schema.Build(root.With("proof", schema.ArrayValue(all...)))
	if err != nil {
		return nil, err
	}
	if _, err := Read(doc); err != nil {
		return nil, err
	}
	return doc, nil
}

// format returns the row of the table that may sign.
func (o Options) format() (*Format, error) {
	name := o.Format
	if name == "" {
		name = DefaultFormat
	}
	f := formatOf(name)
	if f == nil || !f.IssueToo {
		return nil, schema.Found("format.algorithm-unknown", "", map[string]any{"algorithm": name})
	}
	return f, nil
}

// options are the proof without its value, in the order in which the
// specification's examples write them.
func (o Options) options(f *Format, method string) schema.Value {
	p := schema.ObjectValue(
		schema.Member{Name: "type", Value: schema.StringValue(dataIntegrityProof)},
		schema.Member{Name: "cryptosuite", Value: schema.StringValue(f.Name)},
	)
	if !o.Created.IsZero() {
		p = p.With("created", schema.StringValue(schema.FormatTime(o.Created)))
	}
	purpose := o.Purpose
	if purpose == "" {
		purpose = "assertionMethod"
	}
	p = p.With("verificationMethod", schema.StringValue(method))
	return p.With("proofPurpose", schema.StringValue(purpose))
}
