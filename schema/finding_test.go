package schema_test

import (
	"slices"
	"strings"
	"testing"

	"merkki/schema"
)

func TestTheTableOfFindings(t *testing.T) {
	codes := schema.Codes()
	seen, order := map[string]bool{}, []string{}
	for i, row := range schema.Findings() {
		if seen[row.Finding] {
			t.Errorf("%s stands twice", row.Finding)
		}
		seen[row.Finding] = true
		if !slices.Contains(codes, row.Code) {
			t.Errorf("%s has the code %s, which does not exist", row.Finding, row.Code)
		}
		if row.Outcome != schema.Fail && row.Outcome != schema.Unknown && row.Outcome != schema.Warn {
			t.Errorf("%s has the outcome %v, which is no finding's", row.Finding, row.Outcome)
		}
		if row.Code == schema.CodeLimitExceeded && row.Outcome != schema.Unknown {
			t.Errorf("%s: our own limit is no evidence against anything", row.Finding)
		}
		if schema.Rank(row.Finding) != i {
			t.Errorf("%s has rank %d, want %d", row.Finding, schema.Rank(row.Finding), i)
		}
		if len(order) == 0 || order[len(order)-1] != row.Check {
			order = append(order, row.Check)
		}
	}
	if slices.Sort(order); len(slices.Compact(order)) != len(order) {
		t.Errorf("rows of one check do not stand together: %v", order)
	}
	if schema.Rank("no.such") != len(schema.Findings()) {
		t.Error("what the table lacks does not come last")
	}
}

func TestCodesHaveTypesAndStatuses(t *testing.T) {
	for code, want := range map[schema.Code]string{
		schema.CodeParsingError:           "https://www.w3.org/TR/vc-data-model#PARSING_ERROR",
		schema.CodeDataLossDetectionError: "https://w3id.org/security#DATA_LOSS_DETECTION_ERROR",
		schema.CodeUnboundKey:             "/problems/unbound-key",
	} {
		if code.Type() != want {
			t.Errorf("%s: %s, want %s", code, code.Type(), want)
		}
	}
	for _, code := range schema.Codes() {
		if s := code.Status(); s < 400 || s > 599 {
			t.Errorf("%s: status %d", code, s)
		}
	}
	if schema.Code("NO_SUCH").Status() != 500 {
		t.Error("a code that does not exist is a fault of ours")
	}
}

// Arguments travel into logs, pages and terminals.
func TestArgumentsAreShortAndHarmless(t *testing.T) {
	f := schema.Found("syntax.not-json", "", map[string]any{"found": "\x1b[31m\u009b\n" + strings.Repeat("ä", 300), "offset": 5})
	got := f.Args["found"].(string)
	if n := len([]rune(got)); n != 200 {
		t.Errorf("%d characters", n)
	}
	if strings.ContainsAny(got, "\x1b\u009b\n") {
		t.Errorf("control characters in %q", got)
	}
	if f.Args["offset"] != 5 {
		t.Error("a number was changed")
	}
}

func TestFoundPanicsOnWhatTheTableLacks(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a finding without a row was accepted")
		}
	}()
	schema.Found("no.such", "", nil)
}

func TestOutcomesReadBack(t *testing.T) {
	for o := schema.NotRun; o <= schema.NotApplicable; o++ {
		b, err := o.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back schema.Outcome
		if err := back.UnmarshalText(b); err != nil || back != o {
			t.Errorf("%s reads back as %v, %v", b, back, err)
		}
	}
	var o schema.Outcome
	if o.UnmarshalText([]byte("passed")) == nil {
		t.Error("passed is no outcome")
	}
	if (schema.Outcome(0)) != schema.NotRun {
		t.Error("an outcome that nobody set looks as if somebody had")
	}
}
