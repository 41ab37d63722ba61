package rules

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	mc "merkki/schema/microcredential"
)

// A Test is one condition: exactly one of its members is set. The set is closed,
// so that a pack never says more than this program understands.
type Test struct {
	// Exists: there is something at the path that is not empty. Absent: there
	// is not.
	Exists string `json:"exists,omitempty"`
	Absent string `json:"absent,omitempty"`
	// Count: how many there are at a path.
	Count *Count `json:"count,omitempty"`
	// InList: every value at the path stands on a code list.
	InList *InList `json:"inList,omitempty"`
	// Range: every value at the path is a decimal within bounds.
	Range *Range `json:"range,omitempty"`
	// Equals: every value at the path is this text; or those at two paths are
	// equal, numbers by their value.
	Equals *Equals `json:"equals,omitempty"`
	// Matches: every value at the path is a text that matches.
	Matches *Matches `json:"matches,omitempty"`
	// Languages: every language map at the path has texts in these.
	Languages *Languages `json:"languages,omitempty"`
	// Covered: the id of every row is among the references.
	Covered *Covered `json:"covered,omitempty"`
	// SameNotation: two codes of two lists have the same notation, as EQF
	// level 6 and level 6 of a national framework.
	SameNotation *SameNotation `json:"sameNotation,omitempty"`
	// Ratio: hours for each credit.
	Ratio *Ratio `json:"ratio,omitempty"`
	// DateBefore: every date at the path is not after another.
	DateBefore *DateBefore `json:"dateBefore,omitempty"`

	// Each: a test holds for every row; paths in it that begin with "./" lead on
	// from there.
	Each *Each `json:"each,omitempty"`
	// Includes: one of the values at the path is this text.
	Includes *Includes `json:"includes,omitempty"`

	All []Test `json:"all,omitempty"`
	Any []Test `json:"any,omitempty"`
	Not *Test  `json:"not,omitempty"`
}

// The operands of tests.
type (
	// Count has a least and a greatest number; Max 0 is none.
	Count struct {
		Path string `json:"path"`
		Min  int    `json:"min,omitempty"`
		Max  int    `json:"max,omitempty"`
	}
	// InList names an embedded code list.
	InList struct {
		Path string `json:"path"`
		List string `json:"list"`
	}
	// Range has bounds that are included; "" is none. Step says in which steps
	// values come.
	Range struct {
		Path string `json:"path"`
		Min  string `json:"min,omitempty"`
		Max  string `json:"max,omitempty"`
		Step string `json:"step,omitempty"`
	}
	// Equals has either Value or With, another path.
	Equals struct {
		Path  string `json:"path"`
		Value string `json:"value,omitempty"`
		With  string `json:"with,omitempty"`
	}
	// Matches has a pattern of RE2.
	Matches struct {
		Path    string `json:"path"`
		Pattern string `json:"pattern"`
	}
	// Languages wants all of Required, and at least AtLeast of Of.
	Languages struct {
		Path     string   `json:"path"`
		Required []string `json:"required,omitempty"`
		AtLeast  int      `json:"atLeast,omitempty"`
		Of       []string `json:"of,omitempty"`
	}
	// Covered compares the ids of Rows with what stands at By.
	Covered struct {
		Rows string `json:"rows"`
		By   string `json:"by"`
	}
	// SameNotation compares the first value at A with the first at B that stands
	// on its list.
	SameNotation struct {
		A     string `json:"a"`
		ListA string `json:"listA"`
		B     string `json:"b"`
		ListB string `json:"listB"`
	}
	// Ratio divides hours (a duration PTnHnM, or a decimal) by credits.
	Ratio struct {
		Hours   string `json:"hours"`
		Credits string `json:"credits"`
		Min     string `json:"min"`
		Max     string `json:"max"`
	}
	// Each has a path of rows and what each of them has.
	Each struct {
		Rows string `json:"rows"`
		Has  *Test  `json:"has"`
	}
	// Includes has a path and the text that stands there among others.
	Includes struct {
		Path  string `json:"path"`
		Value string `json:"value"`
	}
	// DateBefore compares with a path or with "today", to which months may be
	// added.
	DateBefore struct {
		Path   string `json:"path"`
		Than   string `json:"than"`
		Months int    `json:"months,omitempty"`
	}
)

const maxDepth = 8

// check refuses a test that could never be decided.
func (t *Test) check(depth int) error { return t.checkIn(depth, false) }

