package main

import (
	"context"
	"time"
)

// freshTime is how often serve looks for lists that are due to be signed anew.
const freshTime = time.Hour

// keepListsFresh signs due lists at once and then every hour, until ctx ends. A
// failure is logged and tried again: readers sign a due list too when they ask.
func (p *program) keepListsFresh(ctx context.Context, s *service) error {
	tick := time.NewTicker(freshTime)
	defer tick.Stop()
	for {
		if err := s.issuer.RefreshLists(ctx); err != nil && ctx.Err() == nil {
			p.log.Error("status lists could not be signed anew", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
