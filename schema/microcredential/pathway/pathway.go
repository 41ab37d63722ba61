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
