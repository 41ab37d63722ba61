package rules

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"merkki/schema"
	mc "merkki/schema/microcredential"
)

// A Finding is a rule that does not hold.
type Finding struct {
	Element  string            `json:"element"`
	Rule     string            `json:"rule"`     // pack/name
	Pack     string            `json:"pack"`     // id@version
	Severity string            `json:"severity"` // error, warning, info
	Path     string            `json:"path"`     // JSON Pointer into the document: what is wrong, or would stand there
	Message  map[string]string `json:"-"`        // by language
	Remedy   map[string]string `json:"-"`
	// Fault is what the profile finds ([Review]); nil for a rule, which has Message
	// and Remedy of its own.
	Fault *schema.Fault `json:"-"`
}

// Evaluate returns what does not hold, in the order of the elements and rules.
// A rule that several packs share is reported once.
func Evaluate(packs []*Pack, v View, now time.Time) []Finding {
	var found []Finding
	seen := map[string]bool{}
	for _, p := range packs {
		for _, r := range p.Rules {
			if key := r.ID + "\n" + r.pack; seen[key] || r.Award && !v.award {
				continue
			} else {
				seen[key] = true
			}
			e := evaluation{view: v, now: now}
			if r.When != nil {
				if ok, _ := e.holds(r.When); !ok {
					continue
				}
			}
			if ok, at := e.holds(r.Assert); !ok {
				found = append(found, Finding{
					Element: r.Element, Rule: r.ID, Pack: r.pack, Severity: r.Severity, Path: at, Message: r.Message, Remedy: r.Remedy,
				})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		if d := slices.Index(Elements, a.Element) - slices.Index(Elements, b.Element); d != 0 {
			return d
		}
		return strings.Compare(a.Rule, b.Rule)
	})
	return found
}

// Conforms reports whether no finding is an error.
func Conforms(found []Finding) bool {
	return !slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Error })
}

// An evaluation is of one rule, or of what one row has to have.
type evaluation struct {
	view View
	now  time.Time
	row  place // where paths that begin with "./" start
}

// at returns what stands at a path.
func (e evaluation) at(path string) []place {
	if rest, ok := strings.CutPrefix(path, "./"); ok {
		return from(e.row, rest)
	}
	return e.view.at(path)
}

// missing is where what a path names would stand.
func (e evaluation) missing(path string) string {
	if rest, ok := strings.CutPrefix(path, "./"); ok {
		return e.view.missingFrom(e.row.tokens, rest)
	}
	return e.view.missing(path)
}

// each decides a test for every row.
func (e evaluation) each(q *Each) (bool, string) {
	for _, row := range e.at(q.Rows) {
		inner := e
		inner.row = row
		if ok, at := inner.holds(q.Has); !ok {
			return false, at
		}
	}
	return true, ""
}

func (e evaluation) includes(q *Includes) (bool, string) {
	ok := slices.ContainsFunc(e.at(q.Path), func(p place) bool { return p.value.Kind == schema.String && p.value.Text == q.Value })
	return ok, e.missing(q.Path)
}

// holds decides a test; where it fails at is the place that fails it.
func (e evaluation) holds(t *Test) (ok bool, at string) {
	switch {
	case t.Exists != "":
		return e.exists(t.Exists), e.missing(t.Exists)
	case t.Absent != "":
		return !e.exists(t.Absent), e.missing(t.Absent)
	case t.Count != nil:
		n := len(e.at(t.Count.Path))
		return n >= t.Count.Min && (t.Count.Max == 0 || n <= t.Count.Max), e.missing(t.Count.Path)
	case t.InList != nil:
		return e.every(t.InList.Path, listed(t.InList.List))
	case t.Range != nil:
		return e.every(t.Range.Path, within(t.Range))
	case t.Equals != nil:
		return e.equals(t.Equals)
	case t.Matches != nil:
		pattern := regexp.MustCompile(t.Matches.Pattern) // compiled when the pack was read
		return e.every(t.Matches.Path, func(v schema.Value) bool { return v.Kind == schema.String && pattern.MatchString(v.Text) })
	case t.Languages != nil:
		return e.every(t.Languages.Path, speaks(t.Languages))
	case t.Covered != nil:
		return e.covered(t.Covered)
	case t.SameNotation != nil:
		return e.sameNotation(t.SameNotation), e.missing(t.SameNotation.B)
	case t.Ratio != nil:
		return e.ratio(t.Ratio), e.missing(t.Ratio.Hours)
	case t.DateBefore != nil:
		return e.dateBefore(t.DateBefore)
	case t.Each != nil:
		return e.each(t.Each)
	case t.Includes != nil:
		return e.includes(t.Includes)
	case t.Not != nil:
		ok, at = e.holds(t.Not)
		if at == "" && len(t.Not.paths()) > 0 {
			at = e.missing(t.Not.paths()[0])
		}
		return !ok, at
	case t.Any != nil:
		return e.any(t.Any)
	}
	for i := range t.All {
		if ok, at := e.holds(&t.All[i]); !ok {
			return false, at
		}
	}
	return true, ""
}

func (e evaluation) any(tests []Test) (bool, string) {
	first := ""
	for i := range tests {
		ok, at := e.holds(&tests[i])
		if ok {
			return true, ""
		}
		if i == 0 {
			first = at
		}
	}
	return false, first
}

func (e evaluation) exists(path string) bool {
	return slices.ContainsFunc(e.at(path), func(p place) bool { return !isEmpty(p.value) })
}

