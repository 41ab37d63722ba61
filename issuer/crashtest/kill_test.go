package crashtest

import "testing"

// TestKill kills the worker with SIGKILL at random moments, its start
// included.
func TestKill(t *testing.T) {
	n := rounds(8, 200)
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
	t.Logf("%d kills: %d acknowledged credentials and %d revocations, none missing, no place used twice", n, credentials, revocations)
}
