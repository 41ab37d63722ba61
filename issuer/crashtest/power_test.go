//go:build linux

package crashtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"merkki/internal/judge"
)

// TestPowerCut shuts the file system down under the worker without writing
// its journal, which is what a power cut leaves: whatever was not synced is
// gone. Every other directory is new, so that first starts are cut as well.
func TestPowerCut(t *testing.T) {
	if os.Getuid() != 0 {
		judge.Skip(t, "mounting a file system takes root")
	}
	mkfs := judge.Command(t, "mkfs.ext4", "e2fsprogs")
	n := rounds(3, 50)
	disk := newDisk(t, mkfs)
	var tr *trial
	credentials, revocations, first := 0, 0, 0
	for i := range n {
		if i%2 == 0 {
			dir := filepath.Join(disk.mount, "dir"+string(rune('a'+i/2)))
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			syncDisk(t, disk.mount)
			tr = newTrial(t, dir)
			first++
		}
		tr.round(t, i%4 != 0, func() { disk.cut(t) })
		disk.remount(t)
		c, r := tr.compare(t, true)
		if t.Failed() {
			t.Fatalf("in round %d", i+1)
		}
		if i%2 == 1 || i == n-1 {
			credentials, revocations = credentials+c, revocations+r
		}
	}
	t.Logf("%d power cuts, %d of them on a first start: %d acknowledged credentials and %d revocations, none missing, no place used twice", n, first, credentials, revocations)
}

// A disk is an ext4 file system in a file.
type disk struct{ image, mount string }

func newDisk(t *testing.T, mkfs string) *disk {
	t.Helper()
	dir := t.TempDir()
	d := &disk{image: filepath.Join(dir, "image"), mount: filepath.Join(dir, "mount")}
	if err := os.WriteFile(d.image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(d.image, 256<<20); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(d.mount, 0o700); err != nil {
		t.Fatal(err)
	}
	run(t, mkfs, "-q", "-F", d.image)
	if out, err := exec.Command("mount", "-o", "loop", d.image, d.mount).CombinedOutput(); err != nil {
		judge.Skip(t, "no loop device can be mounted here: "+string(out))
	}
	t.Cleanup(func() { run(t, "umount", d.mount) })
	return d
}

// cut is EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH.
func (d *disk) cut(t *testing.T) {
	t.Helper()
	const shutdown, noLogFlush = 0x8004587d, 2
	f, err := os.Open(d.mount)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := unix.IoctlSetPointerInt(int(f.Fd()), shutdown, noLogFlush); err != nil {
		t.Fatalf("shutdown: %v", err)
	}
}

// remount takes the file system off and on again, which replays the journal.
func (d *disk) remount(t *testing.T) {
	t.Helper()
	run(t, "umount", d.mount)
	run(t, "mount", "-o", "loop", d.image, d.mount)
}

func syncDisk(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := unix.Syncfs(int(f.Fd())); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
}
