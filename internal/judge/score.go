package judge

import (
	"encoding/json"
	"testing"
)

// A Score is how a run of somebody else's suite or vectors ended, as a line of
// docs/conformance.md.
type Score struct {
	Suite  string // whose, and which
	How    string // what the test does with it
	Passed int    // as the suite expects
	Failed int    // otherwise, on purpose
	Why    string // of those
}

// Report hands a score to whoever reads the output of go test -json
// (.ci/conformance). A test that fails has none: the page can only say what a
// passing run found.
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
}
