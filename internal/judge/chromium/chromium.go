// Package chromium has people for tests: they walk through pages with Debian's
// Chromium, as Playwright's core drives it, and fail at the first step that cannot
// be taken. What the steps are stands in testdata/browser/walk.mjs. Nothing but the
// site itself can be reached by them, and every request elsewhere, every dialog and
// everything that a content security policy had to stop is a failure.
package chromium

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/judge"
)

// A Step is one thing that somebody does, for example {"click": "a.first"}: its
// names are those of walk.mjs.
type Step map[string]string

// A Way is how somebody comes.
type Way struct {
	Width    int    `json:"width"` // of the window, in pixels
	Lang     string `json:"lang"`
	Script   bool   `json:"script"` // whether pages may run any
	Dark     bool   `json:"dark"`
	Keyboard bool   `json:"keyboard"` // and no mouse
}

// String names a way: "390 px, no script, light, mouse".
func (w Way) String() string {
	say := func(b bool, yes, no string) string {
		if b {
			return yes
		}
		return no
	}
	return fmt.Sprintf("%d px, %s, %s, %s", w.Width, say(w.Script, "script", "no script"), say(w.Dark, "dark", "light"), say(w.Keyboard, "keyboard", "mouse"))
}

// A Site is where people go: the origin as it stands in links and on paper, and
// the address of this machine where it is answered.
type Site struct{ Base, At string }

// A Person walks. Out is the folder of the files that were saved.
type Person struct {
	Out   string
	t     testing.TB
	steps io.Writer
	heard *bufio.Scanner
	said  *bytes.Buffer
	click int
}

// Walk starts somebody, who ends with the test.
func Walk(t testing.TB, to Site, w Way) *Person {
	t.Helper()
	folder := filepath.Join(judge.Root(), "testdata", "browser")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "playwright-core")); err != nil {
		judge.Skip(t, "testdata/browser has no packages (npm ci there)")
	}
	chromium := judge.Command(t, "chromium", "Debian package chromium")
	cmd := exec.Command(judge.Command(t, "node", "Debian package nodejs"), "walk.mjs")
	p := &Person{Out: t.TempDir(), t: t, said: new(bytes.Buffer)}
	cmd.Dir, cmd.Stderr = folder, p.said
	in, err := cmd.StdinPipe()
	check(t, err)
	out, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	p.steps, p.heard = in, bufio.NewScanner(out)
	p.heard.Buffer(nil, 1<<20)
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %s", err, p.said)
		}
	})
	p.tell(struct {
		Executable string `json:"executable"`
		Base       string `json:"base"`
		At         string `json:"at"`
		Out        string `json:"out"`
		Way
	}{chromium, to.Base, to.At, p.Out, w})
	return p
}

// Do takes steps and returns what the last one answered: the address of the page,
// the path of a file, or what was read.
func (p *Person) Do(steps ...Step) (value string) {
	p.t.Helper()
	for n, s := range steps {
		p.tell(s)
		var a struct {
			Value, Error string
			Clicks       int
			Acted        []string
		}
		if !p.heard.Scan() {
			p.t.Fatalf("step %d, %v: Chromium has gone: %s", n+1, s, p.said)
		}
		check(p.t, json.Unmarshal(p.heard.Bytes(), &a))
		if len(a.Acted) > 0 {
			p.t.Fatalf("step %d, %v: %s", n+1, s, strings.Join(a.Acted, "; "))
		}
		if a.Error != "" {
			p.t.Fatalf("step %d, %v: %s", n+1, s, a.Error)
		}
		value, p.click = a.Value, a.Clicks
	}
	return value
}

// Clicks is how often whoever took the last step has clicked so far, or pressed
// Enter instead.
func (p *Person) Clicks() int { return p.click }

// File is the path of a file that was saved.
func (p *Person) File(name string) string { return filepath.Join(p.Out, name) }

func (p *Person) tell(v any) {
	p.t.Helper()
	b, err := json.Marshal(v)
	check(p.t, err)
	_, err = p.steps.Write(append(b, '\n'))
	check(p.t, err)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
