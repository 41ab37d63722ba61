package judge

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A Score is how a run of somebody else's suite or vectors ended: a line of
// docs/conformance.md.
type Score struct {
	Suite  string // whose, and which
	How    string // what the test does with it
	Passed int    // as the suite expects
	Failed int    // otherwise, or not built
	Why    string // of those
}

// Row is the line.
func (s Score) Row() string {
	return strings.ReplaceAll(fmt.Sprintf("| %s | %s | %d | %d | %s |\n", s.Suite, s.How, s.Passed, s.Failed, s.Why), "  ", " ")
}

// Report says how the run that just ended went. The line has to stand in
// docs/conformance.md, so that the page cannot say anything else than the tests
// do; .ci/conformance writes it anew, from the output of go test -json, in which
// the score is the attribute "conformance". A test that fails has no score.
func (s Score) Report(t testing.TB) {
	t.Helper()
	if t.Failed() {
		return
	}
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Attr("conformance", string(b))
	if os.Getenv("MERKKI_CONFORMANCE") == "write" {
		return
	}
	page, err := os.ReadFile(filepath.Join(Root(), "docs", "conformance.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "\n"+s.Row()) {
		t.Errorf("docs/conformance.md does not say what this run showed (write it with .ci/conformance/run): %s", s.Row())
	}
}
