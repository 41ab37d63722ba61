package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// peers is the folder of other people's JavaScript implementations.
func peers() string { return filepath.Join(Root(), "testdata", "peers") }

var installPeers = sync.OnceValues(func() (string, error) {
	// Test programs of several packages run at once; one of them installs.
	lock, err := os.OpenFile(filepath.Join(peers(), "package-lock.json"), os.O_RDONLY, 0)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", err
	}
	done := filepath.Join(peers(), "node_modules", ".package-lock.json")
	if newer(done, lock.Name()) {
		return "", nil
	}
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = peers()
	out, err := cmd.CombinedOutput()
	return string(out), err
})

func newer(a, b string) bool {
	fa, errA := os.Stat(a)
	fb, errB := os.Stat(b)
	return errA == nil && errB == nil && !fa.ModTime().Before(fb.ModTime())
}

// Peers returns the folder testdata/peers with its packages installed at the
// versions that the lock file names, or skips: without Node, or where they are
// not installed and cannot be had.
func Peers(t testing.TB) string {
	t.Helper()
	Command(t, "node", "Debian package nodejs")
	Command(t, "npm", "Debian package npm")
	if out, err := installPeers(); err != nil {
		t.Log(out)
		Skip(t, "the Node packages of testdata/peers cannot be installed here (no network?)")
	}
	return peers()
}

// Node runs a script of testdata/peers, writes each of lines to it as one line
// of JSON and returns what it answers, one line each. The scripts say at their
// head what they read and write. A script that fails, fails the test.
func Node(t testing.TB, script string, lines ...any) []json.RawMessage {
	t.Helper()
	Peers(t)
	answers, err := RunPeer(script, lines...)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

// RunPeer is [Node] for generators, which are no tests.
func RunPeer(script string, lines ...any) ([]json.RawMessage, error) {
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	enc.SetEscapeHTML(false)
	for _, l := range lines {
		if err := enc.Encode(l); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command("node", script)
	cmd.Dir = peers()
	cmd.Stdin = &in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("node %s: %w\n%s", script, err, stderr.Bytes())
	}
	var answers []json.RawMessage
	for line := range bytes.Lines(out) {
		answers = append(answers, json.RawMessage(bytes.Clone(line)))
	}
	return answers, nil
}

// Documents is the line that gives a script's document loader what it serves:
// JSON documents by URL. The loader serves nothing else but did:key documents,
// which it computes.
func Documents(byURL map[string][]byte) any {
	m := make(map[string]json.RawMessage, len(byURL))
	for u, b := range byURL {
		m[u] = json.RawMessage(b)
	}
	return map[string]any{"documents": m}
}
