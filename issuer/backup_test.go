package issuer_test

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"merkki/issuer"
	"merkki/schema"
)

// unpack puts a backup where a restore would.
func unpack(t *testing.T, backup, dir string) []string {
	t.Helper()
	f, err := os.Open(backup)
	must(t, err)
	defer f.Close()
	var names []string
	for r := tar.NewReader(f); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		names = append(names, head.Name)
		path := filepath.Join(dir, head.Name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o700))
		b, err := io.ReadAll(r)
		must(t, err)
		must(t, os.WriteFile(path, b, 0o600))
	}
	keys, err := os.ReadFile(backup + ".learners")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "learners"), keys, 0o600))
	return names
}

func TestBackupCanBeRestored(t *testing.T) {
	h, a := school(t, false)
	r := h.issue(t, issuer.Draft{Achievement: a.ID})
	_, err := h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: "revoke", Reason: "x"})
	must(t, err)
	path := filepath.Join(t.TempDir(), "backup.tar")
	must(t, h.Backup(ctx, registrar, path))
	if err := h.Backup(ctx, registrar, path); err == nil {
		t.Error("a backup was written over another")
	}
	refusedWith(t, h.Backup(ctx, registrar, "backup.tar"), schema.CodeMalformedValueError, "/path")
	left, err := os.ReadDir(filepath.Dir(path))
	must(t, err)
	if len(left) != 2 {
		t.Errorf("beside the backup lies %v", left)
	}
	used := h.issue(t, issuer.Draft{Achievement: a.ID}).Status[0]

	restored := &house{dir: t.TempDir(), keys: h.keys}
	restored.now.Store(h.now.Load())
	names := unpack(t, path, restored.dir)
	want := []string{"manifest.json", "merkki.db", "highwater", "published/" + r.Status[0].List + ".json"}
	if !slices.Equal(names, want) {
		t.Errorf("the backup holds %q, want %q", names, want)
	}
	restored.open(t)
	defer restored.Close()
	got, err := restored.Get(ctx, r.ID)
	must(t, err)
	if got.State != issuer.Revoked || string(got.Credential) != string(r.Credential) || got.Recipient != aino {
		t.Errorf("restored: %+v", got)
	}
	restored.healthy(t)
	// What was issued after the backup is not known here, its place is.
	for range 5 {
		if again := restored.issue(t, issuer.Draft{Achievement: a.ID}).Status[0]; again == used {
			t.Errorf("place %+v was used between backup and restore", again)
		}
	}
}
