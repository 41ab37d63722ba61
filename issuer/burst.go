package issuer

import (
	"context"
	"time"
)

// A change of status is on the disk when it is acknowledged. The lists that it
// concerns are built, signed and published for many changes at once: a file of
// ten thousand withdrawals makes a handful of lists, not ten thousand.
const (
	// pause is how long a changed list waits for further changes.
	pause = 500 * time.Millisecond
	// burst is how many lists a second are built because somebody asked. Below
	// it a reader has every change at once, above it within a second.
	burst = 4
)

// announce has the lists of a changed record built again soon. Where no key is at
// hand the change stands all the same: the list is built when there is one and
// somebody asks.
func (s *Service) announce(r StoredRecord) {
	for _, p := range r.Places {
		if l, ok := s.lists.get(p.List); ok {
			s.outdate(l)
		}
	}
}

// outdate notes that a list is not what it should be, and has it built.
func (s *Service) outdate(l *shelved) {
	l.stale.Store(true)
	if l.soon.Swap(true) {
		return // the build that is about to begin reads this change, too
	}
	s.building.Add(1)
	time.AfterFunc(pause, func() {
		defer s.building.Done()
		l.soon.Store(false)
		s.StatusList(context.Background(), l.id) // stays stale when it fails
	})
}

// settleLists publishes what was changed last. Only a service that changes nothing
// more calls it.
func (s *Service) settleLists(ctx context.Context) {
	for _, l := range s.lists.all() {
		if l.stale.Load() {
			s.StatusList(ctx, l.id) // where it fails, the next start sees it
		}
	}
	s.building.Wait()
}

// ServedList is [Service.StatusList] for the world: while changes come thick and
// fast the list may lack those of the last second.
func (s *Service) ServedList(ctx context.Context, list string) ([]byte, error) {
	if id, err := ParseID(list); err == nil {
		if l, ok := s.lists.get(id); ok {
			if b := l.recent(s.now()); b != nil {
				return b, nil
			}
		}
	}
	return s.StatusList(ctx, list)
}

// recent returns a list that was built again so often within a second that it is
// not built once more for one reader; nil for any other.
func (l *shelved) recent(now time.Time) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	often := !l.built[burst-1].IsZero() && time.Since(l.built[burst-1]) < time.Second
	if l.stale.Load() && l.soon.Load() && often && now.Before(l.until) && !now.Before(l.signed) {
		return l.bytes
	}
	return nil
}
