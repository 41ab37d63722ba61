package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit statuses: three verdicts, and the numbers of BSD sysexits.h for
// everything else, so that no script takes a misspelt flag for a forged
// credential.
const (
	exitOK            = 0
	exitInvalid       = 1 // verify: invalid; achievements check: does not conform
	exitCannotTell    = 2 // verify: cannot tell
	exitUsage         = 64
	exitData          = 65
	exitNoInput       = 66
	exitUnavailable   = 69
	exitInternal      = 70
	exitCannotCreate  = 73
	exitIO            = 74
	exitTryAgain      = 75
	exitNotPermitted  = 77
	exitConfiguration = 78
)

// exitMeanings is the table that the reference page and `merkki help exits`
// print.
var exitMeanings = []struct {
	status  int
	meaning string
}{
	{exitOK, "done; for verify: valid"},
	{exitInvalid, "verify: invalid; achievements check: something has to be corrected"},
	{exitCannotTell, "verify: cannot tell"},
	{exitUsage, "the command line is wrong"},
	{exitData, "the input is wrong, or the state of things does not allow it"},
	{exitNoInput, "an input file does not exist"},
	{exitUnavailable, "something that is needed does not answer"},
	{exitInternal, "a bug in merkki"},
	{exitCannotCreate, "the output cannot be created, or exists already"},
	{exitIO, "reading or writing failed"},
	{exitTryAgain, "not now: try again later"},
	{exitNotPermitted, "not permitted"},
	{exitConfiguration, "the configuration is wrong"},
}

// An exitError is an error that says how the program ends.
type exitError struct {
	status int
	err    error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// exit makes an error that ends the program with a status.
func exit(status int, format string, args ...any) error {
	return &exitError{status, fmt.Errorf(format, args...)}
}

// A verdictError ends verify with the status of its verdict and nothing on
// standard error.
type verdictError int

func (verdictError) Error() string { return "verdict" }

// exitStatus says how an error ends the program.
func exitStatus(err error) int {
	if e, ok := errors.AsType[*exitError](err); ok {
		return e.status
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return exitTryAgain
	case errors.Is(err, fs.ErrNotExist):
		return exitNoInput
	case errors.Is(err, fs.ErrExist):
		return exitCannotCreate
	case errors.Is(err, fs.ErrPermission):
		return exitNotPermitted
	}
	if _, ok := errors.AsType[syscall.Errno](err); ok {
		return exitIO
	}
	return exitInternal
}

// usage makes an error about the command line.
func usage(format string, args ...any) error { return exit(exitUsage, format, args...) }

// bug describes a panic. The stack goes to standard error: whoever sees it is
// asked to report it.
func bug(r any) error {
	return exit(exitInternal, "this is a bug in merkki, please report it: %v\n%s", r, debug.Stack())
}

// advise adds to a usage error where the help is.
func advise(cmd *cobra.Command, err error) error {
	if exitStatus(err) != exitUsage || cmd == nil {
		return err
	}
	return fmt.Errorf("%w\nsee: %s --help", err, cmd.CommandPath())
}

// complain writes an error for a person: prefixed, and without anything that a
// terminal would act on.
func (p *program) complain(err error) {
	for i, line := range strings.Split(strings.TrimRight(err.Error(), "\n"), "\n") {
		if i == 0 {
			line = "merkki: " + line
		}
		fmt.Fprintln(p.Err, clean(line))
	}
}
