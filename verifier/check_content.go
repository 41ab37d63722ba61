package verifier

import (
	"context"
	"strconv"
	"strings"

	"merkki/schema"
)

// checkValidity compares the signed period with the moment asked about.
func checkValidity(_ context.Context, c *caseFile) (answer, error) {
	claims := c.opened.Claims
	args := map[string]any{"at": schema.FormatTime(c.at)}
	var faults []*schema.Fault
	for _, name := range []string{"validFrom", "validUntil"} {
		text := claims.GetString(name)
		if text == "" {
			continue
		}
		t, err := schema.ParseTime(text)
		if err != nil {
			return answer{faults: []*schema.Fault{schema.Found("schema.time", "/"+name, map[string]any{"found": text})}}, nil
		}
		args[name] = schema.FormatTime(t)
		switch {
		case name == "validUntil" && c.at.After(t):
			faults = append(faults, schema.Found("validity.expired", "/validUntil", args))
		case name == "validFrom" && t.After(c.at.Add(leeway)):
			faults = append(faults, schema.Found("validity.not-yet", "/validFrom", args))
		}
	}
	return pass("validity.current", args, faults...), nil
}

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
