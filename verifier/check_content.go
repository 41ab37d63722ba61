package verifier

import (
	"context"
	"time"

	"merkki/schema"
)

// checkValidity compares the signed period with the moment asked about.
func checkValidity(_ context.Context, c *caseFile) (answer, error) {
	p := periodOf(c.opened.Claims)
	args := map[string]any{"at": schema.FormatTime(c.at)}
	if !p.from.IsZero() {
		args["validFrom"] = schema.FormatTime(p.from)
	}
	if !p.until.IsZero() {
		args["validUntil"] = schema.FormatTime(p.until)
	}
	from, until := schema.DataModelOf(c.opened.Claims).Period()
	var faults []*schema.Fault
	if p.isPast(c.at) {
		faults = append(faults, schema.Found("validity.expired", "/"+until, args))
	}
	if p.isAhead(c.at) {
		faults = append(faults, schema.Found("validity.not-yet", "/"+from, args))
	}
	return pass("validity.current", args, faults...), nil
}

// A period is from when until when a credential holds, zero where absent. Both moments
// belong to it (VC Data Model 2.0, section 4.9).
type period struct{ from, until time.Time }

// periodOf reads the period of a document whose times document.schema has
// found to be well formed.
func periodOf(claims schema.Value) (p period) {
	from, until := schema.DataModelOf(claims).Period()
	p.from, _ = schema.ParseTime(claims.GetString(from))
	p.until, _ = schema.ParseTime(claims.GetString(until))
	return p
}

func (p period) isPast(at time.Time) bool { return !p.until.IsZero() && at.After(p.until) }

// isAhead forgives the difference between two clocks.
func (p period) isAhead(at time.Time) bool { return p.from.After(at.Add(leeway)) }

// checkConsistent looks at what results say about the achievement.
func checkConsistent(_ context.Context, c *caseFile) (answer, error) {
	faults := schema.CheckConsistency(c.opened.Claims)
	if len(faults) == 0 && !hasAchievement(c.opened.Claims) {
		return notApplicable("achievement.none", nil), nil
	}
	return pass("achievement.coherent", nil, faults...), nil
}

func hasAchievement(claims schema.Value) bool {
	for _, s := range claims.GetList("credentialSubject") {
		if _, ok := s.Get("achievement"); ok {
			return true
		}
	}
	return false
}
