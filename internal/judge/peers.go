package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// peers is the folder of other people's JavaScript implementations.
func peers() string { return filepath.Join(Root(), "testdata", "peers") }

func newer(a, b string) bool {
	fa, errA := os.Stat(a)
	fb, errB := os.Stat(b)
	return errA == nil && errB == nil && !fa.ModTime().Before(fb.ModTime())
}

// Peers returns the folder testdata/peers with its packages installed at the
// versions that the lock file names, or skips. It installs nothing: a test has
// no business on the network, and a machine without one would wait for it.
func Peers(t testing.TB) string {
	t.Helper()
	Command(t, "node", "Debian package nodejs")
	installed := filepath.Join(peers(), "node_modules", ".package-lock.json")
	if !newer(installed, filepath.Join(peers(), "package-lock.json")) {
		Skip(t, "testdata/peers has no packages, or old ones (npm ci there)")
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
