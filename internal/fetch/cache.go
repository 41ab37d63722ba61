package fetch

import (
	"container/list"
	"sync"
	"time"
)

// Bounds of the cache: what strangers make us remember costs no more than this.
const (
	cacheEntries = 1024
	cacheBytes   = 32 << 20
)

// Lives in the cache.
const (
	shortestLife = time.Minute      // whatever Cache-Control says
	failureLife  = time.Minute      // of an answer that was none
	againAfter   = 10 * time.Second // for a reader who asks once more
)

type cacheKey struct {
	purpose Purpose
	url     string
}

// An answer is a document or the reason why there is none.
type answer struct {
	doc      Document
	err      error
	life     time.Duration // 0: not to be remembered
	requests int           // that it took
}

type entry struct {
	key    cacheKey
	answer answer
	stored time.Time
}

// A cache remembers answers, those used least recently least.
type cache struct {
	mu      sync.Mutex
	order   *list.List // of *entry, most recently used first; guarded by mu, as all below
	entries map[cacheKey]*list.Element
	bytes   int
}

func newCache() *cache {
	return &cache{order: list.New(), entries: map[cacheKey]*list.Element{}}
}

// get returns the answer that is still good at now; with again only one that
// is fresher than againAfter.
func (c *cache) get(k cacheKey, now time.Time, again bool) (answer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.entries[k]
	if !ok {
		return answer{}, false
	}
	e := el.Value.(*entry)
	life := e.answer.life
	if again {
		life = min(life, againAfter)
	}
	if age := now.Sub(e.stored); age < 0 || age >= life {
		return answer{}, false
	}
	c.order.MoveToFront(el)
	return e.answer, true
}

func (c *cache) put(k cacheKey, a answer, now time.Time) {
	if a.life <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if el, ok := c.entries[k]; ok {
		c.drop(el)
	}
	c.entries[k] = c.order.PushFront(&entry{k, a, now})
	c.bytes += len(a.doc.Bytes)
	for c.order.Len() > cacheEntries || c.bytes > cacheBytes {
		c.drop(c.order.Back())
	}
}

func (c *cache) drop(el *list.Element) {
	e := c.order.Remove(el).(*entry)
	delete(c.entries, e.key)
	c.bytes -= len(e.answer.doc.Bytes)
}
