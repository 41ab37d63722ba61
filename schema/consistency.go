package schema

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// CheckConsistency is the check achievement.consistent: what results say has to
// fit the result descriptions of the achievement (Open Badges 3.0, Result and
// ResultDescription). No JSON Schema can say these rules.
func CheckConsistency(claims Value) []*Fault {
	subject, _ := claims.Get("credentialSubject")
	achievement, _ := subject.Get("achievement")
	faults := checkDescriptions(achievement, "/credentialSubject/achievement")
	descriptions := each(achievement, "resultDescription", resultDescriptionOf)
	forEachObject(subject, "result", "/credentialSubject", func(v Value, pointer string) {
		faults = append(faults, checkResult(ResultOf(v), pointer, descriptions)...)
	})
	return inOrder(claims, faults)
}

// checkDescriptions looks at an achievement alone.
func checkDescriptions(achievement Value, pointer string) (faults []*Fault) {
	faults = checkUniqueIDs(achievement, pointer)
	forEachObject(achievement, "resultDescription", pointer, func(v Value, at string) {
		d := resultDescriptionOf(v)
		if d.RequiredLevel != "" && !hasLevel(d, d.RequiredLevel) {
			faults = append(faults, inconsistent("achievement.level-unknown", at, "requiredLevel", d.RequiredLevel))
		}
		if d.RequiredValue != "" && !isAllowed(d, d.RequiredValue) {
			faults = append(faults, inconsistent("achievement.value-not-allowed", at, "requiredValue", d.RequiredValue))
		}
	})
	return faults
}

func checkResult(r Result, pointer string, all []ResultDescription) (faults []*Fault) {
	candidates := all // of a result that names no description, any may be meant
	if r.ResultDescription != "" {
		i := slices.IndexFunc(all, func(d ResultDescription) bool { return d.ID == r.ResultDescription })
		if i < 0 {
			return []*Fault{inconsistent("achievement.result-reference", pointer, "resultDescription", r.ResultDescription)}
		}
		candidates = all[i : i+1]
		if d := all[i]; d.ResultType == "Status" && r.Status == "" {
			faults = append(faults, Found("achievement.status-missing", pointer, map[string]any{"member": "status", "name": d.Name}))
		}
		if d := all[i]; r.Value != "" && !isAllowed(d, r.Value) {
			faults = append(faults, inconsistent("achievement.value-not-allowed", pointer, "value", r.Value))
		}
	}
	known := func(d ResultDescription) bool { return hasLevel(d, r.AchievedLevel) }
	if r.AchievedLevel != "" && !slices.ContainsFunc(candidates, known) {
		faults = append(faults, inconsistent("achievement.level-unknown", pointer, "achievedLevel", r.AchievedLevel))
	}
	return faults
}

func inconsistent(finding, pointer, member, found string) *Fault {
	return Found(finding, PointerTo(pointer, member), map[string]any{"member": member, "found": found})
}

// checkUniqueIDs refuses one id for two things inside an achievement. In RDF
// they are one thing with the statements of both, and a result that names it
// could mean either. The same said twice is no contradiction.
func checkUniqueIDs(achievement Value, pointer string) (faults []*Fault) {
	seen := map[string]string{}
	if id := achievement.GetString("id"); id != "" {
		seen[id] = ""
	}
	look := func(v Value, at string) {
		id, key := v.GetString("id"), sameKey(v)
		if before, again := seen[id]; id != "" && again && before != key {
			faults = append(faults, inconsistent("achievement.duplicate-id", at, "id", id))
		}
		seen[id] = key
	}
	forEachObject(achievement, "resultDescription", pointer, func(d Value, at string) {
		look(d, at)
		forEachObject(d, "rubricCriterionLevel", at, look)
	})
	return faults
}

func hasLevel(d ResultDescription, id string) bool {
	return slices.ContainsFunc(d.RubricCriterionLevel, func(l RubricCriterionLevel) bool { return l.ID == id })
}

// isAllowed says whether a value is among the allowed ones or, where none are
// listed, between the bounds; a bound counts when it and the value are numbers.
func isAllowed(d ResultDescription, value string) bool {
	if len(d.AllowedValue) > 0 {
		return slices.Contains(d.AllowedValue, value)
	}
	n, ok := decimal(value)
	if !ok {
		return true
	}
	lowest, hasLowest := decimal(d.ValueMin)
	highest, hasHighest := decimal(d.ValueMax)
	return (!hasLowest || n.Cmp(lowest) >= 0) && (!hasHighest || n.Cmp(highest) <= 0)
}

// decimal reads a number as people write grades: sign, digits, fraction. It is
// exact, and bounded so that no grade costs time.
func decimal(s string) (*big.Rat, bool) {
	const most = 40
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 || len(s) > most || digits == "" || digits[0] == '.' || strings.Trim(digits, "0123456789.") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// forEachObject visits the objects of a member in array or compacted form.
func forEachObject(v Value, name, pointer string, visit func(v Value, pointer string)) {
	m, there := v.Get(name)
	if !there {
		return
	}
	at := PointerTo(pointer, name)
	for i, item := range m.List() {
		if item.Kind != Object {
			continue
		}
		if m.Kind == Array {
			visit(item, PointerTo(at, strconv.Itoa(i)))
		} else {
			visit(item, at)
		}
	}
}
