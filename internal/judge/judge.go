// Package judge finds what tests are judged by: the reference data beside the
// checkout, browsers, Node and its packages. What is missing is a skip with a
// reason; with MERKKI_TEST_ALL=1 a skip is a failure, so that a machine that
// ought to have everything cannot pass by having nothing.
package judge

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// Root returns the top folder of the checkout.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Data returns the path of something in the reference data (../shared/data
// beside the checkout), or skips.
func Data(t testing.TB, elem ...string) string {
	t.Helper()
	p := filepath.Join(append([]string{Root(), "..", "shared", "data"}, elem...)...)
	if _, err := os.Stat(p); err != nil {
		Skip(t, "the reference data is not beside this checkout: "+filepath.Join(elem...))
	}
	return p
}

// Command returns the path of a program, or skips and says which package has it.
func Command(t testing.TB, name, from string) string {
	t.Helper()
	p, err := exec.LookPath(name)
	if err != nil {
		Skip(t, name+" is not installed ("+from+")")
	}
	return p
}

// Skip skips the test, or fails it where everything has to run.
func Skip(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("MERKKI_TEST_ALL") == "1" {
		t.Fatal("must not skip here: " + reason)
	}
	t.Skip(reason)
}
