package verifier

import (
	"bytes"
	"strconv"
	"time"

	"merkki/schema"
)

// trustLimits bound a trust list. Registries of whole countries fit.
var trustLimits = schema.Limits{Bytes: 4 << 20, Values: 200_000, Objects: 20_000}

// ParseTrustList reads a JSON list of issuer ids or entries, or an object that
// holds such a list in "issuers" and may say its "name", "version" and "date".
// Members it does not know are ignored, wrong types of those it knows are not:
// an entry that was meant to be narrow must not turn out wide. The error is a
// [*schema.Fault].
func ParseTrustList(b []byte, source string) (TrustList, error) {
	list := TrustList{Name: source, Source: source}
	bare := bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("["))
	if bare { // the strict parser reads objects
		b = []byte(`{"issuers":` + string(b) + `}`)
	}
	doc, err := schema.Parse(b, trustLimits)
	if err != nil {
		return TrustList{}, err
	}
	root := doc.Root()
	r := reader{}
	issuers := r.list(root, "", "issuers")
	switch {
	case bare && len(root.Members) != 1:
		return TrustList{}, schema.Found("syntax.trailing-data", "", nil)
	case issuers == nil && r.fault == nil:
		return TrustList{}, schema.Found("schema.shape", "/issuers", map[string]any{"member": "issuers", "expected": "array"})
	}
	if name := r.text(root, "", "name"); name != "" {
		list.Name = name
	}
	list.Version = r.text(root, "", "version")
	list.Date = r.time(root, "", "date")
	for i, v := range issuers {
		list.Entries = append(list.Entries, r.entry(v, "/issuers/"+strconv.Itoa(i)))
	}
	if r.fault != nil {
		return TrustList{}, r.fault
	}
	return list, nil
}

// A reader takes members out of objects and keeps the first fault.
type reader struct{ fault *schema.Fault }

func (r *reader) entry(v schema.Value, at string) TrustEntry {
	if v.Kind == schema.String && v.Text != "" {
		return TrustEntry{Issuer: v.Text}
	}
	e := TrustEntry{
		Issuer:     r.text(v, at, "issuer"),
		Name:       r.text(v, at, "name"),
		Keys:       r.texts(v, at, "keys"),
		ValidFrom:  r.time(v, at, "validFrom"),
		ValidUntil: r.time(v, at, "validUntil"),
		Withdrawn:  r.flag(v, at, "withdrawn"),
		Test:       r.flag(v, at, "test"),
		Scopes:     r.texts(v, at, "scopes"),
	}
	if v.Kind != schema.Object || e.Issuer == "" {
		r.wrong(at, "issuer", "string")
	}
	return e
}

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
