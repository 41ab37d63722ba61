package verifier

import (
	"strconv"
	"time"

	"merkki/schema"
)

// A reader takes members out of objects and keeps the first fault.
type reader struct{ fault *schema.Fault }

func (r *reader) wrong(at, member, expected string) {
	if r.fault == nil {
		r.fault = schema.Found("schema.shape", schema.PointerTo(at, member), map[string]any{"member": member, "expected": expected})
	}
}

// member returns a member of the kind, and false when there is none.
func (r *reader) member(v schema.Value, at, name string, kind schema.Kind, expected string) (schema.Value, bool) {
	m, ok := v.Get(name)
	if ok && m.Kind != kind {
		r.wrong(at, name, expected)
	}
	return m, ok && m.Kind == kind
}

func (r *reader) text(v schema.Value, at, name string) string {
	m, _ := r.member(v, at, name, schema.String, "string")
	return m.Text
}

func (r *reader) flag(v schema.Value, at, name string) bool {
	m, _ := r.member(v, at, name, schema.Bool, "boolean")
	return m.True
}

func (r *reader) list(v schema.Value, at, name string) []schema.Value {
	m, ok := r.member(v, at, name, schema.Array, "array")
	if ok && m.Items == nil {
		return []schema.Value{}
	}
	return m.Items
}

func (r *reader) texts(v schema.Value, at, name string) (all []string) {
	for _, item := range r.list(v, at, name) {
		if item.Kind != schema.String {
			r.wrong(at, name, "array of strings")
		}
		all = append(all, item.Text)
	}
	return all
}

func (r *reader) time(v schema.Value, at, name string) time.Time {
	text, ok := r.member(v, at, name, schema.String, "date and time")
	if !ok {
		return time.Time{}
	}
	t, err := schema.ParseTime(text.Text)
	if err != nil {
		r.wrong(at, name, "date and time")
	}
	return t
}

// seconds reads a NumericDate that a signed list has to have (RFC 7519, section
// 2), in whole seconds up to the year 9999.
func (r *reader) seconds(v schema.Value, name string) time.Time {
	const lastSecond = 253402300799
	m, ok := r.member(v, "", name, schema.Number, "whole seconds")
	n, err := strconv.ParseInt(m.Text, 10, 64)
	if !ok || err != nil || n < 0 || n > lastSecond {
		r.wrong("", name, "whole seconds")
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}
