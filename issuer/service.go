package issuer

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"merkki/keys"
	"merkki/schema/jsonld"
	"merkki/verifier"
)

// A Config is what a Service works with.
type Config struct {
	BaseURL        string // https origin without path; on paper for ever
	Store          Store  // closed with the service
	Keys           keys.Store
	Contexts       *jsonld.Register // nil: what the program embeds
	Dir            string           // for the learners' keys, the high-water mark and published lists
	Now            func() time.Time // nil: the clock
	StatusValidity time.Duration    // of a signed status list; zero: 24 hours
	Mail           bool             // somebody calls Deliver; without, a draft that asks for mail is refused
}

// A Service issues and keeps. All methods are safe for concurrent use, and
// roles are checked here.
type Service struct {
	store    Store
	keyStore keys.Store
	contexts *jsonld.Register
	clock    func() time.Time
	base     string // https origin
	host     string // its host, with the port if there is one
	validity time.Duration

	learners  *learners
	highwater *highwater
	lists     *shelf
	building  sync.WaitGroup      // of changed lists, see announce
	builds    atomic.Int64        // how many lists were built and signed
	proven    *verifier.ListCache // lists that were verified lately
	published string              // directory of the last signed lists

	batches *progress  // of files that are worked through
	working sync.Mutex // held by WorkBatches

	views views // of share links, not yet written

	rotations rotations  // of keys, under way
	turning   sync.Mutex // one change of keys at a time

	mailing bool          // see Config.Mail
	mailed  chan struct{} // see Mailed

	institutions sync.Map   // ID and DID → Institution
	adding       sync.Mutex // one institution, achievement version or list at a time
	// behind is set when the database has forgotten what was published:
	// nothing is issued then.
	behind atomic.Pointer[string]
}

// Open makes a service, after finishing what an earlier one left: prepared
// records are voided, counters moved on to the high-water mark, and published
// lists compared with the database. It needs no key to be unlocked. The store
// is closed when Open fails.
func Open(ctx context.Context, c Config) (*Service, error) {
	s, err := open(ctx, c)
	if err != nil && c.Store != nil {
		c.Store.Close()
	}
	return s, err
}

func open(ctx context.Context, c Config) (*Service, error) {
	host, err := origin(c.BaseURL)
	if err != nil {
		return nil, err
	}
	s := &Service{
		store: c.Store, keyStore: c.Keys, contexts: c.Contexts, clock: c.Now,
		base: c.BaseURL, host: host, validity: c.StatusValidity,
		published: filepath.Join(c.Dir, "published"),
		mailing:   c.Mail, mailed: make(chan struct{}, 1),
	}
	s.batches = newProgress()
	if s.contexts == nil {
		s.contexts = jsonld.Embedded()
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.validity == 0 {
		s.validity = 24 * time.Hour
	}
	if err := os.MkdirAll(s.published, 0o700); err != nil {
		return nil, err
	}
	if err := s.bindBase(ctx); err != nil {
		return nil, err
	}
	if s.highwater, err = openHighwater(filepath.Join(c.Dir, "highwater")); err != nil {
		return nil, err
	}
	if s.learners, err = openLearners(filepath.Join(c.Dir, "learners")); err != nil {
		return nil, err
	}
	s.lists, s.proven = newShelf(), verifier.NewListCache(64)
	if err := s.recover(ctx); err != nil {
		s.learners.close()
		return nil, err
	}
	return s, nil
}

// Close lets go of the store and the files. It must be the last call.
func (s *Service) Close() error {
	ctx := context.Background()
	s.countShares(ctx)
	s.settleLists(ctx)
	lists, err := s.store.Lists(ctx)
	for _, l := range lists {
		err = errors.Join(err, s.highwater.settle(l.ID, l.Next))
	}
	return errors.Join(err, s.store.Close(), s.learners.close())
}

// BaseURL returns the https origin under which everything is published.
func (s *Service) BaseURL() string { return s.base }

// now is the clock in the wire's resolution.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Second) }

// origin checks that a base URL is an https origin and returns its host.
func origin(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "https" || u.Host == "" || base != "https://"+strings.ToLower(u.Host) {
		return "", fmt.Errorf("the base URL %q is not an https origin in lower case without a path, such as https://badges.example.org", base)
	}
	return u.Host, nil
}

// bindBase remembers the base URL of the first start and refuses another: it
// stands in every credential and on every printed page.
func (s *Service) bindBase(ctx context.Context) error {
	const kind, id = "installation", "base-url"
	t, err := s.store.Thing(ctx, kind, id)
	if errors.Is(err, ErrNotFound) {
		return s.store.Add(ctx, Thing{Kind: kind, ID: id, Body: []byte(s.base)}, s.entry(Actor{Name: "merkki"}, "installation.begun", s.base))
	}
	if err == nil && string(t.Body) != s.base {
		err = fmt.Errorf("this directory belongs to %s, and the configuration says %s: the base URL stands in every credential and cannot be changed", t.Body, s.base)
	}
	return err
}

// entry makes a log entry.
func (s *Service) entry(a Actor, action, subject string) LogEntry {
	return LogEntry{At: s.now(), Actor: a.Name, Action: action, Subject: subject}
}
