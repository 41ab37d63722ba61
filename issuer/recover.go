package issuer

import (
	"context"
	"errors"
)

// recover takes up what an earlier process left. It needs no key.
func (s *Service) recover(ctx context.Context) error {
	lists, err := s.store.Lists(ctx)
	if err != nil {
		return err
	}
	for _, l := range lists {
		s.lists.put(l)
		// The larger of the two counts: the database may be older than what
		// was handed out, never the other way round for long.
		if mark := s.highwater.mark(l.ID); mark > l.Next {
			if err := s.store.Skip(ctx, l.ID, mark, s.entry(system, "list.skipped", l.ID)); err != nil {
				return err
			}
		} else if l.Next > mark {
			if err := s.highwater.cover(l.ID, l.Next-1); err != nil {
				return err
			}
		}
	}
	for r, err := range s.store.Unfinished(ctx) {
		if err != nil {
			return err
		}
		// Nobody was told of it. Whoever asked asks again, with the same
		// idempotency key if they had one.
		if err := s.void(ctx, system, r); err != nil {
			return err
		}
	}
	if err := s.takeUpRotations(ctx); err != nil {
		return err
	}
	return s.compare(ctx)
}

func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }
