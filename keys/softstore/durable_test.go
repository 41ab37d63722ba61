package softstore_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/keys"
)

// TestOnDiskBeforeItIsSaid watches the system calls of a process that makes a
// key: each file is synced before it gets its name, and the folder after.
func TestOnDiskBeforeItIsSaid(t *testing.T) {
	if dir := os.Getenv("MERKKI_TEST_KEYS"); dir != "" {
		s := openOrCreate(t, dir, word("w"))
		p, err := s.Generate(t.Context(), "did:web:issuer.example", keys.Ed25519, keys.Credentials)
		if err != nil {
			t.Fatal(err)
		}
		must(t, s.Retire(t.Context(), p.ID, p.Created))
		return
	}
	strace := judge.Command(t, "strace", "strace")
	dir := filepath.Join(t.TempDir(), "keys")
	trace := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command(strace, "-f", "-y", "-e", "trace=fsync,rename,renameat,renameat2", "-o", trace,
		os.Args[0], "-test.run", "^TestOnDiskBeforeItIsSaid$")
	cmd.Env = append(os.Environ(), "MERKKI_TEST_KEYS="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "Operation not permitted") {
			judge.Skip(t, "strace may not trace processes here")
		}
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(trace)
	must(t, err)
	synced, pending, named := map[string]bool{}, "", 0
	fsync := regexp.MustCompile(`fsync\(\d+<([^>]+)>\)`)
	rename := regexp.MustCompile(`rename\w*\(.*?"([^"]+)".*?"([^"]+)"`)
	for line := range strings.Lines(string(b)) {
		if m := fsync.FindStringSubmatch(line); m != nil {
			synced[m[1]] = true
			if m[1] == dir {
				pending = ""
			}
		}
		if m := rename.FindStringSubmatch(line); m != nil && strings.HasPrefix(m[2], dir) {
			if pending != "" {
				t.Errorf("%s had its name and the folder was not synced before the next file", pending)
			}
			if !synced[m[1]] {
				t.Errorf("%s got its name before its content was on disk", m[2])
			}
			pending, named = m[2], named+1
		}
	}
	// identity.age, the two files of the key, and the public one once more.
	if pending != "" || named != 4 {
		t.Errorf("%d files got their names, the last one not for good: %q\n%s", named, pending, b)
	}
}
