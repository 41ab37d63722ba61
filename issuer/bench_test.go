package issuer_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"merkki/issuer"
)

// BenchmarkIssue is one credential after the other: prepared, rehearsed,
// signed, verified and on the disk.
func BenchmarkIssue(b *testing.B) {
	h, a := school(b, false)
	for b.Loop() {
		h.issue(b, issuer.Draft{Achievement: a.ID})
	}
}

// BenchmarkIssueParallel is many callers at once, who share syncs.
func BenchmarkIssueParallel(b *testing.B) {
	h, a := school(b, false)
	var n atomic.Int64
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			p, err := h.Prepare(ctx, registrar, issuer.Draft{
				Achievement: a.ID, Recipient: issuer.Recipient{Name: "Aino", Email: fmt.Sprintf("a%d@example.org", n.Add(1))},
			})
			if err == nil {
				_, err = h.Issue(ctx, p)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkRevoke includes the status list that is signed with each.
func BenchmarkRevoke(b *testing.B) {
	h, a := school(b, true)
	r := h.issue(b, issuer.Draft{Achievement: a.ID})
	actions := []string{"suspend", "reinstate"}
	for n := 0; b.Loop(); n++ {
		_, err := h.ChangeStatus(ctx, registrar, r.ID, issuer.StatusChange{Action: actions[n%2], Reason: "x"})
		must(b, err)
	}
}
