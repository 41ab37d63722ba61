package verifier

import (
	"crypto/sha256"
	"sync"
	"time"
)

// cacheLife is how long what was proven about a list is taken as proven. A key
// that its issuer revokes meanwhile is noticed after that, as it is with a
// cached key document.
const cacheLife = time.Minute

// A ListCache remembers status lists whose signatures hold, by their bytes: a
// list serves a hundred thousand credentials, and verifying it is as much work
// as verifying one. It spares no request, and the period of a list is weighed
// every time. Verifiers may share one if their Contexts and Resolver are the
// same. It is safe for concurrent use; nil remembers nothing.
type ListCache struct {
	lists int
	mu    sync.Mutex
	known map[[sha256.Size]byte]cachedList // guarded by mu
}

type cachedList struct {
	provenList
	since time.Time
}

// NewListCache makes a cache for that many lists. A list of the usual size
// takes 16 KiB and a little.
func NewListCache(lists int) *ListCache {
	return &ListCache{lists: lists, known: map[[sha256.Size]byte]cachedList{}}
}

func (c *ListCache) get(b []byte, now time.Time) (provenList, bool) {
	if c == nil {
		return provenList{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	l, ok := c.known[sha256.Sum256(b)]
	return l.provenList, ok && l.isFresh(now)
}

func (c *ListCache) put(b []byte, l provenList, now time.Time) {
	if c == nil || c.lists < 1 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= c.lists {
		c.makeRoom(now)
	}
	c.known[sha256.Sum256(b)] = cachedList{l, now}
}

// makeRoom forgets what is no longer fresh, or else any one list.
func (c *ListCache) makeRoom(now time.Time) {
	for k, l := range c.known {
		if !l.isFresh(now) {
			delete(c.known, k)
		}
	}
	for k := range c.known {
		if len(c.known) < c.lists {
			return
		}
		delete(c.known, k)
	}
}

// isFresh also forgets what comes from the future, after a clock was set back.
func (l cachedList) isFresh(now time.Time) bool {
	return !now.Before(l.since) && now.Sub(l.since) < cacheLife
}
