package issuer

import (
	"context"
	"time"

	"merkki/schema"
)

// retryBatch is how long a batch waits that the service could not go on with:
// a full disk, a key that nobody opened.
const retryBatch = 30 * time.Second

// WorkBatches works through the batches that were taken in, those of an earlier
// process first, until ctx ends; one after another, each with every core. What
// is cut off is gone on with by the next call. It also forgets what has expired.
// Only one call at a time does anything.
func (s *Service) WorkBatches(ctx context.Context) {
	if !s.working.TryLock() {
		return
	}
	defer s.working.Unlock()
	for {
		wait := time.Hour
		if !s.workDue(ctx) {
			wait = retryBatch
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-s.batches.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// WorkBatch works through one batch, as WorkBatches does, and returns when it has
// ended, cannot go on, or ctx has ended.
func (s *Service) WorkBatch(ctx context.Context, id string) {
	s.working.Lock()
	defer s.working.Unlock()
	if t, err := s.store.Thing(ctx, kindBatch, id); err == nil {
		s.work(ctx, t)
	}
}

// work runs a batch that is not final and reports whether it is then.
func (s *Service) work(ctx context.Context, t Thing) bool {
	b, err := readBatch(t)
	if err != nil || b.State.Final() {
		return true
	}
	err = s.runBatch(ctx, t, b)
	trouble := schema.Code("")
	if err != nil && ctx.Err() == nil {
		trouble = schema.CodeInternal
		if f := faultIn(err); f != nil {
			trouble = f.Code
		}
	}
	s.batches.end(t.ID, trouble)
	return err == nil
}

// workDue runs every batch that is not finished and reports whether all are.
func (s *Service) workDue(ctx context.Context) bool {
	due, err := s.store.Due(ctx, kindBatch, s.now(), 1000)
	if err != nil {
		return false
	}
	clear := true
	for _, t := range due {
		clear = s.work(ctx, t) && clear
		if ctx.Err() != nil {
			return true
		}
	}
	return s.forgetBatches(ctx) == nil && clear
}

// BatchNews returns a channel that is closed at the next change of any batch.
func (s *Service) BatchNews() <-chan struct{} { return s.batches.changed() }
