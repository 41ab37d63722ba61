// Package pathway decides whether credentials together earn a larger one.
//
//	p, err := pathway.Parse(rule)
//	a := p.Judge(held, now)
//	if !a.Earned {
//		fmt.Println("still missing:", a.Missing)
//	}
//
// A rule is data: all of, some of, so many credits; how old a part may be, whose
// it may be, and which parts overlap so that only one of them counts. The answer
// depends on what is held and on nothing else: neither on its order nor on that of
// the rule. It names the parts that were counted, or the smallest set of parts
// that would do.
package pathway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	mc "merkki/schema/microcredential"
)

// A Pathway is a rule over the parts of a larger achievement.
type Pathway struct {
	// Parts are the achievements that may count, each with its credits.
	Parts []Part `json:"parts"`
	// Rule is what has to hold of them.
	Rule Rule `json:"rule"`
	// MaxAge is how many months ago a part may have been awarded; 0: any.
	MaxAge int `json:"maxAgeMonths,omitempty"`
	// Issuers are those whose credentials count; none: anybody's.
	Issuers []string `json:"issuerIn,omitempty"`
	// Exclude are groups of parts of which one counts.
	Exclude [][]string `json:"exclude,omitempty"`
}

// A Part is an achievement and its exact ECTS credits, "" for none.
type Part struct {
	Achievement string `json:"achievement"`
	Credits     string `json:"credits,omitempty"`
}

// A Rule is one condition: exactly one member is set.
type Rule struct {
	Achievement string   `json:"achievement,omitempty"` // this one
	All         []Rule   `json:"all,omitempty"`
	Some        *Some    `json:"some,omitempty"`
	Credits     *Credits `json:"credits,omitempty"`
}

// Some wants N of several.
type Some struct {
	N  int    `json:"n"`
	Of []Rule `json:"of"`
}

// Credits wants so many credits of the parts in Of, or of all.
type Credits struct {
	Min string   `json:"min"`
	Of  []string `json:"of,omitempty"`
}

// A Held is a credential that somebody has, as far as it is known to be valid.
type Held struct {
	ID          string // of the credential
	Achievement string
	Issuer      string
	Awarded     time.Time
}

// An Answer says whether a pathway is completed.
type Answer struct {
	Earned bool
	// Used are the IDs of the credentials that were counted, sorted: those that
	// cannot be left out.
	Used []string
	// Missing are the achievements of the smallest set that would complete it,
	// sorted; of several sets of one size the first by its names. Empty where
	// nothing would.
	Missing []string
	// Hopeless: even all parts together would not do.
	Hopeless bool
}

// Limits of what a pathway may be.
const (
	MaxParts  = 50
	maxDepth  = 6
	maxChoice = 1 << 12 // ways to choose one of each group of overlapping parts
	maxSearch = 1 << 16 // sets that are looked at for the smallest one
)

// Parse reads a pathway and refuses one that could never be decided.
func Parse(b []byte) (*Pathway, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	p := &Pathway{}
	if err := d.Decode(p); err != nil {
		return nil, fmt.Errorf("not a pathway: %w", err)
	}
	return p, p.check()
}

func (p *Pathway) check() error {
	if len(p.Parts) == 0 || len(p.Parts) > MaxParts {
		return fmt.Errorf("a pathway has 1 to %d parts", MaxParts)
	}
	known := map[string]bool{}
	for _, part := range p.Parts {
		if part.Achievement == "" || known[part.Achievement] {
			return fmt.Errorf("part %q stands there twice, or has no name", part.Achievement)
		}
		known[part.Achievement] = true
		if _, err := mc.ParseDecimal(part.Credits); part.Credits != "" && err != nil {
			return fmt.Errorf("part %s: credits are %w", part.Achievement, err)
		}
	}
	grouped, choices := map[string]bool{}, 1
	for _, group := range p.Exclude {
		for _, a := range group {
			if !known[a] || grouped[a] {
				return fmt.Errorf("%q is no part, or overlaps twice", a)
			}
			grouped[a] = true
		}
		if choices *= max(len(group), 1); choices > maxChoice {
			return errors.New("too many parts overlap")
		}
	}
	if p.MaxAge < 0 {
		return errors.New("an age is not negative")
	}
	return p.Rule.check(known, 0)
}

