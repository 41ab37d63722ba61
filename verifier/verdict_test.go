package verifier

import (
	"slices"
	"testing"

	"merkki/schema"
	"pgregory.net/rapid"
)

// anyResults draws a line for every check, each with any outcome.
func anyResults(t *rapid.T) []CheckResult {
	outcomes := []schema.Outcome{schema.NotRun, schema.Pass, schema.Fail, schema.Warn, schema.Unknown, schema.NotApplicable}
	results := make([]CheckResult, len(checks))
	for i, row := range checks {
		// Mostly passes, or nothing else would ever be drawn than invalid.
		o := schema.Pass
		if rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
			o = rapid.SampledFrom(outcomes).Draw(t, row.Name)
		}
		results[i] = CheckResult{Name: row.Name, Status: o, Finding: row.Name + ".finding"}
	}
	return results
}

func has(results []CheckResult, o schema.Outcome) bool {
	return slices.ContainsFunc(results, func(r CheckResult) bool { return r.Status == o })
}

// TestVerdictRule holds the verdict against section 2 of the security model.
func TestVerdictRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		results := anyResults(t)
		verdict, primary := judge(results)
		want, decisive := Valid, schema.Pass
		switch {
		case has(results, schema.Fail):
			want, decisive = Invalid, schema.Fail
		case has(results, schema.Unknown):
			want, decisive = Indeterminate, schema.Unknown
		case has(results, schema.NotRun):
			want = Indeterminate
		}
		if verdict != want {
			t.Fatalf("%s, want %s", verdict, want)
		}
		if decisive == schema.Pass {
			if primary != nil {
				t.Fatalf("nothing decided, yet %+v", primary)
			}
			return
		}
		first := slices.IndexFunc(results, func(r CheckResult) bool { return r.Status == decisive })
		if primary == nil || primary.Check != results[first].Name || primary.Outcome != decisive {
			t.Fatalf("primary %+v, want %s", primary, results[first].Name)
		}
	})
}

// TestShortenedListIsNeverValid removes, doubles, swaps and renames lines of a
// list in which everything passed.
func TestShortenedListIsNeverValid(t *testing.T) {
	good := make([]CheckResult, len(checks))
	for i, row := range checks {
		good[i] = CheckResult{Name: row.Name, Status: schema.Pass}
	}
	if v, _ := judge(good); v != Valid {
		t.Fatal(v)
	}
	if v, _ := judge(nil); v != Indeterminate {
		t.Fatal("no checks at all:", v)
	}
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, len(good)-1).Draw(t, "i")
		j := rapid.IntRange(0, len(good)-1).Filter(func(j int) bool { return j != i }).Draw(t, "j")
		swapped := slices.Clone(good)
		swapped[i], swapped[j] = good[j], good[i]
		doubled := slices.Clone(good)
		doubled[i] = good[j]
		renamed := slices.Clone(good)
		renamed[i].Name += "s"
		for _, list := range [][]CheckResult{
			slices.Delete(slices.Clone(good), i, i+1), good[:i], swapped, doubled, renamed, append(slices.Clone(good), good[j]),
		} {
			if v, _ := judge(list); v != Indeterminate {
				t.Fatalf("%d lines: %s", len(list), v)
			}
		}
	})
}

// TestMainFindingIsTheWorst holds the choice of a check's main finding against
// its definition, for any faults in any order.
func TestMainFindingIsTheWorst(t *testing.T) {
	rows := schema.Findings()
	rapid.Check(t, func(t *rapid.T) {
		var faults []*schema.Fault
		for range rapid.IntRange(0, 6).Draw(t, "faults") {
			faults = append(faults, schema.Found(rapid.SampledFrom(rows).Draw(t, "row").Finding, "", nil))
		}
		r := pass("good.word", nil, faults...).result(checks[0])
		if len(r.Also)+1 != len(faults) && !(len(r.Also) == len(faults) && r.Finding == "good.word") {
			t.Fatalf("%d findings of %d", len(r.Also), len(faults))
		}
		worst := 2
		for _, f := range faults {
			worst = min(worst, severity(f.Outcome))
		}
		if want := []schema.Outcome{schema.Fail, schema.Unknown, schema.Pass}[worst]; r.Status != want {
			t.Fatalf("%s, want %s", r.Status, want)
		}
		for _, f := range faults {
			if f.Outcome == r.Status && schema.Rank(f.Finding) < schema.Rank(r.Finding) {
				t.Fatalf("%s before %s", f.Finding, r.Finding)
			}
		}
	})
}

// TestTableIsInOrder: needs point backwards, names and findings are unique, and
// every finding belongs to a check or to all of them.
func TestTableIsInOrder(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range checks {
		for _, n := range row.Needs {
			if !seen[n] {
				t.Errorf("%s needs %s, which does not come before it", row.Name, n)
			}
		}
		if seen[row.Name] || row.Citation == "" || row.run == nil {
			t.Errorf("%s is not whole", row.Name)
		}
		seen[row.Name] = true
	}
	findings := map[string]bool{}
	for _, f := range Findings() {
		if findings[f.Finding] {
			t.Errorf("%s twice", f.Finding)
		}
		findings[f.Finding] = true
	}
	for _, f := range good {
		if f.Check != "" && !seen[f.Check] {
			t.Errorf("%s belongs to no check", f.Finding)
		}
	}
}
