package issuer_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"merkki/internal/judge"
	"merkki/issuer"
	"merkki/schema"
)

// TestFullDisk: on a full disk issuing answers STORAGE_FULL and leaves
// nothing half done, verifying goes on, and when there is room again so does
// issuing.
func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		judge.Skip(t, "mounting a small disk takes root")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", dir).CombinedOutput(); err != nil {
		judge.Skip(t, "no tmpfs can be mounted here: "+string(out))
	}
	t.Cleanup(func() { exec.Command("umount", dir).Run() }) // after the service is closed
	h := newHouseIn(t, dir)
	_, err := h.AddInstitution(ctx, registrar, "Example School", "", "en", false)
	must(t, err)
	a, err := h.AddAchievement(ctx, registrar, "", parse(t, welding), false)
	must(t, err)
	before := h.issue(t, issuer.Draft{Achievement: a.ID})

	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 4<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	issued := []issuer.Record{before}
	for n := 0; ; n++ {
		p, err := h.Prepare(ctx, registrar, issuer.Draft{Achievement: a.ID, Recipient: aino})
		var r issuer.Record
		if err == nil {
			r, err = h.Issue(ctx, p)
		}
		if err != nil {
			refusedWith(t, err, schema.CodeStorageFull, "")
			break
		}
		if issued = append(issued, r); n > 1000 {
			t.Fatal("a full disk takes everything")
		}
	}
	for _, r := range issued {
		if report := h.verify(t, r.Credential); report.Verdict != "valid" {
			t.Errorf("on the full disk: %s, %+v", report.Verdict, report.Primary)
		}
	}
	must(t, os.Remove(ballast))
	h.issue(t, issuer.Draft{Achievement: a.ID})
	h.reopen(t)
	for _, r := range issued {
		if _, err := h.Get(ctx, r.ID); err != nil {
			t.Errorf("acknowledged on the full disk and missing: %v", err)
		}
	}
	h.healthy(t)
}
