package verifier

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"merkki/schema"
	"merkki/schema/jsonld"
)

// An answer is what a check found, before it becomes a line of the report.
type answer struct {
	// good is the finding when nothing is wrong, outcome then Pass or
	// NotApplicable. Without it a check that has only warnings is itself a
	// warning.
	good    string
	outcome schema.Outcome
	args    map[string]any
	// faults are all that was found against, in the order of the document.
	faults []*schema.Fault
	// needs is set only by a check that found out by itself that it cannot run.
	needs    []string
	evidence map[string]any
}

func pass(finding string, args map[string]any, faults ...*schema.Fault) answer {
	return answer{good: finding, outcome: schema.Pass, args: args, faults: faults}
}

func notApplicable(finding string, args map[string]any) answer {
	return answer{good: finding, outcome: schema.NotApplicable, args: args}
}

func notRun(needs ...string) answer { return answer{needs: needs} }

// against is the answer of a check that can only tell what is wrong: with no
// faults it is a pass.
func against(good string, faults []*schema.Fault) answer {
	if len(faults) == 0 {
		return pass(good, nil)
	}
	return answer{faults: faults}
}

// severity orders outcomes for the choice of a check's main finding.
func severity(o schema.Outcome) int {
	switch o {
	case schema.Fail:
		return 0
	case schema.Unknown:
		return 1
	default:
		return 2
	}
}

// result turns an answer into the line of a check. The main finding is the
// worst one; among equals the table of findings decides, then the document.
func (a answer) result(row Check) CheckResult {
	r := CheckResult{Name: row.Name, Citation: row.Citation, Args: map[string]any{}, Evidence: a.evidence}
	faults := slices.Clone(a.faults)
	slices.SortStableFunc(faults, func(x, y *schema.Fault) int {
		return cmp.Or(cmp.Compare(severity(x.Outcome), severity(y.Outcome)),
			cmp.Compare(schema.Rank(x.Finding), schema.Rank(y.Finding)))
	})
	switch {
	case len(a.needs) > 0:
		r.Status, r.Finding, r.Needs = schema.NotRun, FindingNotRun, a.needs
	case len(faults) > 0 && (a.good == "" || faults[0].Outcome != schema.Warn):
		f := faults[0]
		r.Status, r.Code, r.Finding, r.Pointer, r.Args = f.Outcome, f.Code, f.Finding, f.Pointer, present(f.Args)
		faults = faults[1:]
	default:
		r.Status, r.Finding, r.Args = a.outcome, a.good, present(a.args)
	}
	for _, f := range faults[:min(len(faults), maxAlso)] {
		r.Also = append(r.Also, Also{f.Outcome, f.Code, f.Finding, f.Pointer, present(f.Args)})
	}
	return r
}

// maxAlso bounds what one check reports besides its main finding: a document
// can hold thousands of undefined terms.
const maxAlso = 50

// present makes arguments fit for a report: never nil, and never more of the
// input than a sentence needs.
func present(args map[string]any) map[string]any {
	if args == nil {
		return map[string]any{}
	}
	return schema.ClipArgs(args)
}

// faultsOf takes an error of a lower room apart. An error that is none about
// the input is reported as the fallback finding, unless the caller has gone
// away: then there is nothing to report and the third result is the reason.
func faultsOf(ctx context.Context, err error, fallback, pointer string) ([]*schema.Fault, error) {
	if err == nil {
		return nil, nil
	}
	if many, ok := errors.AsType[jsonld.Faults](err); ok && len(many) > 0 {
		return many, nil
	}
	if one, ok := errors.AsType[*schema.Fault](err); ok {
		return []*schema.Fault{one}, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	// The words of such an error are for a log: they may name what is ours.
	return []*schema.Fault{schema.Found(fallback, pointer, map[string]any{"reason": "internal"})}, nil
}
