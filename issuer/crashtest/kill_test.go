package crashtest

import "testing"

// TestKill kills the worker with SIGKILL at random moments, its start
// included.
func TestKill(t *testing.T) {
	n := rounds(8, 1000)
	tr := newTrial(t, t.TempDir())
	credentials, revocations := 0, 0
	for i := range n {
		tr.round(t, i%4 != 0, nil)
		if i%2 == 0 && i < n-1 {
			continue // the next start may be cut off as well
		}
		credentials, revocations = tr.compare(t, i == n-1 || i%20 == 19)
		if t.Failed() {
			t.Fatalf("in round %d", i+1)
		}
	}
	if credentials == 0 || revocations == 0 {
		t.Fatalf("%d rounds acknowledged %d credentials and %d revocations: nothing was tested", n, credentials, revocations)
	}
	if len(tr.files) == 0 {
		t.Fatal("no file was acknowledged: nothing was tested of them")
	}
	t.Logf("%d kills: %d acknowledged credentials, %d revocations and %d files of %d rows, none missing, no row made twice, no place used twice",
		n, credentials, revocations, len(tr.files), fileRows)
}
