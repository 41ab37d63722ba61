package verifier_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"merkki/schema"
	"merkki/verifier"
	"merkki/verifier/virtual"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestReportForm compares the JSON form of reports, which is a public
// interface, with golden files.
func TestReportForm(t *testing.T) {
	for name, show := range map[string]func(w *world) []byte{
		"valid": func(w *world) []byte {
			return w.uni.Sign(virtual.WithStatus(w.uni.Badge(), w.uni.List("revocation"), 7))
		},
		"changed": func(w *world) []byte {
			return []byte(strings.Replace(string(w.uni.Sign(w.uni.Badge())), "nine hold", "ten hold", 1))
		},
		"stranger-beside": func(w *world) []byte { return w.forger.Sign(parse(w.uni.Sign(w.uni.Badge()))) },
		"empty":           func(*world) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			r := verify(t, w.v, show(w))
			got, err := json.MarshalIndent(r, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", "reports", name+".json")
			if *update {
				if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(append(got, '\n'), want) {
				t.Errorf("the form of reports has changed; look at the difference, then run with -update\n%s", got)
			}
			var back verifier.Report
			if err := json.Unmarshal(want, &back); err != nil || back.Verdict != r.Verdict || !reflect.DeepEqual(back.Primary, r.Primary) {
				t.Errorf("read back: %v %v", back.Verdict, err)
			}
		})
	}
}

// TestMissingCheckIsNotRun: a reader who asks for a line that is not there must
// not be told that it passed.
func TestMissingCheckIsNotRun(t *testing.T) {
	c := (&verifier.Report{}).Check("proof.signature")
	if c.Status != schema.NotRun || c.Finding != verifier.FindingNotRun || c.Args == nil {
		t.Errorf("%+v", c)
	}
}
