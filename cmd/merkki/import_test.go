package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"merkki/issuer"
)

// TestImportKilled kills the command that issues a file, with SIGKILL, when it
// says that 30, 60 and 90 % of the rows are done, and types it again each time.
// In the end every row has exactly one credential, and no place of a status list
// was given twice, not even to what was voided.
func TestImportKilled(t *testing.T) {
	n := 1_000
	if os.Getenv("MERKKI_LONG") == "1" {
		n = 10_000
	}
	dir := t.TempDir()
	k := newKilled(t, dir)
	file := filepath.Join(dir, "spring.csv")
	writeGraduates(t, file, n)
	began := time.Now()
	order := []string{"issue", "--achievement", k.achievement(t), "--from", file}
	for _, percent := range []int{30, 60, 90} {
		k.until(t, n*percent/100, order...)
	}
	out := k.run(t, order...)
	if want := fmt.Sprintf("%d rows: %d issued\n", n, n); out != want {
		t.Errorf("the last start says %q, want %q", out, want)
	}
	took := time.Since(began)
	if out := k.run(t, order...); out != fmt.Sprintf("%d rows: %d done before\n", n, n) {
		t.Errorf("once more: %q", out)
	}
	issued, voided := k.judge(t)
	if issued != n {
		t.Errorf("%d rows made %d credentials", n, issued)
	}
	t.Logf("%d rows, killed at 30, 60 and 90 %%: %d credentials, %d voided, no place used twice, in %.0f s", n, issued, voided, took.Seconds())
}

// killed is the program as a process of its own, on one directory.
type killed struct{ program, dir, identity string }

func newKilled(t *testing.T, dir string) *killed {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	k := &killed{filepath.Join(dir, "merkki"), filepath.Join(dir, "D"), filepath.Join(dir, "identity")}
	if err := os.Symlink(self, k.program); err != nil { // the test binary is the program under that name
		t.Fatal(err)
	}
	k.run(t, "init", "--base-url", "https://badges.example", "--name", "Example University")
	return k
}

func (k *killed) command(args ...string) *exec.Cmd {
	c := exec.Command(k.program, append(args, "--dir", k.dir, "--identity", k.identity)...)
	c.Dir = filepath.Dir(k.dir)
	return c
}

// run runs a command to its end and returns what it prints.
func (k *killed) run(t *testing.T, args ...string) string {
	t.Helper()
	c := k.command(args...)
	var complaint bytes.Buffer
	c.Stderr = &complaint
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%q: %v: %s", args, err, &complaint)
	}
	return string(out)
}

// until starts a command and kills it when it says that so many rows are done.
func (k *killed) until(t *testing.T, rows int, args ...string) {
	t.Helper()
	c := k.command(args...)
	r, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var heard []string
	for lines := bufio.NewScanner(r); lines.Scan(); {
		heard = append(heard, lines.Text())
		var done, of int
		if n, _ := fmt.Sscanf(lines.Text(), "%d of %d rows", &done, &of); n == 2 && done >= rows {
			c.Process.Kill()
			break
		}
	}
	io.Copy(io.Discard, r)
	if err := c.Wait(); err == nil || c.ProcessState.Exited() {
		t.Fatalf("it ended by itself before %d rows were done: %v, %q", rows, err, heard)
	}
}

func (k *killed) achievement(t *testing.T) string {
	t.Helper()
	path := filepath.Join(filepath.Dir(k.dir), "course.json")
	err := os.WriteFile(path, []byte(`{"type":["Achievement"],"name":"Welding","description":"Steel.","criteria":{"narrative":"Weld."}}`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(k.run(t, "achievements", "add", path))
}

// judge opens the directory and counts what was issued and what was voided.
func (k *killed) judge(t *testing.T) (issued, voided int) {
	t.Helper()
	p, _, complaint := newProgram()
	p.dir, p.identity = k.dir, k.identity
	s, err := p.openService(context.Background(), nil)
	if err != nil {
		t.Fatal(err, complaint)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	places := map[issuer.StatusRef]string{}
	for q := (issuer.Query{Limit: 1000}); ; {
		page, err := s.issuer.List(context.Background(), localActor(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Items {
			if r.State == issuer.Issued {
				issued++
			} else {
				voided++
			}
			for _, place := range r.Status {
				if other, twice := places[place]; twice {
					t.Errorf("place %+v was given to %s and to %s", place, other, r.ID)
				}
				places[place] = r.ID
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	complaints, err := s.issuer.Doctor(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range complaints {
		t.Errorf("doctor: %s: %s", c.Check, c.Detail)
	}
	return issued, voided
}

// writeGraduates writes a file as a Finnish spreadsheet does.
func writeGraduates(t *testing.T, path string, n int) {
	t.Helper()
	var b strings.Builder
	b.WriteString("\ufeffNimi;Sähköposti;Suoritettu;Opintopisteet\r\n")
	for i := range n {
		fmt.Fprintf(&b, "Ánne Máret Äijälä %d;anne%d@example.org;12.5.2026;2,5\r\n", i, i)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}
