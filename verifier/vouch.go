package verifier

import (
	"maps"
	"slices"

	"merkki/schema"
)

// Vouched returns the report as it would have been had its reader known the
// issuer, where that was the question: the check issuer.trusted passes with the
// finding issuer.vouched, and the verdict is computed anew. Nothing is asked of
// anybody, and every other line stays as it was. A report that is about another
// issuer, that names an issuer which was asked for in vain, or whose issuer was not
// proven, is returned as it is: knowing somebody proves no signature.
func (r *Report) Vouched(issuer string) *Report {
	i := slices.IndexFunc(r.Checks, func(c CheckResult) bool { return c.Name == "issuer.trusted" })
	if i < 0 || issuer == "" {
		return r
	}
	c := r.Checks[i]
	if _, asked := c.Args["asked"]; asked || c.Finding != "issuer.unlisted" || c.Args["issuer"] != issuer {
		return r
	}
	known := *r
	known.Checks = slices.Clone(r.Checks)
	known.Checks[i] = CheckResult{Name: c.Name, Status: schema.Pass, Finding: "issuer.vouched", Args: maps.Clone(c.Args),
		Citation: c.Citation, Also: c.Also, Evidence: c.Evidence}
	known.Verdict, known.Primary = judge(known.Checks)
	return &known
}
