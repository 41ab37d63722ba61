package web

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"merkki/schema"
)

// maxClients bounds the memory of the allowances. When it is reached, those
// whose allowance is full again, which remember nothing, are dropped; if that
// frees nothing, everybody starts anew.
const maxClients = 20000

// buckets are allowances by client address.
type buckets struct {
	every rate.Limit
	burst int
	now   func() time.Time

	mu sync.Mutex
	of map[string]*rate.Limiter // guarded by mu
}

func newBuckets(perSecond float64, burst int, now func() time.Time) *buckets {
	return &buckets{every: rate.Limit(perSecond), burst: burst, now: now, of: map[string]*rate.Limiter{}}
}

// allow takes one from the allowance of a client; when it is used up it says how
// many seconds to wait.
func (b *buckets) allow(client string) (wait int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	l := b.of[client]
	if l == nil {
		if len(b.of) >= maxClients {
			b.forget(now)
		}
		l = rate.NewLimiter(b.every, b.burst)
		b.of[client] = l
	}
	if l.AllowN(now, 1) {
		return 0, true
	}
	return int(1/float64(b.every)) + 1, false
}

// forget drops what need not be remembered; mu is held.
func (b *buckets) forget(now time.Time) {
	for k, l := range b.of {
		if l.TokensAt(now) >= float64(b.burst) {
			delete(b.of, k)
		}
	}
	if len(b.of) >= maxClients {
		clear(b.of)
	}
}

// allowance refuses clients that ask too often. Commands on the machine itself
// are not counted.
func (s *Server) allowance(b *buckets, local bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if !local {
				if wait, ok := b.allow(c.RealIP()); !ok {
					return schema.Refusal(schema.CodeRateLimited, "", map[string]any{"seconds": wait})
				}
			}
			return next(c)
		}
	}
}

// A gate bounds how many verifications run at once and how many wait.
type gate struct {
	running chan struct{}
	waiting chan struct{}
}

func newGate() *gate {
	return &gate{make(chan struct{}, 4*runtime.GOMAXPROCS(0)), make(chan struct{}, 1000)}
}

// enter waits for a place; the caller calls leave when done.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	select {
	case g.waiting <- struct{}{}:
		defer func() { <-g.waiting }()
	default:
		return nil, schema.Refusal(schema.CodeRateLimited, "", map[string]any{"seconds": 5})
	}
	select {
	case g.running <- struct{}{}:
		return func() { <-g.running }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
