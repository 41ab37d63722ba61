package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"merkki/internal/fetch"
	"merkki/internal/i18n"
	"merkki/internal/many"
	"merkki/internal/publish"
	"merkki/schema"
	"merkki/verifier"
)

// Bounds of a job. What is sent is in memory only while it is checked, so two jobs
// at once cost at most twice many.MaxBytes; what stays is the answers.
const (
	maxJobs     = 2                // at work at once
	maxKept     = 40               // with their answers
	jobLife     = 30 * time.Minute // from the moment it was sent
	jobWork     = 5 * time.Minute  // for checking all of it
	jobRequests = 4000             // outbound, for all of it
	jobWorkers  = 6                // entries at once; the gate bounds those of all jobs
	jobWait     = 30               // seconds after which to ask again when two are at work
)

// A job is a list of entries being checked, or its answers. It is in memory alone
// and is gone when its time is over; whoever has its address may read it.
type job struct {
	id       string // 128 bits
	made     time.Time
	lists    []verifier.TrustList // in use when it was made
	asked    string               // the institution that all should come from, "" for any
	total    int
	forget   *time.Timer
	cancel   context.CancelFunc
	finished chan struct{} // closed when the work is done

	mu    sync.Mutex
	rows  []row           // guarded by mu
	done  int             // guarded by mu
	known map[string]bool // guarded by mu: issuers that the reader vouches for
}

// A row is one entry and what came of it. It holds no bytes of the input.
type row struct {
	number          int // as it was sent, from 1
	name, applicant string
	done            bool
	report          *verifier.Report // without evidence and credential; nil when there was nothing to verify
	fault           *schema.Fault    // why not
	situation       many.Situation
	about           rowFacts
	known           i18n.Known // what this service knows of its own credential
}

// rowFacts are what a proven credential says, for the table.
type rowFacts struct{ recipient, achievement, claimed, language string }

// A desk keeps the jobs.
type desk struct {
	now func() time.Time

	mu   sync.Mutex
	busy int             // guarded by mu
	jobs map[string]*job // guarded by mu
}

func newDesk(now func() time.Time) *desk { return &desk{now: now, jobs: map[string]*job{}} }

// reserve takes one of the places to work in before anything is read. The caller
// gives it back when the work is done.
func (d *desk) reserve() (leave func(), err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy >= maxJobs {
		return nil, schema.Refusal(schema.CodeRateLimited, "", map[string]any{"seconds": jobWait})
	}
	d.busy++
	return sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.busy--
	}), nil
}

// keep gives a job its address and remembers it for its time. The oldest goes when
// there are too many.
func (d *desk) keep(j *job) {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	j.id, j.made = hex.EncodeToString(b[:]), d.now()
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.jobs) >= maxKept {
		d.drop(slices.MinFunc(slices.Collect(maps.Values(d.jobs)), func(a, b *job) int { return a.made.Compare(b.made) }))
	}
	d.jobs[j.id] = j
	j.forget = time.AfterFunc(jobLife, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.drop(j)
	})
}

// drop forgets a job and stops its work; mu is held.
func (d *desk) drop(j *job) {
	delete(d.jobs, j.id)
	j.forget.Stop()
	j.cancel()
}

// find returns a job whose time is not over.
func (d *desk) find(id string) (*job, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	j, ok := d.jobs[id]
	if ok && d.now().Sub(j.made) >= jobLife {
		d.drop(j)
		return nil, false
	}
	return j, ok
}

// start begins to work at entries. That the one who sent them goes away does not
// stop it; that its time is over does.
func (s *Server) start(entries []many.Entry, all verifier.Request, lists []verifier.TrustList, leave func()) *job {
	ctx, cancel := context.WithTimeout(fetch.WithBudget(context.Background(), jobRequests), jobWork)
	j := newJob(entries, all.Issuer, lists, cancel)
	s.desk.keep(j)
	go func() {
		defer close(j.finished)
		defer leave()
		defer cancel()
		s.work(ctx, j, entries, all)
	}()
	return j
}

func newJob(entries []many.Entry, asked string, lists []verifier.TrustList, cancel context.CancelFunc) *job {
	j := &job{lists: lists, asked: asked, total: len(entries), cancel: cancel, finished: make(chan struct{}),
		known: map[string]bool{}, rows: make([]row, len(entries))}
	for i, e := range entries {
		j.rows[i] = row{number: i + 1, name: publish.Visible(e.Name), applicant: publish.Visible(e.Applicant)}
	}
	return j
}

