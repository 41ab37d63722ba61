package crashtest

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"merkki/issuer"
	"merkki/keys/softstore"
	"merkki/schema"
	"merkki/schema/statuslist"
	"merkki/verifier"
)

// A trial is one directory and everything that was acknowledged about it.
type trial struct {
	dir, identity, log string
	files              map[string]bool // that were found whole
}

func newTrial(t *testing.T, dir string) *trial {
	t.Helper()
	beside := t.TempDir()
	tr := &trial{dir: dir, identity: filepath.Join(beside, "identity"), log: filepath.Join(beside, "witnessed"), files: map[string]bool{}}
	if err := softstore.NewIdentity(tr.identity); err != nil {
		t.Fatal(err)
	}
	return tr
}

// round starts a worker and a witness, lets them work for a random while
// (counted from the first revocation, if afterStart), does what ends it and
// waits until both are gone.
func (tr *trial) round(t *testing.T, afterStart bool, end func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	part := func(name string) *exec.Cmd {
		c := exec.Command(self)
		c.Env = append(os.Environ(), "CRASHTEST_PART="+name,
			"CRASHTEST_DIR="+tr.dir, "CRASHTEST_IDENTITY="+tr.identity, "CRASHTEST_LOG="+tr.log)
		return c
	}
	worker, seer := part("worker"), part("witness")
	var complaint bytes.Buffer
	worker.Stderr, seer.Stderr = &complaint, os.Stderr
	pipe, lines, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ready, begun, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	worker.Stdout, seer.Stdin = lines, pipe
	worker.ExtraFiles = []*os.File{begun}
	if err := errors.Join(seer.Start(), worker.Start()); err != nil {
		t.Fatal(err)
	}
	pipe.Close()
	lines.Close()
	begun.Close()
	if afterStart { // else the start itself is cut off, as like as not
		ready.Read(make([]byte, 1)) // or end of file: the worker is gone
	}
	ready.Close()
	time.Sleep(rand.N(time.Duration(rounds(500, 1000)) * time.Millisecond)) // the random moment itself
	if end != nil {
		end()
	}
	worker.Process.Kill()
	err = worker.Wait()
	if end == nil && (worker.ProcessState == nil || worker.ProcessState.Exited()) {
		t.Fatalf("the worker ended by itself: %v: %s", err, &complaint)
	}
	if err := seer.Wait(); err != nil {
		t.Fatalf("the witness: %v", err)
	}
}

// witnessed reads what was acknowledged.
func (tr *trial) witnessed(t *testing.T) (issued map[string]string, revoked []string, files map[string]bool) {
	t.Helper()
	issued, files = map[string]string{}, map[string]bool{}
	b, err := os.ReadFile(tr.log)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		switch words := strings.Fields(line); words[0] {
		case "issued":
			issued[words[1]] = words[2]
		case "revoked":
			revoked = append(revoked, words[1])
		case "taken-in":
			if !files[words[1]] { // sent again, perhaps after it was worked off
				files[words[1]] = false
			}
		case "worked-off":
			files[words[1]] = true
		}
	}
	return issued, revoked, files
}

