package issuer

import (
	"context"
	"strings"
	"sync"
	"time"

	"merkki/keys"
	"merkki/schema"
)

// A plan is what the rows of a batch have in common, looked up once.
type plan struct {
	s     *Service
	actor Actor
	order BatchOrder

	mu    sync.Mutex
	named map[string]*planned // by what a row or the order calls it; guarded by mu
	codes map[string][]string // humanCode → addresses; nil before it is asked for
}

// A planned achievement is one version with what is constant for its
// credentials.
type planned struct {
	achievement Achievement
	institution Institution
	results     []schema.ResultDescription

	mu     sync.Mutex
	with   []signing // opened at most once a second: keys change while a batch runs
	opened time.Time
	shapes map[string]*meeting // of documents that were rehearsed with these keys
}

func (s *Service) plan(a Actor, o BatchOrder) *plan {
	return &plan{s: s, actor: a, order: o, named: map[string]*planned{}}
}

// find returns the achievement that a row means.
func (p *plan) find(ctx context.Context, ref string) (*planned, error) {
	if ref == "" {
		ref = p.order.Achievement
	}
	if ref == "" {
		return nil, rowFault(schema.CodeMalformedValueError, "achievement-missing")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if known, ok := p.named[ref]; ok {
		return known, nil
	}
	a, err := p.lookUp(ctx, ref)
	if err != nil {
		return nil, err
	}
	if !p.actor.sees(a.Issuer) {
		return nil, rowFault(schema.CodeNotFound, "achievement-unknown")
	}
	i, err := p.s.Institution(ctx, a.Issuer)
	if err != nil {
		return nil, err
	}
	made := &planned{achievement: a, institution: i, results: schema.AchievementOf(a.Definition).ResultDescription, shapes: map[string]*meeting{}}
	if len(p.named) < 10_000 { // every row may call it something else
		p.named[ref] = made
	}
	return made, nil
}

// lookUp finds an achievement by its code, else by ID or address. A code that
// two achievements have names neither.
func (p *plan) lookUp(ctx context.Context, ref string) (Achievement, error) {
	if p.codes == nil {
		all, err := p.s.Achievements(ctx)
		if err != nil {
			return Achievement{}, err
		}
		newest := map[string]Achievement{}
		for _, a := range all { // a later version is the newer one
			if p.actor.sees(a.Issuer) {
				newest[a.ID] = a
			}
		}
		p.codes = map[string][]string{}
		for _, a := range newest {
			if code := strings.TrimSpace(a.Definition.GetString("humanCode")); code != "" {
				p.codes[code] = append(p.codes[code], a.URL)
			}
		}
	}
	switch urls := p.codes[ref]; len(urls) {
	case 0:
	case 1:
		ref = urls[0]
	default:
		return Achievement{}, rowFault(schema.CodeMalformedValueError, "achievement-ambiguous", "n", len(urls))
	}
	a, err := p.s.Achievement(ctx, ref)
	if f := faultIn(err); f != nil && f.Code == schema.CodeNotFound {
		return a, rowFault(schema.CodeNotFound, "achievement-unknown")
	}
	return a, err
}

// signings opens the keys that sign.
func (p *planned) signings(ctx context.Context, s *Service) ([]signing, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.with != nil && time.Since(p.opened) < time.Second {
		return p.with, nil
	}
	with, err := s.signings(ctx, p.institution, keys.Credentials)
	if err != nil {
		return nil, err
	}
	same := len(with) == len(p.with)
	for n := 0; same && n < len(with); n++ {
		same = with[n].format == p.with[n].format && with[n].key.VerificationMethod() == p.with[n].key.VerificationMethod()
	}
	if !same {
		p.shapes = map[string]*meeting{}
	}
	p.with, p.opened = with, time.Now()
	return with, nil
}

// maxShapes bounds what is remembered of one achievement.
const maxShapes = 200

// rowFault is a fault with words of its own ("row." and the problem, in package
// i18n).
func rowFault(code schema.Code, problem string, pairs ...any) *schema.Fault {
	args := map[string]any{"problem": problem}
	for n := 0; n+1 < len(pairs); n += 2 {
		args[pairs[n].(string)] = pairs[n+1]
	}
	return schema.Refusal(code, "", args)
}
