package web

import (
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"merkki/schema"
)

// A body is a JSON object that a request sent, read by the strict parser.
// Accessors collect faults, so that a caller hears of all of them at once.
type body struct {
	raw    []byte
	root   schema.Value
	faults []error
}

// readBody reads a request whose members are known; any other member is
// UNKNOWN_FIELD with the nearest one there is.
func readBody(r *http.Request, members ...string) (*body, error) {
	b, err := readObject(r)
	if err != nil {
		return nil, err
	}
	b.known(b.root, "", members...)
	return b, nil
}

// readObject reads a JSON object of any members.
func readObject(r *http.Request) (*body, error) {
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); t != "application/json" && t != "application/ld+json" {
		return nil, schema.Refusal(schema.CodeUnsupportedMediaType, "", map[string]any{"found": t, "expected": "application/json"})
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	d, err := schema.Parse(raw, schema.Limits{Bytes: jsonBody})
	if err != nil {
		return nil, err
	}
	return &body{raw: raw, root: d.Root()}, nil
}

func (b *body) known(v schema.Value, at string, members ...string) {
	for _, m := range v.Members {
		if !slices.Contains(members, m.Name) {
			b.fault(schema.Refusal(schema.CodeUnknownField, at+"/"+escapePointer(m.Name),
				map[string]any{"member": m.Name, "suggestion": Nearest(m.Name, members)}))
		}
	}
}

// maxFaults is how many faults of one request are told: nobody reads more.
const maxFaults = 20

func (b *body) fault(f *schema.Fault) {
	if len(b.faults) < maxFaults {
		b.faults = append(b.faults, f)
	}
}

// err returns what was wrong, nil if nothing.
func (b *body) err() error {
	if len(b.faults) == 0 {
		return nil
	}
	return joined(b.faults)
}

// joined is several faults as one error.
type joined []error

func (j joined) Error() string {
	var s []string
	for _, e := range j {
		s = append(s, e.Error())
	}
	return strings.Join(s, "; ")
}

func (j joined) Unwrap() []error { return j }

// text returns a string member, "" when it is absent and may be.
func (b *body) text(v schema.Value, at, name string, required bool) string {
	m, ok := v.Get(name)
	switch {
	case !ok && required:
		b.fault(schema.Found("schema.shape", at, map[string]any{"member": name, "rule": "required"}))
	case ok && m.Kind != schema.String:
		b.fault(schema.Found("schema.shape", at+"/"+name, map[string]any{"member": name, "rule": "type", "expected": "string"}))
	case ok && required && strings.TrimSpace(m.Text) == "":
		b.fault(schema.Found("schema.shape", at+"/"+name, map[string]any{"member": name, "rule": "empty"}))
	}
	return m.Text
}

// flag returns a boolean member, false when it is absent.
func (b *body) flag(v schema.Value, at, name string) bool {
	m, ok := v.Get(name)
	if ok && m.Kind != schema.Bool {
		b.fault(schema.Found("schema.shape", at+"/"+name, map[string]any{"member": name, "rule": "type", "expected": "boolean"}))
	}
	return m.True
}

// texts returns an array of strings.
func (b *body) texts(v schema.Value, at, name string, required bool) []string {
	m, ok := v.Get(name)
	if !ok && required {
		b.fault(schema.Found("schema.shape", at, map[string]any{"member": name, "rule": "required"}))
		return nil
	}
	if ok && m.Kind != schema.Array {
		b.fault(schema.Found("schema.shape", at+"/"+name, map[string]any{"member": name, "rule": "type", "expected": "array"}))
		return nil
	}
	var out []string
	for _, it := range m.Items {
		if it.Kind != schema.String {
			b.fault(schema.Found("schema.shape", at+"/"+name, map[string]any{"member": name, "rule": "type", "expected": "string"}))
			return nil
		}
		out = append(out, it.Text)
	}
	return out
}

// list returns an array member, or the single object that JSON-LD may write
// instead of it.
func (b *body) list(v schema.Value, at, name string) []schema.Value {
	items := v.GetList(name)
	for _, it := range items {
		if it.Kind != schema.Object {
			b.fault(schema.Found("schema.shape", at+"/"+name, map[string]any{"member": name, "rule": "type", "expected": "object"}))
			return nil
		}
	}
	return items
}

// moment returns a time member in RFC 3339, zero when it is absent.
func (b *body) moment(v schema.Value, at, name string) time.Time {
	s := b.text(v, at, name, false)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		b.fault(schema.Found("schema.time", at+"/"+name, map[string]any{"value": s}))
	}
	return t
}

func escapePointer(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "~", "~0"), "/", "~1")
}

// Nearest returns the known name that a wrong one most likely meant: the one
// with the smallest edit distance, if that is no more than half of its letters.
func Nearest(name string, known []string) string {
	if len(name) > 64 {
		return ""
	}
	best, least := "", 1<<30
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least && d*2 <= len(k) {
			best, least = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance of two short strings.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
