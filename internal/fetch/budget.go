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
	left atomic.Int64
	max  int64
}

// WithBudget bounds the outbound requests made under ctx. What a cache or a
// bundle answers costs nothing; a redirect costs as much as a request.
func WithBudget(ctx context.Context, requests int) context.Context {
	b := &budget{max: int64(requests)}
	b.left.Store(b.max)
	return context.WithValue(ctx, budgetKey{}, b)
}

// spend takes n requests from the budget of ctx. Without a budget nothing is
// bounded: a page that asks for one document needs none.
func spend(ctx context.Context, n int, url string) error {
	b, ok := ctx.Value(budgetKey{}).(*budget)
	if !ok || b.left.Add(-int64(n)) >= 0 {
		return nil
	}
	return &UnreachableError{URL: url, Host: hostOf(url), Reason: "budget", Limit: "verification.requests", Max: b.max}
}
