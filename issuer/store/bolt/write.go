package bolt

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"syscall"

	"go.etcd.io/bbolt"

	"merkki/issuer"
)

// maxGroup bounds how many writes share a transaction.
const maxGroup = 256

// A write is one caller's change, waiting for the writer.
type write struct {
	ctx    context.Context
	do     func(*bbolt.Tx) error // may run more than once; only its last run counts
	result chan error
}

// update hands do to the writer and waits for the answer. Once the writer has
// taken it, ctx no longer matters: the outcome is always known.
func (s *Store) update(ctx context.Context, do func(*bbolt.Tx) error) error {
	if s.readOnly {
		return issuer.ErrReadOnly
	}
	w := &write{ctx: ctx, do: do, result: make(chan error, 1)}
	select {
	case s.writes <- w:
		return <-w.result
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return fmt.Errorf("%w: the store is closed", issuer.ErrReadOnly)
	}
}

// writer is the only goroutine that opens write transactions. It takes what
// is waiting, so that a busy service pays one sync for many writes and a quiet
// one waits for nobody.
func (s *Store) writer() {
	for {
		var group []*write
		select {
		case w := <-s.writes:
			group = append(group, w)
		case <-s.closing:
			return
		}
	gather:
		for len(group) < maxGroup {
			select {
			case w := <-s.writes:
				group = append(group, w)
			default:
				break gather
			}
		}
		s.commit(group)
	}
}

// commit runs a group in one transaction. A write that refuses is taken out
// and the others run again, so that no half of it can be left. What it refused
// for may be another of the group, which nobody has been told of and which may
// never reach the disk: unless it was the first, it is asked again when the
// others are there.
func (s *Store) commit(group []*write) {
	var later []*write
	for len(group) > 0 {
		if err := s.fault(); err != nil {
			answer(append(group, later...), err)
			return
		}
		refused := -1
		var why error
		err := s.attempt(func(tx *bbolt.Tx) error {
			for i, w := range group {
				why = w.ctx.Err()
				if why == nil {
					why = w.do(tx)
				}
				if why != nil {
					refused = i
					return why
				}
			}
			return nil
		})
		switch {
		case refused == 0:
			group[0].result <- why
			group = group[1:]
		case refused > 0:
			later = append(later, group[refused])
			group = append(group[:refused:refused], group[refused+1:]...)
		case err != nil:
			answer(append(group, later...), s.failed(err))
			return
		default:
			answer(group, nil)
			group = nil
		}
		if len(group) == 0 {
			group, later = later, nil
		}
	}
}

// attempt is db.Update with bbolt's panics on damaged pages as errors.
func (s *Store) attempt(do func(*bbolt.Tx) error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", issuer.ErrDamaged, r)
		}
	}()
	return s.db.Update(do)
}

func answer(group []*write, err error) {
	for _, w := range group {
		w.result <- err
	}
}

// failed decides what an error of commit means. A write call that found no
// room changed nothing that counts. After anything else, a failed sync above
// all, the kernel may have dropped pages and report success next time: the
// store stays closed for writing until it is opened and checked again.
func (s *Store) failed(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) && path.Op != "sync" && (errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)) {
		return fmt.Errorf("%w: %w", issuer.ErrFull, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = fmt.Errorf("%w: %w", issuer.ErrReadOnly, err)
	return s.broken
}

func (s *Store) fault() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}
