package crashtest

import (
	"fmt"
	"os"
	"testing"
)

// TestMain makes one binary three programs.
func TestMain(m *testing.M) {
	run := map[string]func() error{"worker": work, "witness": witness}[os.Getenv("CRASHTEST_PART")]
	if run == nil {
		os.Exit(m.Run())
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
