package fetch

import (
	"context"
	"sync"
	"time"
)

// Bounds of what is asked at once, and when a host is left alone.
const (
	requestsInAll   = 64
	requestsPerHost = 8
	circuitFailures = 5
	circuitOpen     = time.Minute
	hostsRemembered = 1024
)

// A host is what is remembered of the other end.
type host struct {
	slots    chan struct{}
	users    int       // requests that hold or wait for a slot
	failures int       // in a row
	failed   time.Time // the last time
}

// A switchboard lets requests out: so many at once, and none to a host that
// has just failed several times in a row.
type switchboard struct {
	all   chan struct{}
	mu    sync.Mutex
	hosts map[string]*host // guarded by mu, the fields of its hosts too
}

func newSwitchboard() *switchboard {
	return &switchboard{all: make(chan struct{}, requestsInAll), hosts: map[string]*host{}}
}

// enter waits for a slot. The reason is empty, or says why there is none; then
// leave must not be called.
func (s *switchboard) enter(ctx context.Context, name string, now time.Time) (reason string) {
	s.mu.Lock()
	h := s.hosts[name]
	if h == nil {
		s.forget(now)
		h = &host{slots: make(chan struct{}, requestsPerHost)}
		s.hosts[name] = h
	}
	if now.Sub(h.failed) >= circuitOpen {
		h.failures = 0
	}
	if h.failures >= circuitFailures {
		s.mu.Unlock()
		return "circuit-open"
	}
	h.users++
	s.mu.Unlock()

	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		s.release(h)
		return "busy"
	}
	select {
	case s.all <- struct{}{}:
	case <-ctx.Done():
		<-h.slots
		s.release(h)
		return "busy"
	}
	return ""
}

// leave gives the slot back and says how it went.
func (s *switchboard) leave(name string, ok bool, now time.Time) {
	<-s.all
	s.mu.Lock()
	h := s.hosts[name] // there as long as it has users
	if ok {
		h.failures = 0
	} else {
		h.failures++
		h.failed = now
	}
	s.mu.Unlock()
	<-h.slots
	s.release(h)
}

func (s *switchboard) release(h *host) {
	s.mu.Lock()
	h.users--
	s.mu.Unlock()
}

// forget makes room: hosts that nobody waits for and that have not failed of
// late first, then whichever nobody waits for. s.mu is held.
func (s *switchboard) forget(now time.Time) {
	for _, all := range []bool{false, true} {
		for name, h := range s.hosts {
			if len(s.hosts) < hostsRemembered {
				return
			}
			if h.users == 0 && (all || h.failures == 0 || now.Sub(h.failed) >= circuitOpen) {
				delete(s.hosts, name)
			}
		}
	}
}
