package schema_test

import (
	"bytes"
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

// Published badges of others get the outcome that is listed for them, but for
// what is not read here: VC Data Model 1.1, and a status index that is a number,
// which only a tolerant policy of package verifier reads.
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
	other := map[string]string{
		"validator-ob30/simple_v1.json":                                 "fail",
		"dcc/v1OBv3SpecExample.json":                                    "fail",
		"validator-ob30/bit-string-list/credential-status-revoked.json": "fail",
	}
	seen := 0
	for _, f := range index.Fixtures {
		want := f.Expected.Checks["document.schema"]
		if filepath.Ext(f.Path) != ".json" || want == "" {
			continue
		}
		seen++
		if o, ok := other[f.Path]; ok {
			want = o
		}
		if finding, got := outcomeOf(t, judge.Data(t, "openbadges", f.Path)); got.String() != want {
			t.Errorf("%s: %v (%s), want %s", f.Path, got, finding, want)
		}
	}
	if seen < 5 {
		t.Errorf("only %d badges have an expectation", seen)
	}
}

// The inputs of the W3C test suite for VC Data Model 2.0, with the issuer and
// the times that the suite puts in. Those that fail for their contexts or terms are for package
// jsonld to refuse, and listed.
func TestW3CInputs(t *testing.T) {
	notOurs := []string{
		"credential-context-combo3-fail",                            // an address that is not registered
		"credential-redef-type-fail", "credential-redef-type2-fail", // a protected term
		"credential-type-mapped-nonurl-fail", "credential-type-unmapped-fail", // types without meaning
		"credential-proof-missing-type-fail", // for package proof
	}
	files, err := filepath.Glob(filepath.Join(judge.Data(t, "vectors", "vcdm2-input"), "credential-*.json"))
	if err != nil || len(files) < 60 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		if _, there := v["issuer"]; !there && name != "credential-no-issuer-fail" {
			v["issuer"] = "did:example:issuer"
		} else if name == "credential-issuer-object-ok" {
			v["issuer"] = map[string]string{"id": "did:example:issuer"}
		}
		if b, err = json.Marshal(v); err != nil {
			t.Fatal(err)
		}
		b = bytes.ReplaceAll(b, []byte("PAST DATE"), []byte("2020-01-01T00:00:00Z"))
		b = bytes.ReplaceAll(b, []byte("FUTURE DATE"), []byte("2120-01-01T00:00:00Z"))
		finding, outcome := outcomeOfBytes(b)
		refused := outcome == schema.Fail
		want := !strings.HasSuffix(name, "-ok")
		if slices.Contains(notOurs, name) {
			want = !want
		}
		if refused != want {
			t.Errorf("%s: %v %s", name, outcome, finding)
		}
	}
}
