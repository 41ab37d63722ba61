package issuer

import (
	"maps"
	"sync"

	"merkki/schema"
)

// progress is what is known of the batches at work, and who waits for news.
type progress struct {
	mu      sync.Mutex
	running map[string]map[Outcome]int // guarded by mu
	trouble map[string]schema.Code     // guarded by mu
	news    chan struct{}              // closed at the next change; guarded by mu
	wake    chan struct{}              // something may be due
}

func newProgress() *progress {
	return &progress{
		running: map[string]map[Outcome]int{}, trouble: map[string]schema.Code{},
		news: make(chan struct{}), wake: make(chan struct{}, 1),
	}
}

func (p *progress) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *progress) change(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
	close(p.news)
	p.news = make(chan struct{})
}

func (p *progress) begin(id string, counts map[Outcome]int) {
	p.change(func() { p.running[id] = counts; delete(p.trouble, id) })
}

func (p *progress) add(id string, o Outcome) {
	p.change(func() { p.running[id][o]++ })
}

func (p *progress) end(id string, trouble schema.Code) {
	p.change(func() {
		delete(p.running, id)
		if trouble != "" {
			p.trouble[id] = trouble
		}
	})
}

func (p *progress) counts(id string) map[Outcome]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.running[id])
}

// overlay adds what is known of a batch that is not final.
func (p *progress) overlay(b *Batch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if counts, ok := p.running[b.ID]; ok {
		b.State, b.Counts = BatchWorking, maps.Clone(counts)
	}
	b.Trouble = p.trouble[b.ID]
}

func (p *progress) changed() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.news
}
