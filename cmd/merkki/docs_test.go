package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// pages are the documents whose command blocks are executed. Each page is one
// session of a shell in an empty folder.
var pages = []string{"README.md", "SECURITY.md", "docs/README.md", "docs/tutorial.md", "docs/howto.md", "docs/explanation.md", "docs/architecture.md", "docs/evidence.md", "docs/microcredentials.md", "docs/conformance.md", "docs/performance.md", "docs/reference/files.md", "docs/reference/formats.md"}

// A shellStep is one command of a console block and what the page says it
// prints.
type shellStep struct {
	line    int
	command string
	output  []string
}

// notRun marks a block of commands that the tests do not execute; the reason
// stands beside it.
var notRun = regexp.MustCompile(`^sh not run: .+`)

// parsePage returns the commands of a page. A block of a kind it does not know
// is a fault of the page, so that no command escapes by a misspelt word.
func parsePage(t *testing.T, page string) (steps []shellStep, skipped []string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", page))
	if err != nil {
		t.Fatal(err)
	}
	kind := ""
	for i, line := range strings.Split(string(b), "\n") {
		info, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && kind != "":
			kind = ""
		case fence:
			kind = info
			switch {
			case notRun.MatchString(info):
				skipped = append(skipped, fmt.Sprintf("%s:%d %s", page, i+1, strings.TrimPrefix(info, "sh ")))
			case info != "console" && info != "json" && info != "toml" && info != "nginx" && info != "text" && info != "go":
				t.Errorf("%s:%d: a block of the kind %q: console is executed, `sh not run: REASON` says why not", page, i+1, info)
			}
		case kind == "console":
			steps = addLine(t, steps, page, i+1, line)
		}
	}
	return steps, skipped
}

func addLine(t *testing.T, steps []shellStep, page string, n int, line string) []shellStep {
	if command, ok := strings.CutPrefix(line, "$ "); ok {
		return append(steps, shellStep{line: n, command: command})
	}
	if len(steps) == 0 {
		t.Errorf("%s:%d: a console block begins with a command", page, n)
		return steps
	}
	last := &steps[len(steps)-1]
	if more, ok := strings.CutPrefix(line, "> "); ok && len(last.output) == 0 {
		last.command += "\n" + more
		return steps
	}
	last.output = append(last.output, line)
	return steps
}

// sessionScript is the page as a shell script that keeps what each command
// printed on standard output, and how it ended.
func sessionScript(steps []shellStep) string {
	var b strings.Builder
	for i, s := range steps {
		background := strings.HasSuffix(s.command, "&")
		fmt.Fprintf(&b, "{ %s\n} > out.%d 2> err.%d; echo $? > rc.%d\n", s.command, i, i, i)
		if background { // a server: its socket says when it listens
			b.WriteString("for i in $(seq 100); do [ -S \"$MERKKI_DIR/merkki.sock\" ] && break; sleep 0.1; done\n")
		}
	}
	b.WriteString("kill $(jobs -p) 2>/dev/null; wait\n")
	return b.String()
}

// pattern turns expected lines into an expression: … is anything within a line,
// a line of its own any lines, and a space as many as the columns need.
func pattern(lines []string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString("^")
	for _, l := range lines {
		if strings.TrimSpace(l) == "…" {
			b.WriteString(`(.*\n)*?`)
			continue
		}
		p := regexp.QuoteMeta(strings.TrimRight(l, " "))
		p = regexp.MustCompile(` +`).ReplaceAllString(p, " +")
		p = strings.ReplaceAll(p, "+… +", "*.* *")
		b.WriteString(strings.ReplaceAll(p, "…", ".*") + " *\n")
	}
	return regexp.MustCompile(b.String() + "$")
}

// judgeSession compares what the commands printed with what the page says. Where a page
// shows no output it promises none worth showing; the command has to succeed
// all the same.
func judgeSession(ts *testscript.TestScript, page string, steps []shellStep) {
	for i, s := range steps {
		out := ts.ReadFile(fmt.Sprintf("out.%d", i))
		if rc := strings.TrimSpace(ts.ReadFile(fmt.Sprintf("rc.%d", i))); rc != "0" {
			ts.Fatalf("%s:%d: %s\nended with %s\n%s%s", page, s.line, s.command, rc, out, ts.ReadFile(fmt.Sprintf("err.%d", i)))
		}
		if len(s.output) > 0 && !pattern(s.output).MatchString(out) {
			ts.Fatalf("%s:%d: %s\nprinted\n%s\nnot\n%s\n(standard error: %s)", page, s.line, s.command, out, strings.Join(s.output, "\n"), ts.ReadFile(fmt.Sprintf("err.%d", i)))
		}
	}
}

// TestPages executes the command blocks of the documentation, so that no page
// promises what the program does not do.
func TestPages(t *testing.T) {
	for _, page := range pages {
		t.Run(page, func(t *testing.T) {
			steps, skipped := parsePage(t, page)
			for _, s := range skipped {
				t.Log(s)
			}
			if len(steps) == 0 {
				return
			}
			script := filepath.Join(t.TempDir(), "page.txtar")
			text := "exec bash page.sh\njudge\n-- page.sh --\n" + sessionScript(steps)
			if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			testscript.Run(t, testscript.Params{
				Files: []string{script},
				Setup: setup,
				Cmds: map[string]func(*testscript.TestScript, bool, []string){
					"judge": func(ts *testscript.TestScript, _ bool, _ []string) { judgeSession(ts, page, steps) },
				},
			})
		})
	}
}

// The patterns of the pages must be able to fail.
func TestPatternFails(t *testing.T) {
	p := pattern([]string{"ID … NAME", "…", "exit status 2"})
	for out, want := range map[string]bool{
		"ID    NAME\nexit status 2\n":            true,
		"ID  X  NAME\na\nb\nexit status 2\n":     true,
		"ID  X  NAME\nexit status 1\n":           false,
		"ID  X\nexit status 2\n":                 false,
		"ID  X  NAME\nexit status 2\nand more\n": false,
	} {
		if p.MatchString(out) != want {
			t.Errorf("%q: matched %v, want %v", out, !want, want)
		}
	}
}

// Every document is listed in pages or is made by the program.
func TestNoPageEscapes(t *testing.T) {
	known := map[string]bool{}
	for _, p := range pages {
		known[p] = true
	}
	for name := range reference {
		known["docs/reference/"+name] = true
	}
	err := filepath.WalkDir("../../docs", func(path string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel("../..", path)
		if err == nil && strings.HasSuffix(rel, ".md") && !known[filepath.ToSlash(rel)] {
			t.Errorf("%s is not in the list of pages", rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