func isEmpty(v schema.Value) bool {
	switch v.Kind {
	case schema.Null:
		return true
	case schema.String:
		return strings.TrimSpace(v.Text) == ""
	case schema.Array:
		return len(v.Items) == 0
	case schema.Object:
		return len(v.Members) == 0
	}
	return false
}

// every reports whether all values at a path pass; none pass.
func (e evaluation) every(path string, pass func(schema.Value) bool) (bool, string) {
	for _, p := range e.at(path) {
		if !pass(p.value) {
			return false, e.view.pointer(p.tokens)
		}
	}
	return true, ""
}

func listed(name string) func(schema.Value) bool {
	list, _ := mc.ListNamed(name) // there is one: the pack was checked
	return func(v schema.Value) bool {
		_, ok := list.Find(v.Text)
		return ok && v.Kind == schema.String
	}
}

// decimalOf reads a decimal in a string and a number alike.
func decimalOf(v schema.Value) (mc.Decimal, bool) {
	var d mc.Decimal
	err := mc.ErrDecimal
	switch v.Kind {
	case schema.String:
		d, err = mc.ParseDecimal(v.Text)
	case schema.Number:
		d, err = mc.ParseNumber(v.Text)
	}
	return d, err == nil
}

func within(r *Range) func(schema.Value) bool {
	low, _ := mc.ParseDecimal(r.Min)
	high, errHigh := mc.ParseDecimal(r.Max)
	step, _ := mc.ParseDecimal(r.Step)
	return func(v schema.Value) bool {
		d, ok := decimalOf(v)
		return ok && !d.Less(low) && (errHigh != nil || !high.Less(d)) && d.IsMultipleOf(step)
	}
}

func (e evaluation) equals(q *Equals) (bool, string) {
	if q.With == "" {
		return e.every(q.Path, func(v schema.Value) bool { return v.Kind == schema.String && v.Text == q.Value })
	}
	others := e.at(q.With)
	return e.every(q.Path, func(v schema.Value) bool {
		return !slices.ContainsFunc(others, func(o place) bool { return !same(v, o.value) })
	})
}

func same(a, b schema.Value) bool {
	x, isX := decimalOf(a)
	y, isY := decimalOf(b)
	if isX && isY {
		return x == y
	}
	return a.Kind == b.Kind && a.Text == b.Text
}

func speaks(l *Languages) func(schema.Value) bool {
	return func(v schema.Value) bool {
		if v.Kind != schema.Object {
			return false
		}
		has := func(lang string) bool {
			text, ok := v.Get(lang)
			return ok && text.Kind == schema.String && !isEmpty(text)
		}
		for _, m := range v.Members {
			if !has(m.Name) || !languageTag.MatchString(m.Name) {
				return false
			}
		}
		for _, lang := range l.Required {
			if !has(lang) {
				return false
			}
		}
		n := len(v.Members)
		if len(l.Of) > 0 {
			n = 0
			for _, lang := range l.Of {
				if has(lang) {
					n++
				}
			}
		}
		return n >= l.AtLeast
	}
}

var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$`)

func (e evaluation) covered(c *Covered) (bool, string) {
	covered := map[string]bool{}
	for _, p := range e.at(c.By) {
		covered[p.value.Text] = true
	}
	return e.every(c.Rows, func(v schema.Value) bool { return covered[v.GetString("id")] })
}

// sameNotation compares codes; where one of them is on no list of its own
// there is nothing to compare, and another rule says so.
func (e evaluation) sameNotation(s *SameNotation) bool {
	notations := func(path, name string) (all []string) {
		list, _ := mc.ListNamed(name)
		for _, p := range e.at(path) {
			if c, ok := list.Find(p.value.Text); ok {
				all = append(all, c.Notation)
			}
		}
		return all
	}
	a, b := notations(s.A, s.ListA), notations(s.B, s.ListB)
	return len(a) == 0 || len(b) == 0 || slices.Contains(b, a[0])
}

func (e evaluation) ratio(r *Ratio) bool {
	hours, credits := e.at(r.Hours), e.at(r.Credits)
	if len(hours) == 0 || len(credits) == 0 {
		return true // nothing to compare
	}
	h, ok := mc.ParseHours(hours[0].value.Text)
	c, isDecimal := decimalOf(credits[0].value)
	low, _ := mc.ParseDecimal(r.Min)
	high, _ := mc.ParseDecimal(r.Max)
	return ok == nil && isDecimal && h.RatioWithin(c, low, high)
}

func (e evaluation) dateBefore(d *DateBefore) (bool, string) {
	limits := []time.Time{e.now}
	if d.Than != "today" {
		limits = nil
		for _, p := range e.at(d.Than) {
			if t, ok := momentOf(p.value, true); ok {
				limits = append(limits, t)
			}
		}
	}
	return e.every(d.Path, func(v schema.Value) bool {
		t, ok := momentOf(v, false)
		return ok && !slices.ContainsFunc(limits, func(limit time.Time) bool { return t.After(limit.AddDate(0, d.Months, 0)) })
	})
}

// momentOf reads a date or an instant; a date as a limit lasts until its end.
func momentOf(v schema.Value, limit bool) (time.Time, bool) {
	if v.Kind != schema.String {
		return time.Time{}, false
	}
	if t, err := time.Parse(time.DateOnly, v.Text); err == nil {
		if limit {
			t = t.AddDate(0, 0, 1).Add(-time.Nanosecond)
		}
		return t, true
	}
	t, err := time.Parse(time.RFC3339, v.Text)
	return t, err == nil
}
