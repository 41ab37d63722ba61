package proof

import (
	"context"
	"errors"
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
	Expires time.Time // zero: never; whole seconds

	ID        string   // of the proof, a URL; "": none
	Previous  []string // ids of proofs of the document that this one rests on
	Domain    []string // for whom a presentation is made
	Challenge string   // of him for whom it is made

	// MandatoryPointers (RFC 6901) say what a holder cannot leave out, for
	// ecdsa-sd-2023 alone. What they do not reach he may hide: see
	// [MandatoryFor].
	MandatoryPointers []string

	// Unchecked leaves it to the caller to open what comes back before anybody sees
	// it. Otherwise a signature is checked with the signer's public key as soon as
	// it is made.
	Unchecked bool

	// ReadOnlyUnsafe also signs with rows that are otherwise only read. It is for
	// programs that are judged by test suites of earlier formats.
	ReadOnlyUnsafe bool
}

// Secure adds a proof to root and returns the result as a document that was
// read back from its bytes. Proofs are always written as an array; one that is
// there stays, and the new one comes after it, as another member of a set, or
// resting on those that Options.Previous names.
//
// A proof of ecdsa-sd-2023 is a base proof. It is for the holder alone, who makes
// others from it with [Derive]; nobody accepts it as it is, and whoever has it can
// show everything.
//
// It refuses what is not lossless: the error is then [jsonld.Faults] of
// document.contexts or document.terms, or a [*schema.Fault]. A mandatory pointer
// that reaches nothing, and a signer that fails, give a fault with
// PROOF_GENERATION_ERROR that wraps the reason.
func Secure(ctx context.Context, r *jsonld.Register, root schema.Value, s keys.Signer, o Options) (*schema.Document, error) {
	f, err := o.format()
	if err != nil {
		return nil, err
	}
	if !f.Fits(s.Public()) {
		return nil, generation("", fmt.Errorf("%s does not work with a key of this type", f.Name))
	}
	claims := root.Without("proof")
	if faults := r.CheckContexts(claims); len(faults) > 0 {
		return nil, jsonld.Faults(faults)
	}
	document := dataintegrity.NewInput(r, claims)
	if _, err := document.Statements(ctx); err != nil {
		return nil, documentError(ctx, err, &Proof{})
	}
	options := f.suite.Options(claims, o.options(f, s.VerificationMethod()))
	covered, configuration := claims, options
	if len(o.Previous) > 0 {
		if covered, err = o.resting(claims, root, options); err != nil {
			return nil, err
		}
	}
	covered, configuration = f.suite.Split(covered, options)
	if len(o.Previous) > 0 {
		document = dataintegrity.NewInput(r, covered)
	}
	config, err := f.suite.Configure(ctx, s.Public(), r, configuration)
	if err != nil {
		return nil, configurationError(ctx, err, &Proof{Purpose: o.Purpose})
	}
	value, err := f.suite.Sign(ctx, s, document, config, dataintegrity.SignOptions{Mandatory: o.MandatoryPointers, Unchecked: o.Unchecked})
	if err != nil {
		return nil, signError(ctx, err)
	}
	options = options.With("proofValue", schema.StringValue(value))
	all := slices.Concat(root.GetList("proof"), []schema.Value{options})
	return build(root.With("proof", schema.ArrayValue(all...)))
}

// build makes a document of a root with proofs that are in its place.
func build(root schema.Value) (*schema.Document, error) {
	doc, err := schema.Build(root)
	if err != nil {
		return nil, err
	}
	if _, err := Read(doc); err != nil {
		return nil, err
	}
	return doc, nil
}

// resting returns the claims with the proofs that the new one rests on. What
// reading would say of the result it says now.
func (o Options) resting(claims, root, options schema.Value) (schema.Value, error) {
	all := slices.Concat(root.GetList("proof"), []schema.Value{options})
	proofs := make([]*Proof, len(all))
	for i, v := range all {
		p := &Proof{ID: v.GetString("id"), value: v}
		p.Format = embedded(v.GetString("type"), v.GetString("cryptosuite"))
		if p.Format == nil {
			p.Fault = schema.Found("format.algorithm-unknown", "", nil)
		}
		proofs[i] = p
	}
	link(proofs)
	last := proofs[len(proofs)-1]
	if last.Fault != nil {
		return claims, last.Fault
	}
	return last.document(claims), nil
}

// signError turns an error of signing into a fault: some are about the document.
func signError(ctx context.Context, err error) error {
	if p, ok := errors.AsType[*dataintegrity.PointerError](err); ok {
		return generation(p.Pointer, err)
	}
	f, ok := errors.AsType[*schema.Fault](documentError(ctx, err, &Proof{}))
	if ok && f.Finding != "signature.transform" {
		return documentError(ctx, err, &Proof{})
	}
	if ctx.Err() != nil {
		return err
	}
	return generation("", err)
}

// generation is the fault about a proof that could not be made.
func generation(pointer string, err error) error {
	return fmt.Errorf("%w: %w", schema.Refusal(schema.CodeProofGenerationError, pointer, nil), err)
}

// format returns the row of the table that may sign.
func (o Options) format() (*Format, error) {
	name := o.Format
	if name == "" {
		name = DefaultFormat
	}
	f := formatOf(name)
	if f == nil || !f.IssueToo && !o.ReadOnlyUnsafe || f.suite == nil {
		return nil, schema.Found("format.algorithm-unknown", "", map[string]any{"algorithm": name})
	}
	return f, nil
}

// options are the proof without its value, in the order in which the
// specification's examples write them.
func (o Options) options(f *Format, method string) schema.Value {
	p := schema.Value{Kind: schema.Object, Members: make([]schema.Member, 0, 12)}
	add := func(name, text string) {
		if text != "" {
			p.Members = append(p.Members, schema.Member{Name: name, Value: schema.StringValue(text)})
		}
	}
	add("id", o.ID)
	add("type", f.suite.Type)
	if f.suite.Type == dataintegrity.DataIntegrityProof {
		add("cryptosuite", f.Name)
	}
	if !o.Created.IsZero() {
		add("created", schema.FormatTime(o.Created))
	}
	if !o.Expires.IsZero() {
		add("expires", schema.FormatTime(o.Expires))
	}
	add("verificationMethod", method)
	purpose := o.Purpose
	if purpose == "" {
		purpose = "assertionMethod"
	}
	add("proofPurpose", purpose)
	add("challenge", o.Challenge)
	if len(o.Domain) > 0 {
		p = p.With("domain", oneOrMany(o.Domain))
	}
	if len(o.Previous) > 0 {
		p = p.With("previousProof", oneOrMany(o.Previous))
	}
	return p
}

// oneOrMany is a single string as itself, and several as an array.
func oneOrMany(texts []string) schema.Value {
	if len(texts) == 1 {
		return schema.StringValue(texts[0])
	}
	var items []schema.Value
	for _, t := range texts {
		items = append(items, schema.StringValue(t))
	}
	return schema.ArrayValue(items...)
}
