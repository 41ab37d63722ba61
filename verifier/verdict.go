package verifier

import "merkki/schema"

// A Verdict is what all checks add up to.
type Verdict string

// The verdicts. There is no other, and the empty one is a bug.
const (
	Valid         Verdict = "valid"
	Invalid       Verdict = "invalid"
	Indeterminate Verdict = "indeterminate"
)

// judge computes the verdict and the finding that names it (security model,
// section 2). The results have to be those of all checks, in order: a list
// that lacks one, or in which one was not run, is at best indeterminate.
func judge(results []CheckResult) (Verdict, *Primary) {
	if p := firstWith(results, schema.Fail); p != nil {
		return Invalid, p
	}
	if p := firstWith(results, schema.Unknown); p != nil {
		return Indeterminate, p
	}
	if len(results) != len(checks) {
		return Indeterminate, nil
	}
	for i, r := range results {
		if r.Name != checks[i].Name || !passed(r.Status) {
			return Indeterminate, nil
		}
	}
	return Valid, nil
}

func firstWith(results []CheckResult, o schema.Outcome) *Primary {
	for _, r := range results {
		if r.Status == o {
			return &Primary{Check: r.Name, Outcome: r.Status, Code: r.Code, Finding: r.Finding}
		}
	}
	return nil
}

// passed says whether an outcome lets the checks that need it run.
func passed(o schema.Outcome) bool {
	return o == schema.Pass || o == schema.Warn || o == schema.NotApplicable
}
