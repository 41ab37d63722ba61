package pathway

import (
	"slices"
	"strings"
	"time"

	mc "merkki/schema/microcredential"
)

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
