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
	justNow      = 250 * time.Millisecond
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
	// again is when the allowance for asking once more is whole: each such request
	// takes ten seconds of it, and one request may be had in advance, so that what
	// is published every ten seconds is found however the moments fall.
	again time.Time
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

// get returns the answer that is still good at now. With again it returns only one
// that is quite fresh, as long as there is an allowance for asking: a request every
// ten seconds, and one in reserve.
func (c *cache) get(k cacheKey, now time.Time, again bool) (answer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	el, ok := c.entries[k]
	if !ok {
		return answer{}, false
	}
	e := el.Value.(*entry)
	age := now.Sub(e.stored)
	if age < 0 || age >= e.answer.life {
		return answer{}, false
	}
	if again && age >= justNow && !now.Before(e.again.Add(-againAfter)) {
		if e.again.Before(now) {
			e.again = now
		}
		e.again = e.again.Add(againAfter)
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
	again := now.Add(againAfter)
	if el, ok := c.entries[k]; ok {
		again = el.Value.(*entry).again
		c.drop(el)
	}
	c.entries[k] = c.order.PushFront(&entry{k, a, now, again})
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
