package merkki_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// neverHere are things that must not stand in the repository, with the reason.
var neverHere = []struct {
	what *regexp.Regexp
	why  string
}{
	{regexp.MustCompile(`AGE-SECRET-` + `KEY-1[A-Z0-9]{20}`), "a private key that is published is nobody's"},
	{regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE ` + `KEY-----`), "a private key that is published is nobody's"},
	{regexp.MustCompile(`\bmk_[A-Za-z0-9_-]{43}\b`), "a token that is published is everybody's"},
	{regexp.MustCompile(`/(home|root|Users)/[a-z]+/`), "a path of one machine means nothing on another"},
	{regexp.MustCompile(`"resolved": *"http`), "lock files name packages and hashes, not where one machine fetched them"},
}

// nobodysToken is what tests send to be refused.
var nobodysToken = "mk_" + strings.Repeat("0", 43)

// TestNothingThatDoesNotBelongHere reads every text file of the checkout. The
// folder of hostile inputs is exempt: keys are what some of them attack with.
func TestNothingThatDoesNotBelongHere(t *testing.T) {
	n := 0
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch {
			case d.Name() == ".git", d.Name() == "node_modules", p == filepath.Join("testdata", "attacks"):
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || strings.HasSuffix(p, ".gz") || strings.HasSuffix(p, ".png") || strings.HasSuffix(p, ".woff2") {
			return nil
		}
		b, err := os.ReadFile(p)
		if err != nil || bytes.IndexByte(b, 0) >= 0 {
			return err
		}
		n++
		for _, r := range neverHere {
			if m := r.what.Find(b); m != nil && string(m) != nobodysToken {
				t.Errorf("%s holds %q: %s", p, m, r.why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 100 {
		t.Fatalf("only %d files were read: this test looks in the wrong place", n)
	}
}