// compare opens the directory as a start of the program does and holds it
// against the witness.
func (tr *trial) compare(t *testing.T, thoroughly bool) (credentials, revocations int) {
	t.Helper()
	ctx := context.Background()
	s, err := house(ctx, tr.dir, tr.identity)
	if err != nil {
		t.Fatalf("after the crash the service does not start: %v", err)
	}
	defer s.Close()
	issued, revoked, files := tr.witnessed(t)
	places := map[string]string{}
	tr.finish(t, s, files)
	for id, at := range issued {
		for place := range strings.SplitSeq(at, ",") {
			if other, twice := places[place]; twice {
				t.Errorf("place %s was given to %s and to %s", place, other, id)
			}
			places[place] = id
		}
		if _, err := s.Get(ctx, id); err != nil {
			t.Errorf("credential %s was acknowledged and is missing: %v", id, err)
		}
	}
	lists := map[string]*statuslist.List{}
	for _, id := range revoked {
		r, err := s.Get(ctx, id)
		if err != nil || r.State != issuer.Revoked {
			t.Errorf("the revocation of %s was acknowledged and is missing: %s, %v", id, r.State, err)
			continue
		}
		ref := r.Status[0]
		if lists[ref.List] == nil {
			lists[ref.List] = published(t, s, ref.List)
		}
		if !lists[ref.List].Get(ref.Index) {
			t.Errorf("the revocation of %s is not in list %s", id, ref.List)
		}
	}
	if thoroughly {
		tr.everyOne(t, s)
		complaints, err := s.Doctor(ctx)
		if err != nil {
			t.Errorf("doctor: %v", err)
		}
		for _, c := range complaints {
			t.Errorf("doctor: %s: %s", c.Check, c.Detail)
		}
	}
	return len(issued), len(revoked)
}

// finish works off every file that was acknowledged: each of its rows made one
// credential, however often the process was killed over it, and those of a file
// that was said to be worked off are there at once.
func (tr *trial) finish(t *testing.T, s *issuer.Service, files map[string]bool) {
	t.Helper()
	ctx := context.Background()
	for id, done := range files {
		if tr.files[id] {
			continue
		}
		b, err := s.Batch(ctx, everybody, id)
		if err != nil {
			t.Errorf("file %s was acknowledged and is missing: %v", id, err)
			continue
		}
		if done && b.State != issuer.BatchDone {
			t.Errorf("file %s was worked off and is %s now", id, b.State)
		}
		s.WorkBatch(ctx, id)
		made := map[string]bool{}
		err = s.BatchResults(ctx, everybody, id, func(r issuer.RowResult) error {
			if _, err := s.Get(ctx, r.ID); err != nil {
				t.Errorf("row %d of file %s is %s as %q, which is missing: %v", r.Row, id, r.Outcome, r.ID, err)
			}
			made[r.ID] = true
			return nil
		})
		if err != nil || len(made) != fileRows {
			t.Errorf("file %s of %d rows made %d credentials, %v", id, fileRows, len(made), err)
		}
		tr.files[id] = true
	}
}

// everyOne looks at all that the store has, acknowledged or not: no place in a
// status list twice, and of the newest credentials, made with whichever keys,
// every one valid unless it was revoked.
func (tr *trial) everyOne(t *testing.T, s *issuer.Service) {
	t.Helper()
	ctx := context.Background()
	v := s.Verifier(nil, nil, nil)
	places := map[issuer.StatusRef]string{}
	for q, first := (issuer.Query{Limit: 1000}), true; first || q.Cursor != ""; first = false {
		page, err := s.List(ctx, everybody, q)
		if err != nil {
			t.Error(err)
			return
		}
		for n, r := range page.Items {
			for _, ref := range r.Status {
				if other, twice := places[ref]; twice {
					t.Errorf("place %d of list %s was given to %s and to %s", ref.Index, ref.List, other, r.ID)
				}
				places[ref] = r.ID
			}
			if r.State != issuer.Issued || !first || n >= 50 {
				continue
			}
			whole, err := s.Get(ctx, r.ID)
			if err != nil {
				t.Errorf("credential %s: %v", r.ID, err)
				continue
			}
			report, err := v.Verify(ctx, verifier.Request{Input: whole.Credential})
			if err != nil || report.Verdict != verifier.Valid {
				t.Errorf("credential %s is %v, %v", r.ID, report, err)
			}
		}
		q.Cursor = page.Next
	}
}

func published(t *testing.T, s *issuer.Service, id string) *statuslist.List {
	t.Helper()
	b, err := s.StatusList(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	subject, _ := doc.Root().Get("credentialSubject")
	list, err := statuslist.Decode(subject.GetString("encodedList"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// rounds is the short count, or the long one with MERKKI_LONG=1.
func rounds(short, full int) int {
	if os.Getenv("MERKKI_LONG") == "1" {
		return full
	}
	return short
}
