package issuer

import (
	"sync"
	"sync/atomic"
	"time"

	"merkki/schema/statuslist"
)

// A shelf holds the status lists as they are published now.
type shelf struct {
	mu    sync.RWMutex
	lists map[string]*shelved // guarded by mu
}

// A shelved list is one of them. permutation, id, issuer and purpose are set
// once.
type shelved struct {
	id, issuer, purpose string
	permutation         *statuslist.Permutation

	stale atomic.Bool // a bit changed since the list was built
	soon  atomic.Bool // a build is about to begin, see Service.announce

	mu     sync.Mutex       // one build at a time
	built  [burst]time.Time // when the last builds ended, the latest first; guarded by mu, as all below
	bytes  []byte           // the signed list; nil before the first build
	bits   *statuslist.List
	signed time.Time
	until  time.Time
}

func newShelf() *shelf { return &shelf{lists: map[string]*shelved{}} }

// get returns a list by ID.
func (s *shelf) get(id string) (*shelved, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	l, ok := s.lists[id]
	return l, ok
}

// put adds a list, unless it is there.
func (s *shelf) put(l List) *shelved {
	s.mu.Lock()
	defer s.mu.Unlock()
	if have, ok := s.lists[l.ID]; ok {
		return have
	}
	n := &shelved{
		id: l.ID, issuer: l.Issuer, purpose: l.Purpose,
		permutation: statuslist.NewPermutation(l.Key, statuslist.MinEntries),
	}
	s.lists[l.ID] = n
	return n
}

// all returns every list.
func (s *shelf) all() []*shelved {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]*shelved, 0, len(s.lists))
	for _, l := range s.lists {
		all = append(all, l)
	}
	return all
}
