package verifier

import (
	"context"
	"strconv"
	"strings"
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
	var faults []*schema.Fault
	if p.isPast(c.at) {
		faults = append(faults, schema.Found("validity.expired", "/validUntil", args))
	}
	if p.isAhead(c.at) {
		faults = append(faults, schema.Found("validity.not-yet", "/validFrom", args))
	}
	return pass("validity.current", args, faults...), nil
}

// A period is validFrom and validUntil, zero where absent. Both moments
// belong to it (VC Data Model 2.0, section 4.9).
type period struct{ from, until time.Time }

// periodOf reads the period of a document whose times document.schema has
// found to be well formed.
func periodOf(claims schema.Value) (p period) {
	p.from, _ = schema.ParseTime(claims.GetString("validFrom"))
	p.until, _ = schema.ParseTime(claims.GetString("validUntil"))
	return p
}

func (p period) isPast(at time.Time) bool { return !p.until.IsZero() && at.After(p.until) }

// isAhead forgives the difference between two clocks.
func (p period) isAhead(at time.Time) bool { return p.from.After(at.Add(leeway)) }

// checkConsistent looks at what results say about the achievement, and notes
// hashes of the recipient that hide nothing.
func checkConsistent(_ context.Context, c *caseFile) (answer, error) {
	faults := schema.CheckConsistency(c.opened.Claims)
	faults = append(faults, weakHashes(c.opened.Claims)...)
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

// weakHashes finds hashed identities (Open Badges 3.0, IdentityObject) that a
// list of likely names undoes in no time: MD5, no salt, or a salt that is too
// short to hold 128 bits whatever its encoding.
func weakHashes(claims schema.Value) (faults []*schema.Fault) {
	subject, _ := claims.Get("credentialSubject")
	for i, s := range claims.GetList("credentialSubject") {
		identifiers, _ := s.Get("identifier")
		for j, id := range s.GetList("identifier") {
			hashed, _ := id.Get("hashed")
			hash := id.GetString("identityHash")
			if !hashed.True || strings.HasPrefix(hash, "sha256$") && len(id.GetString("salt")) >= 16 {
				continue
			}
			algorithm, _, _ := strings.Cut(hash, "$")
			pointer := pointerTo(identifiers, pointerTo(subject, "/credentialSubject", i)+"/identifier", j)
			faults = append(faults, schema.Found("recipient.weak-hash", pointer,
				map[string]any{"algorithm": algorithm, "salt": strconv.Itoa(len(id.GetString("salt")))}))
		}
	}
	return faults
}
