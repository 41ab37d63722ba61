package main

import (
	"errors"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"merkki/internal/judge"
)

// The scripts run the program as people do: its name on a command line.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"merkki": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setup,
		Cmds:                commands,
	})
}

// setup gives each script an environment without the variables of the developer.
func setup(e *testscript.Env) error {
	e.Setenv("MERKKI_PASSPHRASE", "")
	e.Setenv("ROOT", judge.Root())
	return nil
}

// exits STATUS COMMAND ARGS… runs a command and fails unless it ends with
// exactly that status: exit statuses are promises, and testscript knows success
// and failure only. What it printed is there for stdout and stderr, as with exec.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		ee, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = ee.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}
