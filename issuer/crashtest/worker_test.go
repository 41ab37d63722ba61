package crashtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"merkki/issuer"
	"merkki/issuer/store/bolt"
	"merkki/keys/softstore"
	"merkki/schema"
)

const base = "https://badges.example"

var everybody = issuer.Actor{Name: "local:crashtest", Roles: issuer.AllRoles()}

const achievement = `{"id":"urn:example:a","type":["Achievement"],"name":"Welding","description":"Steel.","criteria":{"narrative":"Weld."}}`

// house opens the service on a directory, making whatever is not there yet: a
// start may have been cut off anywhere.
func house(ctx context.Context, dir, identity string) (*issuer.Service, error) {
	keyDir := filepath.Join(dir, "keys")
	keys, err := softstore.Open(keyDir, softstore.IdentityFile(identity))
	if err != nil {
		if _, serr := os.Stat(keyDir); !errors.Is(serr, fs.ErrNotExist) {
			return nil, err
		}
		if keys, err = softstore.Create(keyDir, softstore.IdentityFile(identity)); err != nil {
			return nil, err
		}
	}
	store, err := bolt.Open(filepath.Join(dir, "merkki.db"))
	if err != nil {
		return nil, err
	}
	return issuer.Open(ctx, issuer.Config{BaseURL: base, Store: store, Keys: keys, Dir: dir})
}

// furnish makes the institution and the achievement, unless they are there.
func furnish(ctx context.Context, s *issuer.Service) (issuer.Achievement, error) {
	institutions, err := s.Institutions(ctx)
	if err != nil {
		return issuer.Achievement{}, err
	}
	if len(institutions) == 0 {
		if _, err := s.AddInstitution(ctx, everybody, "Example School", "web", "en", false); err != nil {
			return issuer.Achievement{}, err
		}
	}
	all, err := s.Achievements(ctx)
	if err != nil {
		return issuer.Achievement{}, err
	}
	if len(all) > 0 {
		return all[0], nil
	}
	doc, err := schema.Parse([]byte(achievement), schema.Limits{})
	if err != nil {
		return issuer.Achievement{}, err
	}
	return s.AddAchievement(ctx, everybody, "", doc.Root(), true)
}

// work issues, one by one and by the file, revokes, and changes keys until it is
// killed.
func work() error {
	ctx := context.Background()
	s, err := house(ctx, os.Getenv("CRASHTEST_DIR"), os.Getenv("CRASHTEST_IDENTITY"))
	if err != nil {
		return err
	}
	a, err := furnish(ctx, s)
	if err != nil {
		return err
	}
	var acks acknowledger
	var wg sync.WaitGroup
	failed := make(chan error, 8)
	for n := range 4 {
		wg.Go(func() { failed <- labour(ctx, s, a, n, &acks) })
	}
	wg.Go(func() { s.WorkBatches(ctx) })
	wg.Go(func() { failed <- order(ctx, s, a, &acks) })
	if rand.IntN(5) == 0 { // seldom: every key is published for ever
		wg.Go(func() { failed <- rotate(ctx, s, &acks) })
	}
	return <-failed
}

// labour is one goroutine of the worker.
func labour(ctx context.Context, s *issuer.Service, a issuer.Achievement, n int, acks *acknowledger) error {
	for i := 0; ; i++ {
		p, err := s.Prepare(ctx, everybody, issuer.Draft{
			Achievement: a.ID,
			Recipient:   issuer.Recipient{Name: "Aino Virtanen", Email: fmt.Sprintf("aino%d.%d@example.org", n, rand.IntN(50))},
		})
		if err != nil {
			return err
		}
		r, err := s.Issue(ctx, p)
		if err != nil {
			return err
		}
		var places []string
		for _, ref := range r.Status {
			places = append(places, fmt.Sprintf("%s:%d", ref.List, ref.Index))
		}
		acks.say("issued", r.ID, strings.Join(places, ","))
		if i%3 == 0 {
			if _, err := s.ChangeStatus(ctx, everybody, r.ID, issuer.StatusChange{Action: "revoke", Reason: "to be remembered"}); err != nil {
				return err
			}
			acks.say("revoked", r.ID)
		}
	}
}

// fileRows is how many rows a file of the worker has.
const fileRows = 12

// order hands in files, and the one before once more, as somebody does who was
// told nothing.
func order(ctx context.Context, s *issuer.Service, a issuer.Achievement, acks *acknowledger) error {
	life := issuer.NewID()
	for i := 0; ; i++ {
		file, last := fmt.Sprintf("%s-%d", life, i), ""
		for range 1 + i%2 {
			b, err := s.StartBatch(ctx, everybody, file, issuer.BatchOrder{Action: "issue", Achievement: a.ID},
				[]string{"name", "email", "row_key"}, rowsOf(file))
			if err != nil {
				return err
			}
			acks.say("taken-in", b.ID)
			last = b.ID
		}
		for b := (issuer.Batch{}); !b.State.Final(); { // one file at a time
			news := s.BatchNews()
			var err error
			if b, err = s.Batch(ctx, everybody, last); err != nil {
				return err
			}
			if !b.State.Final() {
				<-news
			}
		}
		acks.say("worked-off", last)
	}
}

// rowsOf is a file whose rows are distinct in every column.
func rowsOf(file string) iter.Seq2[issuer.BatchRow, error] {
	return func(yield func(issuer.BatchRow, error) bool) {
		for n := range fileRows {
			key := fmt.Sprintf("%s-%d", file, n)
			row := issuer.BatchRow{Line: n + 2, Row: n + 1, Values: map[string]string{
				"name": "Eino Virtanen", "email": strings.ToLower(key) + "@example.org", "row_key": key,
			}}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// rotate replaces the keys of the institution.
func rotate(ctx context.Context, s *issuer.Service, acks *acknowledger) error {
	r, err := s.RotateKeys(ctx, everybody, "", 0)
	if f, ok := errors.AsType[*schema.Fault](err); ok && f.Code == schema.CodeConflict {
		<-ctx.Done() // one that was cut off is under way
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	acks.say("rotated", r.ID)
	_, err = s.KeepKeys(ctx)
	if err == nil {
		<-ctx.Done()
	}
	return err
}

// An acknowledger writes what was answered, one line in one write.
// The first revocation is also announced to the judge, on descriptor 3: by then
// the worker is at work.
type acknowledger struct {
	mu    sync.Mutex
	begun bool
}

func (a *acknowledger) say(words ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	fmt.Println(strings.Join(words, " "))
	if words[0] == "revoked" && !a.begun {
		a.begun = true
		os.NewFile(3, "begun").Write([]byte("!"))
	}
}

// witness copies whole lines from its input to a file and syncs each.
func witness() error {
	f, err := os.OpenFile(os.Getenv("CRASHTEST_LOG"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return f.Close() // the worker is dead; a line without end was no answer
		}
		if _, err := f.WriteString(line); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return err
		}
	}
}
