//go:build linux

package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/issuer"
)

// TestFullDisk fills a small disk: the store says so, keeps what it
// acknowledged, and goes on by itself when there is room again.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		judge.Skip(t, "mounting a small disk takes root")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", dir).CombinedOutput(); err != nil {
		judge.Skip(t, "no tmpfs can be mounted here: "+string(out))
	}
	t.Cleanup(func() { exec.Command("umount", dir).Run() })
	s, err := Open(filepath.Join(dir, "merkki.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	kept := 0
	put := func(n int) error {
		r := issuer.StoredRecord{ID: fmt.Sprint("R", n), State: issuer.Issued, Sealed: bytes.Repeat([]byte{1}, 50_000)}
		_, err := s.Create(t.Context(), issuer.Creation{Record: r, Entry: entry()})
		return err
	}
	for err = nil; err == nil; kept++ {
		err = put(kept)
	}
	kept--
	if !errors.Is(err, issuer.ErrFull) {
		t.Fatalf("on a full disk: %v, want ErrFull", err)
	}
	for n := range kept {
		if _, err := s.Get(t.Context(), fmt.Sprint("R", n)); err != nil {
			t.Errorf("record %d of %d on the full disk: %v", n, kept, err)
		}
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := put(kept); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if found, err := s.Check(t.Context()); err != nil || len(found) > 0 {
		t.Errorf("Check: %v, %v", found, err)
	}
}

// TestMain runs the writer of TestFailedSync where it is asked to.
func TestMain(m *testing.M) {
	if path := os.Getenv("BOLT_WRITER"); path != "" {
		writeUntilItFails(path)
		return
	}
	os.Exit(m.Run())
}

// writeUntilItFails writes until a write fails, and then once more.
func writeUntilItFails(path string) {
	s, err := Open(path)
	if err != nil {
		fmt.Println("open:", err)
		return
	}
	fmt.Println("opened")
	failed := 0
	for n := 0; n < 50 && failed < 2; n++ {
		r := issuer.StoredRecord{ID: fmt.Sprint("R", n), State: issuer.Issued}
		_, err := s.Create(context.Background(), issuer.Creation{Record: r, Entry: entry()})
		switch {
		case err == nil:
			fmt.Println("kept", n)
		case errors.Is(err, issuer.ErrReadOnly):
			fmt.Println("read-only", n)
			failed++
		default:
			fmt.Println("other", n, err)
			failed++
		}
	}
}

// TestFailedSync makes one sync of the running store fail: from then on
// nothing is written, though the kernel would say that all is well again.
func TestFailedSync(t *testing.T) {
	strace := judge.Command(t, "strace", "strace")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, when := range []int{9, 12, 15} {
		path := filepath.Join(t.TempDir(), "merkki.db")
		c := exec.Command(strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync",
			"-e", fmt.Sprintf("inject=fdatasync:error=EIO:when=%d", when), self)
		c.Env = append(os.Environ(), "BOLT_WRITER="+path)
		out, err := c.CombinedOutput()
		if err != nil {
			judge.Skip(t, "strace cannot trace here: "+string(out))
		}
		said := strings.Split(strings.TrimSpace(string(out)), "\n")
		if n := len(said); n < 3 || !strings.HasPrefix(said[n-1], "read-only") || !strings.HasPrefix(said[n-2], "read-only") {
			t.Errorf("sync %d failed, and the writer says %q: want read-only twice at the end", when, said)
			continue
		}
		s, err := Open(path)
		if err != nil {
			t.Fatalf("after a failed sync: %v", err)
		}
		for _, line := range said {
			if n, ok := strings.CutPrefix(line, "kept "); ok {
				if _, err := s.Get(t.Context(), "R"+n); err != nil {
					t.Errorf("sync %d failed, and R%s, acknowledged before, is missing: %v", when, n, err)
				}
			}
		}
		if found, err := s.Check(t.Context()); err != nil || len(found) > 0 {
			t.Errorf("Check: %v, %v", found, err)
		}
		s.Close()
	}
}
