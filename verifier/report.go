package verifier

import (
	"encoding/json"
	"time"

	"merkki/schema"
)

// A Report says of every check, in order, what came of it. Its JSON form is a
// public interface: members are added, never renamed.
type Report struct {
	Verdict Verdict `json:"verdict"`
	// Test says that the issuer is one for trying things out: nothing it signed
	// is worth anything, whatever the verdict.
	Test bool `json:"test,omitempty"`
	// CheckedAt is when the checks ran, EvaluatedAt the moment at which
	// validity, lists and keys were judged. Both are UTC, whole seconds.
	CheckedAt   time.Time `json:"checkedAt"`
	EvaluatedAt time.Time `json:"evaluatedAt"`
	Input       Input     `json:"input"`
	// Pointer is where this document stands in the one around it, in a report
	// that is part of another: evidence "reports" of the checks endorsements and
	// presentation.binding, each a []*Report.
	Pointer string `json:"pointer,omitempty"`
	// Refreshed says that this report is about the newer copy that the
	// credential asked about has been replaced by.
	Refreshed *Refreshed `json:"refreshed,omitempty"`
	// Superseded says that the service which issued the credential replaced it,
	// SupersededBy by which one and RenewedBy which one goes on from it: addresses
	// that may be told. Only that service knows; package verifier never sets them.
	Superseded   bool   `json:"superseded,omitempty"`
	SupersededBy string `json:"supersededBy,omitempty"`
	RenewedBy    string `json:"renewedBy,omitempty"`
	// Primary is the finding that decided the verdict, nil when it is Valid.
	Primary *Primary      `json:"primary"`
	Checks  []CheckResult `json:"checks"`
	// Credential is what the signature covers, null unless proof.signature and
	// key.controller passed.
	Credential json.RawMessage `json:"credential"`

	claims schema.Value
	signed bool
	stated schema.Value
}

// Input names what was verified.
type Input struct {
	Kind   string `json:"kind"`   // "json", "jws", "png", "svg", "pdf", "empty"
	SHA256 string `json:"sha256"` // hex, of the bytes as they came
}

// Refreshed says what a newer copy of a credential took the place of.
type Refreshed struct {
	URL   string `json:"url"`   // of the refresh service
	Input Input  `json:"input"` // what came, and was replaced
}

// Primary is the finding that names the verdict: that of the first check that
// failed or, if none failed, of the first that is unknown.
type Primary struct {
	Check   string         `json:"check"`
	Outcome schema.Outcome `json:"outcome"`
	Code    schema.Code    `json:"code"`
	Finding string         `json:"finding"`
}

// A CheckResult is the line of one check.
type CheckResult struct {
	Name     string         `json:"name"`
	Status   schema.Outcome `json:"status"`
	Code     schema.Code    `json:"code,omitempty"` // absent unless fail, unknown or warn
	Finding  string         `json:"finding"`        // message code: a row of Findings
	Pointer  string         `json:"pointer,omitempty"`
	Args     map[string]any `json:"args"` // never nil
	Citation string         `json:"citation"`
	// Needs names, on a check that was not run, those it waited for in vain.
	Needs []string `json:"needs,omitempty"`
	// Also holds further findings, warnings included, worst first.
	Also []Also `json:"also,omitempty"`
	// Evidence is for an expert: canonical N-Quads, hashes, the resolved key.
	Evidence map[string]any `json:"evidence,omitempty"`
}

// Also is a further finding of a check.
type Also struct {
	Outcome schema.Outcome `json:"outcome"`
	Code    schema.Code    `json:"code,omitempty"`
	Finding string         `json:"finding"`
	Pointer string         `json:"pointer,omitempty"`
	Args    map[string]any `json:"args"`
}

// Check returns the result of a check by name; a name that is not in the
// report comes back as not-run, never as passed.
func (r *Report) Check(name string) CheckResult {
	for _, c := range r.Checks {
		if c.Name == name {
			return c
		}
	}
	return CheckResult{Name: name, Status: schema.NotRun, Finding: FindingNotRun, Args: map[string]any{}}
}

// Claims returns what the signature covers, and false unless proof.signature
// and key.controller passed. It is what Credential holds, still as a tree.
func (r *Report) Claims() (schema.Value, bool) { return r.claims, r.signed }

// Stated returns what the document says of itself, whether anybody signed it or
// not, and false when it is no object that could be read. It may be shown as the
// document's own words and nothing may be decided from it.
func (r *Report) Stated() (schema.Value, bool) { return r.stated, r.stated.Kind == schema.Object }