func (r *Rule) check(known map[string]bool, depth int) error {
	set := 0
	for _, has := range [...]bool{r.Achievement != "", r.All != nil, r.Some != nil, r.Credits != nil} {
		if has {
			set++
		}
	}
	switch {
	case set != 1:
		return fmt.Errorf("a rule is one condition, not %d", set)
	case depth > maxDepth:
		return fmt.Errorf("rules stand at most %d deep in each other", maxDepth)
	case r.Achievement != "" && !known[r.Achievement]:
		return fmt.Errorf("%q is no part", r.Achievement)
	case r.Credits != nil:
		return r.Credits.check(known)
	case r.Some != nil && (r.Some.N < 1 || r.Some.N > len(r.Some.Of)):
		return fmt.Errorf("%d of %d can never be had", r.Some.N, len(r.Some.Of))
	}
	inner := r.All
	if r.Some != nil {
		inner = r.Some.Of
	}
	if len(inner) > MaxParts {
		return fmt.Errorf("a rule has at most %d conditions", MaxParts)
	}
	for i := range inner {
		if err := inner[i].check(known, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (c *Credits) check(known map[string]bool) error {
	if _, err := mc.ParseDecimal(c.Min); err != nil {
		return fmt.Errorf("%q is not %w", c.Min, err)
	}
	for _, a := range c.Of {
		if !known[a] {
			return fmt.Errorf("%q is no part", a)
		}
	}
	return nil
}

// Judge answers for what somebody holds at a moment.
func (p *Pathway) Judge(held []Held, now time.Time) Answer {
	best := p.eligible(held, now)
	has := map[string]bool{}
	for a := range best {
		has[a] = true
	}
	if p.holds(has) {
		return Answer{Earned: true, Used: p.used(best, has)}
	}
	missing, ok := p.missing(has)
	return Answer{Missing: missing, Hopeless: !ok}
}

// eligible picks for each part the newest credential that counts; of two of one
// moment the one whose ID comes first.
func (p *Pathway) eligible(held []Held, now time.Time) map[string]Held {
	best := map[string]Held{}
	for _, h := range held {
		isPart := slices.ContainsFunc(p.Parts, func(part Part) bool { return part.Achievement == h.Achievement })
		tooOld := p.MaxAge > 0 && h.Awarded.Before(now.AddDate(0, -p.MaxAge, 0))
		if !isPart || tooOld || h.Awarded.After(now) || len(p.Issuers) > 0 && !slices.Contains(p.Issuers, h.Issuer) {
			continue
		}
		old, has := best[h.Achievement]
		if !has || h.Awarded.After(old.Awarded) || h.Awarded.Equal(old.Awarded) && h.ID < old.ID {
			best[h.Achievement] = h
		}
	}
	return best
}

// used returns the credentials that cannot be left out, when they are tried in
// the order of the parts' names, last one first.
func (p *Pathway) used(best map[string]Held, has map[string]bool) []string {
	names := p.names(func(a string) bool { return has[a] })
	for _, a := range slices.Backward(names) {
		delete(has, a)
		if !p.holds(has) {
			has[a] = true
		}
	}
	var ids []string
	for a := range has {
		ids = append(ids, best[a].ID)
	}
	slices.Sort(ids)
	return ids
}

// names are the parts that pass, sorted.
func (p *Pathway) names(pass func(string) bool) []string {
	var all []string
	for _, part := range p.Parts {
		if pass(part.Achievement) {
			all = append(all, part.Achievement)
		}
	}
	slices.Sort(all)
	return all
}

// missing looks for the smallest set of parts that would do; false if all of
// them would not. Where there are too many sets to look at each, it leaves out
// one after the other what is not needed.
func (p *Pathway) missing(has map[string]bool) ([]string, bool) {
	absent := p.names(func(a string) bool { return !has[a] })
	with := func(set []string) bool {
		all := map[string]bool{}
		for a := range has {
			all[a] = true
		}
		for _, a := range set {
			all[a] = true
		}
		return p.holds(all)
	}
	if !with(absent) {
		return nil, false
	}
	looked := 0
	for size := 1; size <= len(absent); size++ {
		found, ended := firstSet(absent, size, func(set []string) bool { looked++; return with(set) }, func() bool { return looked >= maxSearch })
		if found != nil {
			return found, true
		}
		if ended {
			break
		}
	}
	needed := slices.Clone(absent)
	for _, a := range slices.Backward(absent) {
		less := slices.DeleteFunc(slices.Clone(needed), func(n string) bool { return n == a })
		if with(less) {
			needed = less
		}
	}
	return needed, true
}

// firstSet returns the first set of a size, in the order of names, that passes.
func firstSet(from []string, size int, pass func([]string) bool, stop func() bool) (found []string, ended bool) {
	var try func(start int, set []string) bool
	try = func(start int, set []string) bool {
		if len(set) == size {
			if pass(set) {
				found = slices.Clone(set)
			}
			return found != nil
		}
		for i := start; i <= len(from)-(size-len(set)); i++ {
			if stop() {
				ended = true
				return true
			}
			if try(i+1, append(set, from[i])) {
				return true
			}
		}
		return false
	}
	try(0, make([]string, 0, size))
	return found, ended
}

// holds reports whether the rule holds for some choice of one part from each
// group of overlapping ones.
func (p *Pathway) holds(has map[string]bool) bool {
	counted := map[string]bool{}
	for a := range has {
		if !slices.ContainsFunc(p.Exclude, func(g []string) bool { return slices.Contains(g, a) }) {
			counted[a] = true
		}
	}
	return p.choose(0, has, counted)
}

func (p *Pathway) choose(group int, has, counted map[string]bool) bool {
	if group == len(p.Exclude) {
		return p.satisfied(&p.Rule, counted)
	}
	one := false
	for _, a := range p.Exclude[group] {
		if !has[a] {
			continue
		}
		one = true
		counted[a] = true
		ok := p.choose(group+1, has, counted)
		delete(counted, a)
		if ok {
			return true
		}
	}
	return !one && p.choose(group+1, has, counted)
}

func (p *Pathway) satisfied(r *Rule, counted map[string]bool) bool {
	switch {
	case r.Achievement != "":
		return counted[r.Achievement]
	case r.Credits != nil:
		return p.enough(r.Credits, counted)
	case r.Some != nil:
		n := 0
		for i := range r.Some.Of {
			if p.satisfied(&r.Some.Of[i], counted) {
				n++
			}
		}
		return n >= r.Some.N
	}
	return !slices.ContainsFunc(r.All, func(inner Rule) bool { return !p.satisfied(&inner, counted) })
}

// enough adds up credits; more than can be counted is enough of anything.
func (p *Pathway) enough(c *Credits, counted map[string]bool) bool {
	low, _ := mc.ParseDecimal(c.Min)
	var sum mc.Decimal
	for _, part := range p.Parts {
		if !counted[part.Achievement] || len(c.Of) > 0 && !slices.Contains(c.Of, part.Achievement) {
			continue
		}
		d, err := mc.ParseDecimal(part.Credits)
		if err != nil {
			continue
		}
		var ok bool
		if sum, ok = sum.Plus(d); !ok {
			return true
		}
	}
	return !sum.Less(low)
}

// String names what is missing, for logs and tests.
func (a Answer) String() string {
	switch {
	case a.Earned:
		return "earned with " + strings.Join(a.Used, ", ")
	case a.Hopeless:
		return "cannot be earned"
	}
	return "missing " + strings.Join(a.Missing, ", ")
}
