package issuer

import (
	"context"
	"fmt"
	"os"
	"strings"

	"merkki/schema/statuslist"
)

// compare looks whether the database knows all that was published: every
// revocation in the directory's own last lists. Where it does not, it is older
// than the world and nothing may be issued from it.
func (s *Service) compare(ctx context.Context) error {
	files, err := os.ReadDir(s.published)
	if err != nil {
		return err
	}
	for _, f := range files {
		id, isList := strings.CutSuffix(f.Name(), ".json")
		if !isList {
			continue
		}
		if reason, err := s.forgotten(ctx, id); err != nil {
			return err
		} else if reason != "" {
			s.behind.Store(&reason)
		}
	}
	return nil
}

// forgotten says what of a published list the database does not know.
func (s *Service) forgotten(ctx context.Context, id string) (string, error) {
	l, ok := s.lists.get(id)
	if !ok {
		return "the database does not know the published status list " + id, nil
	}
	if l.purpose != "revocation" {
		return "", nil
	}
	before, ok := s.lastPublished(ctx, id)
	if !ok {
		return "", nil // built anew when it is asked for
	}
	now, err := s.bits(ctx, l)
	if err != nil {
		return "", err
	}
	if i, lost := lostBit(before.bits, now); lost {
		return fmt.Sprintf("entry %d of list %s was published as revoked and the database does not know it", i, id), nil
	}
	return "", nil
}

// keep sets in after what is set in before.
func keep(after, before *statuslist.List) {
	for i := range before.Len() {
		if before.Get(i) {
			after.Set(i, true)
		}
	}
}

// lostBit finds an entry that is set before and not after.
func lostBit(before, after *statuslist.List) (int, bool) {
	for i := range before.Len() {
		if before.Get(i) && !after.Get(i) {
			return i, true
		}
	}
	return 0, false
}
