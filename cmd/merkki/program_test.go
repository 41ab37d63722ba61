package main

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"merkki/internal/i18n"
	"merkki/schema"
	"merkki/verifier"
)

// newProgram is a program with an empty environment and no input.
func newProgram() (p *program, out, err *bytes.Buffer) {
	out, err = &bytes.Buffer{}, &bytes.Buffer{}
	return &program{
		In: strings.NewReader(""), Out: out, Err: err,
		Getenv:  func(string) (string, bool) { return "", false },
		Environ: func() []string { return nil },
	}, out, err
}

// A panic is a bug, and a bug is no verdict.
func TestPanicIsNoVerdict(t *testing.T) {
	p, out, errs := newProgram()
	p.In = nil // reading standard input panics
	if got := p.run(context.Background(), []string{"verify", "-"}); got != exitInternal {
		t.Errorf("exit status %d, want %d", got, exitInternal)
	}
	if out.Len() > 0 || !strings.Contains(errs.String(), "bug in merkki") {
		t.Errorf("out %q, err %q", out, errs)
	}
}

// Every command says what it is, every one that does something shows how, and
// every flag is explained.
func TestEveryCommandIsExplained(t *testing.T) {
	p, _, _ := newProgram()
	n := 0
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		n++
		if c.Short == "" {
			t.Errorf("%s has no description", c.CommandPath())
		}
		for _, line := range strings.Split(c.Example, "\n") {
			if line != "" && !strings.HasPrefix(line, "  merkki ") {
				t.Errorf("%s: the example %q is no command line", c.CommandPath(), line)
			}
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(p.root())
	if n < 35 {
		t.Errorf("only %d commands", n)
	}
}

func TestWorstVerdictDecides(t *testing.T) {
	for _, c := range []struct{ a, b, want verdictError }{
		{exitOK, exitOK, exitOK},
		{exitOK, exitCannotTell, exitCannotTell},
		{exitCannotTell, exitInvalid, exitInvalid},
		{exitInvalid, exitCannotTell, exitInvalid},
		{exitInvalid, exitOK, exitInvalid},
	} {
		if got := worse(c.a, c.b); got != c.want {
			t.Errorf("worse(%d, %d) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// A verdict that does not exist must not end as 0.
func TestUnknownVerdictIsNotValid(t *testing.T) {
	if got := exitOf(""); got != exitCannotTell {
		t.Errorf("exitOf of no verdict = %d, want %d", got, exitCannotTell)
	}
}

func TestFirstLineInEveryLanguage(t *testing.T) {
	for _, lang := range i18n.Languages {
		seen := map[string]bool{}
		for _, v := range []verifier.Verdict{verifier.Valid, verifier.Invalid, verifier.Indeterminate} {
			line := firstLine(&verifier.Report{Verdict: v}, lang)
			if line == "" || seen[line] {
				t.Errorf("%s: the word for %s is %q", lang, v, line)
			}
			seen[line] = true
			if test := firstLine(&verifier.Report{Verdict: v, Test: true}, lang); !strings.Contains(test, "TEST") {
				t.Errorf("%s: %q does not say TEST", lang, test)
			}
		}
	}
}

// Every code of the API ends a command with a status of the table, and none
// with that of a verdict.
func TestEveryCodeHasAnExitStatus(t *testing.T) {
	for _, c := range schema.Codes() {
		status := statusOf(c)
		if status == exitOK || status == exitInvalid || status == exitCannotTell {
			t.Errorf("%s ends with %d, which is a verdict", c, status)
		}
		if !slices.ContainsFunc(exitMeanings, func(m struct {
			status  int
			meaning string
		}) bool {
			return m.status == status
		}) {
			t.Errorf("%s ends with %d, which is not in the table", c, status)
		}
	}
}

func TestMoment(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"2026-03-12", "2026-03-12T23:59:59Z"},
		{"2026-03-12T10:00:00Z", "2026-03-12T10:00:00Z"},
		{"2026-03-12T10:00:00.9+02:00", "2026-03-12T08:00:00Z"},
	} {
		got, err := moment("at", c.in)
		if err != nil || got.Format(time.RFC3339) != c.want {
			t.Errorf("moment(%q) = %v, %v, want %s", c.in, got, err, c.want)
		}
	}
	for _, bad := range []string{"12.3.2026", "2026-13-01", "now", "2026-03-12T10:00:00"} {
		if _, err := moment("at", bad); exitStatus(err) != exitUsage {
			t.Errorf("moment(%q) = %v, want a usage error", bad, err)
		}
	}
}

func TestIDInAddress(t *testing.T) {
	for _, c := range []struct{ ref, room, want string }{
		{"https://b.example/c/7K2M", "c", "7K2M"},
		{"https://b.example/a/7K2M/v2", "a", "7K2M/v2"},
		{"7K2M", "c", "7K2M"},
		{"https://b.example/i/7K2M", "c", "https://b.example/i/7K2M"},
	} {
		if got := idIn(c.ref, c.room); got != c.want {
			t.Errorf("idIn(%q, %q) = %q, want %q", c.ref, c.room, got, c.want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	known := []string{"listen", "lang", "base_url"}
	for _, c := range []struct{ word, want string }{
		{"lisen", `, did you mean "listen"?`},
		{"long", `, did you mean "lang"?`},
		{"baseurl", `, did you mean "base_url"?`},
		{"completely_different", ""},
	} {
		if got := didYouMean(c.word, known); got != c.want {
			t.Errorf("didYouMean(%q) = %q, want %q", c.word, got, c.want)
		}
	}
}
