package verifier_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"merkki/keys"
	"merkki/schema"
	"merkki/verifier"
	"merkki/verifier/virtual"
)

// silent is a resolver whose hosts never answer.
type silent struct{}

func (silent) Resolve(ctx context.Context, _ string) (*keys.Method, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestVerificationEndsInTime: after ten seconds the reader gets what is known
// by then, and it is not a verdict about the credential.
func TestVerificationEndsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld()
		w.v.Resolver = silent{}
		began := time.Now()
		r := verify(t, w.v, w.uni.Sign(w.uni.Badge()))
		if d := time.Since(began); d != 10*time.Second {
			t.Errorf("it took %s", d)
		}
		expect(t, r, "indeterminate; document.schema pass schema.conforms; key.resolved unknown key.unreachable; issuer.trusted not-run check.not-run")
		consistent(t, r)
	})
}

// TestCallerGone: when nobody waits for the report there is none.
func TestCallerGone(t *testing.T) {
	w := newWorld()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := w.v.Verify(ctx, verifier.Request{Input: w.uni.Sign(w.uni.Badge())})
	if r != nil || !errors.Is(err, context.Canceled) {
		t.Error(r, err)
	}
}

// TestRequestsAreBounded: sixteen requests for one credential, and what is
// beyond them is said to be so.
func TestRequestsAreBounded(t *testing.T) {
	w := newWorld()
	badge := w.uni.Badge()
	for range 16 {
		badge = virtual.WithStatus(badge, w.uni.List("revocation"), 7)
	}
	input := w.uni.Sign(badge)
	w.Asked()
	r := verify(t, w.v, input)
	expect(t, r, "indeterminate; credential.status unknown status.limit")
	if asked := w.Asked(); len(asked) != 16 {
		t.Errorf("%d requests: %v", len(asked), asked)
	}
	if limit := r.Check("credential.status").Args["limit"]; limit != "verification.requests" {
		t.Errorf("limit %v", limit)
	}
}

// TestReportIsBounded: a document can be wrong in thousands of places, a report
// cannot.
func TestReportIsBounded(t *testing.T) {
	w := newWorld()
	v := w.uni.Badge()
	for i := range 400 {
		v = v.With(fmt.Sprintf("unforeseen%d", i), schema.StringValue(strings.Repeat("x", 300)))
	}
	r := verify(t, w.v, schema.Marshal(v))
	c := r.Check("document.terms")
	if c.Status != schema.Fail || len(c.Also) > 50 {
		t.Errorf("%s with %d further findings", c.Status, len(c.Also))
	}
}

// TestListCache: a list is proven once, asked for every time, and its period
// and its bits count as they are.
func TestListCache(t *testing.T) {
	w := newWorld()
	list := w.uni.List("revocation")
	input := w.uni.Sign(virtual.WithStatus(w.uni.Badge(), list, 7))
	w.v.Cache = verifier.NewListCache(1)
	for range 3 {
		expect(t, verify(t, w.v, input), "valid; credential.status pass status.clear")
	}
	if asked := strings.Count(strings.Join(w.Asked(), " "), list1); asked != 3 {
		t.Errorf("asked %d times", asked)
	}
	list.Set(7)
	expect(t, verify(t, w.v, input), "invalid; credential.status fail status.revocation")
	list.Clear(7)
	w.Freeze()
	expect(t, verify(t, w.v, input), "valid; credential.status pass status.clear")
	w.Wait(48 * time.Hour)
	expect(t, verify(t, w.v, input), "indeterminate; credential.status unknown status.list-invalid")
}

// TestChainsShareOneBudget: each proof of a chain is over another document, so
// sixteen of them over a large one would cost sixteen times as much.
func TestChainsShareOneBudget(t *testing.T) {
	w := newWorld()
	var many []schema.Value
	for i := range 300 {
		many = append(many, schema.ObjectValue(member("type", "Alignment"), member("targetName", "name"),
			member("targetUrl", fmt.Sprintf("https://framework.example/%d", i)), member("targetCode", "code")))
	}
	var proofs, before []schema.Value
	for i := range 16 {
		id := fmt.Sprintf("urn:proof:%d", i)
		p := parse(w.uni.Sign(w.uni.Badge())).GetList("proof")[0].With("id", schema.StringValue(id)).
			With("created", schema.StringValue(fmt.Sprintf("2026-06-01T00:00:%02dZ", i))).
			With("proofValue", schema.StringValue(otherValue(w, id)))
		if len(before) > 0 {
			p = p.With("previousProof", schema.ArrayValue(before...))
		}
		proofs, before = append(proofs, p), append(before, schema.StringValue(id))
	}
	subject, _ := w.uni.Badge().Get("credentialSubject")
	achievement, _ := subject.Get("achievement")
	badge := w.uni.Badge().With("credentialSubject", subject.With("achievement", achievement.With("alignment", schema.ArrayValue(many...))))
	r := verify(t, w.v, schema.Marshal(badge.With("proof", schema.ArrayValue(proofs...))))
	expect(t, r, "invalid; proof.signature fail signature.mismatch; proof.signature also unknown signature.work-limit")
	statements := r.Check("document.terms").Args["statements"].(int)
	if n := len(r.Check("proof.signature").Evidence); n > 20_000/statements {
		t.Errorf("%d proofs over %d statements were tried", n, statements)
	}
}

// otherValue is a well formed proof value of something else.
func otherValue(w *world, name string) string {
	other := parse(w.forger.Sign(w.uni.Badge().With("name", schema.StringValue(name))))
	return other.GetList("proof")[0].GetString("proofValue")
}
