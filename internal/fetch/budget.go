package fetch

import (
	"context"
	"sync/atomic"
)

// VerificationRequests is how many outbound requests one verification may cause.
const VerificationRequests = 16

type budgetKey struct{}

// A budget counts down what is left; it may go below zero by the redirects of
// the last request.
type budget struct {
	left  atomic.Int64
	max   int64
	whole *budget // of the work that this is a part of; nil for none
}

// WithBudget bounds the outbound requests made under ctx. What a cache or a
// bundle answers costs nothing; a redirect costs as much as a request. Under a
// ctx that has a budget already, what is spent is taken from both.
func WithBudget(ctx context.Context, requests int) context.Context {
	b := &budget{max: int64(requests)}
	b.whole, _ = ctx.Value(budgetKey{}).(*budget)
	b.left.Store(b.max)
	return context.WithValue(ctx, budgetKey{}, b)
}

// spend takes n requests from the budget of ctx. Without a budget nothing is
// bounded: a page that asks for one document needs none.
func spend(ctx context.Context, n int, url string) error {
	b, _ := ctx.Value(budgetKey{}).(*budget)
	for ; b != nil; b = b.whole {
		if b.left.Add(-int64(n)) < 0 {
			return &UnreachableError{URL: url, Host: hostOf(url), Reason: "budget", Limit: "verification.requests", Max: b.max}
		}
	}
	return nil
}