// work checks the entries, some at once, in the order in which they came. Each
// entry's bytes are let go as soon as it is done.
func (s *Server) work(ctx context.Context, j *job, entries []many.Entry, all verifier.Request) {
	next := make(chan int)
	var workers sync.WaitGroup
	for range jobWorkers {
		workers.Go(func() {
			for i := range next {
				r := s.checkEntry(ctx, entries[i], all)
				entries[i].Bytes = nil
				j.mu.Lock()
				r.number, r.name, r.applicant = j.rows[i].number, j.rows[i].name, j.rows[i].applicant
				j.rows[i] = r
				j.done++
				j.mu.Unlock()
			}
		})
	}
	for i := range entries {
		next <- i
	}
	close(next)
	workers.Wait()
}

// checkEntry answers one entry. Whatever happens, it is an answer: a list of 200
// must not end because of one.
func (s *Server) checkEntry(ctx context.Context, e many.Entry, all verifier.Request) (r row) {
	r.done = true
	defer func() {
		if v := recover(); v != nil {
			s.c.Log.Error("panic", "value", fmt.Sprint(v), "stack", string(debug.Stack()))
			r = row{done: true, situation: many.Named("failed")}
		}
	}()
	if e.Situation != "" {
		r.situation = many.Named(e.Situation)
		return r
	}
	q, err := s.entryRequest(ctx, e, all)
	if err == nil {
		r.report, err = s.verify(ctx, q)
	}
	switch f := faultsOf(err); {
	case ctx.Err() != nil && err != nil:
		r.situation = many.Named("time-up")
	case len(f) > 0:
		r.fault, r.situation = f[0], many.OfFault(e.Link, f[0])
	case err != nil:
		s.c.Log.LogAttrs(ctx, slog.LevelError, "entry", slog.String("err", cut(err.Error())))
		r.situation = many.Named("failed")
	default:
		s.finish(ctx, &r, e.Link)
	}
	return r
}

func (s *Server) entryRequest(ctx context.Context, e many.Entry, all verifier.Request) (verifier.Request, error) {
	q := all
	if who := e.Recipient(); who != nil {
		q.Recipient = who
	}
	if q.Recipient != nil && len(q.Recipient.Value) > maxRecipient {
		return q, schema.Refusal(schema.CodeLimitExceeded, "", map[string]any{"limit": "recipient", "max": maxRecipient, "found": len(q.Recipient.Value)})
	}
	if q.Input = e.Bytes; e.Link == "" {
		return q, nil
	}
	var err error
	q.Input, err = s.retrieve(ctx, e.Link)
	return q, err
}

// finish reads what the table shows out of a report and lets the rest of it go.
func (s *Server) finish(ctx context.Context, r *row, link string) {
	rep := r.report
	s.markTest(ctx, rep)
	r.known, r.situation = s.knownOf(ctx, rep), many.OfReport(link, rep)
	if claims, ok := rep.Claims(); ok {
		f := publish.Credential(claims)
		r.about = rowFacts{f.Recipient, f.Achievement.Name, f.IssuerName, f.Language}
	}
	r.report = slim(rep)
}

// slim returns a report without what only an expert page shows.
func slim(r *verifier.Report) *verifier.Report {
	out := &verifier.Report{Verdict: r.Verdict, Test: r.Test, CheckedAt: r.CheckedAt, EvaluatedAt: r.EvaluatedAt, Input: r.Input, Primary: r.Primary}
	for _, c := range r.Checks {
		c.Evidence = nil
		out.Checks = append(out.Checks, c)
	}
	return out
}

// errNoJob: the time of a job is over, or there never was one.
var errNoJob = schema.Refusal(schema.CodeNotFound, "", nil)

// snapshot is what a job has come to so far, judged with what its reader vouches
// for.
func (j *job) snapshot() (rows []row, done int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	rows = slices.Clone(j.rows)
	for i := range rows {
		if r := &rows[i]; r.report != nil {
			if id := issuerProven(r.report); j.known[id] {
				known := r.report.Vouched(id)
				if known != r.report && r.situation.Name != "" {
					r.situation = many.OfReport("", known)
				}
				r.report = known
			}
		}
	}
	return rows, j.done
}

// vouch counts an issuer as known in this list, or no longer. Only issuers that
// are in it are remembered.
func (j *job) vouch(issuer string, forget bool) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !slices.ContainsFunc(j.rows, func(r row) bool { return r.report != nil && issuerProven(r.report) == issuer }) || issuer == "" {
		return errNoJob
	}
	if j.known[issuer] = true; forget {
		delete(j.known, issuer)
	}
	return nil
}

// vouched lists the issuers that the reader vouches for.
func (j *job) vouched() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Sorted(maps.Keys(j.known))
}

// issuerProven returns the id of the issuer whose key signed, "" where none was
// proven: the check was not run then.
func issuerProven(r *verifier.Report) string {
	c := r.Check("issuer.trusted")
	if c.Status == schema.NotRun {
		return ""
	}
	id, _ := c.Args["issuer"].(string)
	return id
}
