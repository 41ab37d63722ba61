package issuer

import (
	"errors"
	"fmt"
	"strings"

	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/verifier"
)

// Faults are all that is wrong with one request, the primary one first.
type Faults []*schema.Fault

func (f Faults) Error() string {
	said := make([]string, len(f))
	for i, one := range f {
		said[i] = one.Error()
	}
	return strings.Join(said, "; ")
}

// Unwrap lets errors.As find the primary fault.
func (f Faults) Unwrap() error {
	if len(f) == 0 {
		return nil
	}
	return f[0]
}

// refuse turns what checks found into an error; warnings do not refuse.
func refuse(found []*schema.Fault) error {
	var against Faults
	for _, f := range found {
		if f.Outcome != schema.Warn {
			against = append(against, f)
		}
	}
	switch len(against) {
	case 0:
		return nil
	case 1:
		return against[0]
	}
	return against
}

// lossy turns the faults of package jsonld into ours.
func lossy(err error) error {
	var found jsonld.Faults
	if errors.As(err, &found) {
		return refuse(found)
	}
	return err
}

// malformed is a member of a request that cannot be used; expected says what
// could be.
func malformed(pointer, expected string) error {
	return schema.Refusal(schema.CodeMalformedValueError, pointer, map[string]any{"expected": expected})
}

// conflict is a change that the present state does not allow.
func conflict(id string, state State, reason string) error {
	return schema.Refusal(schema.CodeConflict, "", map[string]any{"id": id, "state": string(state), "reason": reason})
}

// stored turns an error of the store into what a caller can act on.
func stored(err error) error {
	code := schema.CodeStoreUnavailable
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrFull):
		code = schema.CodeStorageFull
	case errors.Is(err, ErrReadOnly):
		code = schema.CodeReadOnly
	case errors.Is(err, ErrDamaged):
	default:
		return err
	}
	return fmt.Errorf("%w: %w", schema.Refusal(code, "", nil), err)
}

// found is stored for a look-up: what is not there is NOT_FOUND.
func found(ref string, err error) error {
	if errors.Is(err, ErrNotFound) {
		return notFound(ref)
	}
	return stored(err)
}

// unsignable wraps an error of a key: the caller may try again later.
func unsignable(err error) error {
	return fmt.Errorf("%w: %w", schema.Refusal(schema.CodeSignerUnavailable, "", nil), err)
}

// rejected turns a report that is not valid into the fault that made it so.
func rejected(r *verifier.Report) error {
	p := r.Primary
	if p == nil {
		return fmt.Errorf("issuer: own verifier says %s without a reason", r.Verdict)
	}
	c := r.Check(p.Check)
	return &schema.Fault{Outcome: schema.Fail, Code: p.Code, Finding: p.Finding, Pointer: c.Pointer, Args: c.Args}
}

// A move says that what stands at one place of the credential came from
// another of the request.
type move struct{ from, to string }

// draftMoves lead from a credential back to the draft, definitionMoves to the
// achievement definition.
var (
	draftMoves = []move{
		{"/credentialSubject/id", "/recipient/subjectId"},
		{"/credentialSubject/identifier/0/identityHash", "/recipient/name"},
		{"/credentialSubject/identifier/1", "/recipient/email"},
		{"/credentialSubject/result", "/result"},
	}
	definitionMoves = []move{{"/credentialSubject/achievement", ""}}
)

// inRequest lets the faults of a credential point into the request that it was
// built from: whoever sent that never saw the credential.
func inRequest(err error, moves []move) error {
	switch err := err.(type) {
	case Faults:
		back := make(Faults, len(err))
		for n, f := range err {
			back[n] = pointBack(f, moves)
		}
		return back
	case *schema.Fault:
		return pointBack(err, moves)
	}
	return err
}

func pointBack(f *schema.Fault, moves []move) *schema.Fault {
	for _, m := range moves {
		rest, ok := strings.CutPrefix(f.Pointer, m.from)
		if ok && (rest == "" || rest[0] == '/') {
			g := *f
			g.Pointer = m.to + rest
			return &g
		}
	}
	return f
}
