package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// An Outcome is the state of one check. The zero value is NotRun, so that a
// check nobody answered can never look as if it had passed.
type Outcome uint8

// The six outcomes, worst last only by accident: compare with the rules of
// package verifier, never by number.
const (
	NotRun Outcome = iota
	Pass
	Fail
	Warn
	Unknown
	NotApplicable
)

var outcomeNames = [...]string{"not-run", "pass", "fail", "warn", "unknown", "not-applicable"}

func (o Outcome) String() string { return outcomeNames[o] }

// MarshalText writes the outcome as reports spell it.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (o *Outcome) UnmarshalText(b []byte) error {
	i := slices.Index(outcomeNames[:], string(b))
	if i < 0 {
		return fmt.Errorf("schema: %q is no outcome", b)
	}
	*o = Outcome(i)
	return nil
}

// A Fault says what is wrong with something that came from outside: a code for
// programs, a finding for texts and tests, the place, and arguments for a
// sentence. It never holds a sentence itself. It is the one error type with
// which all rooms speak about input; any other error is about ourselves.
type Fault struct {
	// Outcome is Fail (evidence against the input), Unknown (we or the world
	// cannot tell) or Warn.
	Outcome Outcome
	Code    Code
	// Finding is a message code such as "syntax.depth", or empty for a fault
	// of the interface (not found, conflict).
	Finding string
	// Pointer is an RFC 6901 JSON pointer into the input; "" is the whole.
	Pointer string
	// Args hold at most 200 characters of input a value. On LIMIT_EXCEEDED
	// there are "limit", "max" and, where known, "found".
	Args map[string]any
}

// Found makes the fault of a row of the table of findings, with the code and
// the outcome that stand there. It panics on a finding the table lacks.
func Found(finding, pointer string, args map[string]any) *Fault {
	row, ok := findingRows[finding]
	if !ok {
		panic("schema: no such finding: " + finding)
	}
	return &Fault{Outcome: row.Outcome, Code: row.Code, Finding: finding, Pointer: pointer, Args: ClipArgs(args)}
}

// Weighing returns a copy of f with another outcome, for the few situations whose
// weight depends on the securing mechanism or the policy.
func (f *Fault) Weighing(o Outcome) *Fault {
	g := *f
	g.Outcome = o
	return &g
}

// under returns a copy of f whose place is inside another document.
func (f *Fault) under(pointer string) *Fault {
	g := *f
	if g.Pointer = pointer + f.Pointer; len(g.Pointer) > maxPointer {
		g.Pointer = pointer
	}
	return &g
}

// Refusal makes a fault of the interface: no finding, a code, arguments.
func Refusal(code Code, pointer string, args map[string]any) *Fault {
	return &Fault{Outcome: Fail, Code: code, Pointer: pointer, Args: ClipArgs(args)}
}

// Error is for logs and for people at a terminal who see it by accident; the
// words for readers are in package i18n.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(string(f.Code))
	if f.Finding != "" {
		fmt.Fprintf(&b, " (%s)", f.Finding)
	}
	if f.Pointer != "" {
		fmt.Fprintf(&b, " at %s", f.Pointer)
	}
	for _, k := range slices.Sorted(maps.Keys(f.Args)) {
		fmt.Fprintf(&b, " %s=%v", k, f.Args[k])
	}
	return b.String()
}

// maxArg is how many characters of input an argument repeats.
const maxArg = 200

// ClipArgs cuts every string argument to 200 characters and replaces control
// characters, because arguments travel into pages, terminals and logs.
func ClipArgs(args map[string]any) map[string]any {
	for k, v := range args {
		if s, ok := v.(string); ok {
			args[k] = clip(s)
		}
	}
	return args
}

func clip(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s { // never further than it keeps
		if n++; n > maxArg {
			break
		}
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			r = '\uFFFD'
		}
		b.WriteRune(r)
	}
	return b.String()
}