// checkIn checks a test that stands in a row, or does not.
func (t *Test) checkIn(depth int, inRow bool) error {
	if depth > maxDepth {
		return fmt.Errorf("tests stand at most %d deep in each other", maxDepth)
	}
	set := 0
	for _, has := range [...]bool{
		t.Exists != "", t.Absent != "", t.Count != nil, t.InList != nil, t.Range != nil, t.Equals != nil, t.Matches != nil, t.Languages != nil,
		t.Covered != nil, t.SameNotation != nil, t.Ratio != nil, t.DateBefore != nil, t.Each != nil, t.Includes != nil, t.All != nil, t.Any != nil, t.Not != nil,
	} {
		if has {
			set++
		}
	}
	if set != 1 {
		return fmt.Errorf("a test is one condition, not %d", set)
	}
	for _, inner := range t.inner() {
		if err := inner.checkIn(depth+1, inRow); err != nil {
			return err
		}
	}
	if t.Each != nil {
		if t.Each.Has == nil {
			return errors.New("each row has to have something")
		}
		if err := t.Each.Has.checkIn(depth+1, true); err != nil {
			return err
		}
	}
	return errors.Join(t.checkPaths(inRow), t.checkLists(), t.checkDecimals(), t.checkPattern())
}

func (t *Test) inner() []*Test {
	var all []*Test
	for i := range t.All {
		all = append(all, &t.All[i])
	}
	for i := range t.Any {
		all = append(all, &t.Any[i])
	}
	if t.Not != nil {
		all = append(all, t.Not)
	}
	return all
}

// paths are those that a test looks at.
func (t *Test) paths() []string {
	var all []string
	switch {
	case t.Exists != "":
		all = []string{t.Exists}
	case t.Absent != "":
		all = []string{t.Absent}
	case t.Count != nil:
		all = []string{t.Count.Path}
	case t.InList != nil:
		all = []string{t.InList.Path}
	case t.Range != nil:
		all = []string{t.Range.Path}
	case t.Equals != nil:
		all = []string{t.Equals.Path}
		if t.Equals.With != "" {
			all = append(all, t.Equals.With)
		}
	case t.Matches != nil:
		all = []string{t.Matches.Path}
	case t.Languages != nil:
		all = []string{t.Languages.Path}
	case t.Covered != nil:
		all = []string{t.Covered.Rows, t.Covered.By}
	case t.SameNotation != nil:
		all = []string{t.SameNotation.A, t.SameNotation.B}
	case t.Ratio != nil:
		all = []string{t.Ratio.Hours, t.Ratio.Credits}
	case t.Each != nil:
		all = []string{t.Each.Rows}
	case t.Includes != nil:
		all = []string{t.Includes.Path}
	case t.DateBefore != nil:
		all = []string{t.DateBefore.Path}
		if t.DateBefore.Than != "today" {
			all = append(all, t.DateBefore.Than)
		}
	}
	return all
}

func (t *Test) checkPaths(inRow bool) error {
	for _, p := range t.paths() {
		if inRow && strings.HasPrefix(p, "./") {
			continue
		}
		part, _, _ := strings.Cut(strings.TrimPrefix(p, "/"), "/")
		if !strings.HasPrefix(p, "/") || !parts[part] {
			return fmt.Errorf("path %q does not begin with a part of the view", p)
		}
	}
	return nil
}

func (t *Test) checkLists() error {
	var lists []string
	switch {
	case t.InList != nil:
		lists = []string{t.InList.List}
	case t.SameNotation != nil:
		lists = []string{t.SameNotation.ListA, t.SameNotation.ListB}
	}
	for _, l := range lists {
		if _, ok := mc.ListNamed(l); !ok {
			return fmt.Errorf("there is no code list %q", l)
		}
	}
	return nil
}

func (t *Test) checkDecimals() error {
	var all []string
	switch {
	case t.Range != nil:
		all = []string{t.Range.Min, t.Range.Max, t.Range.Step}
	case t.Ratio != nil:
		all = []string{t.Ratio.Min, t.Ratio.Max}
	}
	for _, s := range all {
		if _, err := mc.ParseDecimal(s); s != "" && err != nil {
			return fmt.Errorf("%q is not %w", s, err)
		}
	}
	return nil
}

func (t *Test) checkPattern() error {
	if t.Matches == nil {
		return nil
	}
	if _, err := regexp.Compile(t.Matches.Pattern); err != nil {
		return fmt.Errorf("pattern %q: %w", t.Matches.Pattern, err)
	}
	return nil
}
