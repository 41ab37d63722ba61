package schema

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The embedded JSON Schemas are also read into rules that walk a [Value] as it
// is. Rules only tell that a value conforms, which is what nearly all documents
// do, and cost a tenth of the validator. Whatever they do not accept, the
// validator judges from the beginning, and only its complaints become faults; the
// validator judges the rules in tests. A rule knows the keywords that our schemas
// use; one with any other tells nothing.

// A told is what a rule says of a value.
type told int

const (
	fails told = iota
	unsure
	holds
)

// both is what two rules say together.
func both(a, b told) told { return min(a, b) }

// A rule is one JSON Schema. Zero fields ask nothing.
type rule struct {
	opaque bool // it has a keyword that is not read here
	types  []Kind
	texts  []string // of const and enum: strings alone
	ref    *rule

	pattern *regexp.Regexp
	format  func(string) bool

	required      []string
	properties    map[string]*rule
	others        *rule // additionalProperties
	minProperties int

	prefix   []*rule
	items    *rule // those after prefix
	contains *rule
	minItems int

	all, any          []*rule
	cond, then, other *rule
}

var never = &rule{types: []Kind{}, texts: []string{}}

// conforms reports that v conforms to a class. False says nothing.
func conforms(at class, v Value) bool { return classRules()[at].judge(v) == holds }

// classRules are read once, as the compiled schemas are.
var classRules = sync.OnceValue(func() map[class]*rule {
	r := ruleReader{}
	rules := map[class]*rule{}
	for _, at := range classes {
		rules[at] = r.at(schemaBase + string(at))
	}
	return rules
})

// judge asks all that the rule asks.
func (r *rule) judge(v Value) told {
	if r == nil {
		return holds
	}
	if r.opaque {
		return unsure
	}
	if r.types != nil && !slices.Contains(r.types, v.Kind) ||
		r.texts != nil && (v.Kind != String || !slices.Contains(r.texts, v.Text)) {
		return fails
	}
	t := both(r.ref.judge(v), r.combined(v))
	if t == fails {
		return fails
	}
	switch v.Kind {
	case String:
		if r.pattern != nil && !r.pattern.MatchString(v.Text) || r.format != nil && !r.format(v.Text) {
			return fails
		}
	case Object:
		t = both(t, r.object(v))
	case Array:
		t = both(t, r.array(v))
	}
	return t
}

// combined asks the rules that are made of others.
func (r *rule) combined(v Value) told {
	t := holds
	for _, x := range r.all {
		t = both(t, x.judge(v))
	}
	if r.any != nil {
		best := fails
		for _, x := range r.any {
			best = max(best, x.judge(v))
		}
		t = both(t, best)
	}
	if r.cond == nil {
		return t
	}
	switch r.cond.judge(v) {
	case holds:
		return both(t, r.then.judge(v))
	case fails:
		return both(t, r.other.judge(v))
	}
	return both(t, unsure)
}

func (r *rule) object(v Value) told {
	if len(v.Members) < r.minProperties {
		return fails
	}
	for _, name := range r.required {
		if _, ok := v.Get(name); !ok {
			return fails
		}
	}
	t := holds
	if r.properties == nil && r.others == nil {
		return t
	}
	for i := range v.Members {
		x, ok := r.properties[v.Members[i].Name]
		if !ok {
			x = r.others
		}
		if t = both(t, x.judge(v.Members[i].Value)); t == fails {
			break
		}
	}
	return t
}

func (r *rule) array(v Value) told {
	if len(v.Items) < r.minItems {
		return fails
	}
	t, best := holds, fails
	for i := range v.Items {
		x := r.items
		if i < len(r.prefix) {
			x = r.prefix[i]
		}
		if t = both(t, x.judge(v.Items[i])); t == fails {
			return fails
		}
		if r.contains != nil && best != holds {
			best = max(best, r.contains.judge(v.Items[i]))
		}
	}
	if r.contains != nil {
		t = both(t, best)
	}
	return t
}

// A ruleReader reads rules by address, each once: they refer to each other.
type ruleReader map[string]*rule

func (rr ruleReader) at(url string) *rule {
	if r, ok := rr[url]; ok {
		return r
	}
	r := &rule{}
	rr[url] = r
	file, pointer, _ := strings.Cut(url, "#")
	doc, ok := Resolve(schemaDocuments()[file], pointer)
	if !ok {
		panic("schema: nothing is at " + url)
	}
	rr.fill(r, file, doc)
	return r
}

func (rr ruleReader) read(file string, doc Value) *rule {
	if doc.Kind == Bool {
		if doc.True {
			return nil
		}
		return never
	}
	r := &rule{}
	rr.fill(r, file, doc)
	return r
}

func (rr ruleReader) list(file string, docs Value) (list []*rule) {
	for _, d := range docs.Items {
		list = append(list, rr.read(file, d))
	}
	return list
}

// fill reads the keywords of a schema (JSON Schema 2020-12).
func (rr ruleReader) fill(r *rule, file string, doc Value) {
	for _, m := range doc.Members {
		switch v := m.Value; m.Name {
		case "title", "description", "$comment", "$schema", "$defs", "$dynamicAnchor":
		case "$ref":
			if strings.HasPrefix(v.Text, "#") {
				r.ref = rr.at(file + v.Text)
			} else {
				r.ref = rr.at(schemaBase + v.Text)
			}
		case "type":
			r.types = []Kind{}
			for _, t := range v.List() {
				k, ok := kindNames[t.Text]
				r.types, r.opaque = append(r.types, k), r.opaque || !ok
			}
		case "const":
			r.opaque = r.opaque || r.texts != nil || !r.admit(v)
		case "enum":
			r.opaque = r.opaque || r.texts != nil
			for _, x := range v.Items {
				r.opaque = r.opaque || !r.admit(x)
			}
		case "pattern":
			r.pattern = regexp.MustCompile(v.Text)
		case "format":
			r.format = formats[v.Text]
			r.opaque = r.opaque || r.format == nil
		case "required":
			for _, name := range v.Items {
				r.required = append(r.required, name.Text)
			}
		case "properties":
			r.properties = map[string]*rule{}
			for _, p := range v.Members {
				r.properties[p.Name] = rr.read(file, p.Value)
			}
		case "additionalProperties":
			r.others = rr.read(file, v)
		case "prefixItems":
			r.prefix = rr.list(file, v)
		case "items":
			r.items = rr.read(file, v)
		case "contains":
			r.contains = cmp.Or(rr.read(file, v), &rule{})
		case "minItems":
			r.minItems = countOf(v)
		case "minProperties":
			r.minProperties = countOf(v)
		case "allOf":
			r.all = rr.list(file, v)
		case "anyOf":
			r.any = rr.list(file, v)
		case "if":
			r.cond = cmp.Or(rr.read(file, v), &rule{})
		case "then":
			r.then = rr.read(file, v)
		case "else":
			r.other = rr.read(file, v)
		default:
			r.opaque = true
		}
	}
}

var kindNames = map[string]Kind{
	"null": Null, "boolean": Bool, "number": Number, "string": String, "array": Array, "object": Object,
}

// admit adds a text that const or enum allow; false where it is none.
func (r *rule) admit(v Value) bool {
	r.texts = append(r.texts, v.Text)
	return v.Kind == String
}

func countOf(v Value) int {
	n, err := strconv.Atoi(v.Text)
	if err != nil {
		panic("schema: a count is " + v.Text)
	}
	return n
}
