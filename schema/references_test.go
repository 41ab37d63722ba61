package schema_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
)

// outcomeOf reads a document and judges its form: the finding that decides, and
// pass, warn or fail (unknown for limits).
func outcomeOf(t *testing.T, file string) (finding string, outcome schema.Outcome) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return outcomeOfBytes(b)
}

func outcomeOfBytes(b []byte) (finding string, outcome schema.Outcome) {
	d, err := schema.Parse(b, schema.Limits{})
	if f, ok := errors.AsType[*schema.Fault](err); ok {
		return f.Finding, f.Outcome
	}
	outcome = schema.Pass
	for _, f := range schema.CheckCredential(d.Root()) {
		if f.Outcome == schema.Fail {
			return f.Finding, schema.Fail
		}
		finding, outcome = f.Finding, schema.Warn
	}
	return finding, outcome
}

// Of every attack in JSON the parser and this check find exactly those that are
// theirs to find, and let the others through to who has to find them.
func TestAttacksOnForm(t *testing.T) {
	folder := filepath.Join(judge.Root(), "testdata", "attacks")
	index, err := os.ReadFile(filepath.Join(folder, "index.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	earlier := []string{"document.contexts", "document.terms"} // these say first what this check may say too
	seen := 0
	for line := range strings.Lines(string(index)) {
		var row struct{ Path, Op, Verdict, Check, Finding, Outcome, Encoding string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if row.Op != "verify" || filepath.Ext(row.Path) != ".json" || slices.Contains(earlier, row.Check) {
			continue
		}
		seen++
		finding, outcome := outcomeOf(t, filepath.Join(folder, row.Path))
		if row.Check == "document.syntax" || row.Check == "document.schema" || row.Check == "input.size" {
			if finding != row.Finding || outcome.String() != row.Outcome {
				t.Errorf("%s: %v %s, want %s %s", row.Path, outcome, finding, row.Outcome, row.Finding)
			}
		} else if outcome == schema.Fail || outcome == schema.Unknown {
			t.Errorf("%s: %v %s, want nothing here", row.Path, outcome, finding)
		}
	}
	if seen < 30 {
		t.Errorf("only %d rows", seen)
	}
}

// Published badges of others, over VC Data Model 2.0 and 1.1, get the outcome
// that is listed for them. A warning is listed where an array-strict schema
// misses the list around a lone proof, which is no remark on a credential here;
// and only a tolerant policy of package verifier reads a status index that is a
// number.
func TestPublishedBadges(t *testing.T) {
	b, err := os.ReadFile(judge.Data(t, "openbadges", "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var index struct {
		Fixtures []struct {
			Path     string
			Expected struct{ Checks map[string]string }
		}
	}
	if err := json.Unmarshal(b, &index); err != nil {
		t.Fatal(err)
	}
	const numericIndex = "validator-ob30/bit-string-list/credential-status-revoked.json"
	seen := 0
	for _, f := range index.Fixtures {
		want := f.Expected.Checks["document.schema"]
		if filepath.Ext(f.Path) != ".json" || want == "" {
			continue
		}
		seen++
		if proof, _ := document(t, judge.Data(t, "openbadges", f.Path)).Root().Get("proof"); want == "warn" && proof.Kind == schema.Object {
			want = "pass"
		}
		if f.Path == numericIndex {
			want = "fail"
		}
		if finding, got := outcomeOf(t, judge.Data(t, "openbadges", f.Path)); got.String() != want {
			t.Errorf("%s: %v (%s), want %s", f.Path, got, finding, want)
		}
	}
	if seen < 5 {
		t.Errorf("only %d badges have an expectation", seen)
	}
}

func document(t *testing.T, file string) *schema.Document {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d, err := schema.Parse(b, schema.Limits{})
	if err != nil {
		t.Fatal(file, err)
	}
	return d
}
