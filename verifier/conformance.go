package verifier

import (
	"slices"

	"merkki/schema"
)

// What the policies for test suites (Policy.ConformanceUnsafe, .ForeignKeyUnsafe)
// change stands here; the checks ask.

// takesAnyKey says whether somebody else's key is as good as the party's.
func (c *caseFile) takesAnyKey() bool {
	return c.v.Policy.ForeignKeyUnsafe || c.v.Policy.ConformanceUnsafe && c.role == presenting
}

// takesAnyHolder says whether a presentation may show credentials about others.
func (c *caseFile) takesAnyHolder() bool { return c.v.Policy.ConformanceUnsafe }

// dataModel returns what judges the form of a credential.
func (c *caseFile) dataModel() func(schema.Value) []*schema.Fault {
	if c.v.Policy.ConformanceUnsafe {
		return func(claims schema.Value) []*schema.Fault {
			return slices.DeleteFunc(schema.CheckVerifiableCredential(claims), isUndisclosedDate)
		}
	}
	return schema.CheckCredential
}

// isUndisclosedDate tells the date that data model 1.1 requires and that suites
// for selective disclosure do not disclose.
func isUndisclosedDate(f *schema.Fault) bool {
	return f.Finding == "schema.shape" && f.Args["member"] == "issuanceDate" && f.Args["found"] == "absent"
}

// weighStatus leaves aside, with a warning, entries that are not read and lists
// that cannot be had.
func (c *caseFile) weighStatus(faults []*schema.Fault) []*schema.Fault {
	for i, f := range faults {
		if c.v.Policy.ConformanceUnsafe && (f.Finding == "status.type-unknown" || f.Finding == "status.unreachable") {
			faults[i] = f.Weighing(schema.Warn)
		}
	}
	return faults
}
