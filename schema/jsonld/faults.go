package jsonld

import (
	"slices"
	"strings"

	"merkki/schema"
)

// Faults are several faults of one document, the primary one first.
type Faults []*schema.Fault

func (f Faults) Error() string {
	var b strings.Builder
	for i, fault := range f {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(fault.Error())
	}
	return b.String()
}

// Unwrap lets errors.As find the primary fault.
func (f Faults) Unwrap() []error {
	out := make([]error, len(f))
	for i, fault := range f {
		out[i] = fault
	}
	return out
}

// A faultList collects the faults of one document. It names no more than help
// anybody, but at least one of each finding, so that the primary one is among
// them; a hostile document can have many, each far down below a long name.
type faultList struct {
	faults Faults
	bytes  int // of pointers
}

const (
	maxFaults       = 64
	maxPointerBytes = 64 << 10
)

func (l *faultList) add(finding string, at *location, args map[string]any) {
	full := len(l.faults) >= maxFaults || l.bytes > maxPointerBytes
	if full && slices.ContainsFunc(l.faults, func(f *schema.Fault) bool { return f.Finding == finding }) {
		return
	}
	f := schema.Found(finding, at.pointer(), args)
	l.bytes += len(f.Pointer)
	l.faults = append(l.faults, f)
}

// sorted returns the faults, the primary one first.
func (l *faultList) sorted() Faults {
	slices.SortStableFunc(l.faults, func(a, b *schema.Fault) int {
		return schema.Rank(a.Finding) - schema.Rank(b.Finding)
	})
	return l.faults
}
