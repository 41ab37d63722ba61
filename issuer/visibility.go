package issuer

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// A Visibility says what the address of a credential shows. It never says
// whether the credential is genuine: a file verifies the same under all of them.
type Visibility string

const (
	// ByLink: whoever has the address sees verdict, achievement, issuer, dates
	// and the recipient's name; nobody is told the address.
	ByLink Visibility = ""
	// Public: the same, and it may be found.
	Public Visibility = "public"
	// Closed: that there is a credential of this number, and whether it is in
	// force; and whether a name that was typed is the recipient's.
	Closed Visibility = "closed"
	// Withheld: nothing, as if the number had never been given. For people
	// whose whereabouts must not be told (a non-disclosure order).
	Withheld Visibility = "withheld"
)

// choices are what a learner can choose, with what the log says of it.
var choices = map[Visibility]string{
	ByLink: "credential.shown-by-link", Public: "credential.made-public", Closed: "credential.closed",
}

// learnerActor stands in the log for every learner: it names nobody.
var learnerActor = Actor{Name: "learner"}

// Choose sets what the address of a credential shows, as its learner wants it.
// What is withheld is CONFLICT: that is not the learner's to end.
func (s *Service) Choose(ctx context.Context, who Digest, id string, v Visibility) (Record, error) {
	action, ok := choices[v]
	if !ok {
		return Record{}, malformed("/visibility", "link, public or closed")
	}
	r, err := s.amend(ctx, learnerActor, action, s.held(ctx, who, id), func(r *StoredRecord) ([]Thing, error) {
		if r.Visibility == string(Withheld) {
			return nil, conflict(r.ID, r.State, "withheld")
		}
		r.Visibility = string(v)
		return nil, nil
	})
	if err != nil {
		return Record{}, err
	}
	return s.open(r)
}

// Withhold keeps a credential from everybody who asks at its address, or ends
// that: what the learner had chosen counts again then. It needs the role of
// registrar.
func (s *Service) Withhold(ctx context.Context, a Actor, id string, withheld bool) (Record, error) {
	if err := a.may(Registrar); err != nil {
		return Record{}, err
	}
	action := "credential.withheld"
	if !withheld {
		action = "credential.withheld-no-more"
	}
	get := func() (StoredRecord, error) { return s.visible(ctx, a, id) }
	r, err := s.amend(ctx, a, action, get, func(r *StoredRecord) ([]Thing, error) {
		switch is := r.Visibility == string(Withheld); {
		case withheld && !is:
			r.Chosen, r.Visibility = r.Visibility, string(Withheld)
		case !withheld && is:
			r.Chosen, r.Visibility = "", r.Chosen
		}
		return nil, nil
	})
	if err != nil {
		return Record{}, err
	}
	return s.open(r)
}

// held finds a record for the learner who holds it, under any of their addresses.
func (s *Service) held(ctx context.Context, who Digest, id string) func() (StoredRecord, error) {
	return func() (StoredRecord, error) {
		r, err := s.public(ctx, id)
		if err != nil {
			return r, err
		}
		all, err := s.person(ctx, who)
		if err == nil && !slices.Contains(all, r.Learner) {
			err = notFound(id)
		}
		return r, err
	}
}

// amend changes a record without moving its state, and adds things in the same
// step. get reads it and change changes it; both are asked again when somebody
// else was faster. Where nothing changes, nothing is written.
func (s *Service) amend(ctx context.Context, a Actor, action string, get func() (StoredRecord, error), change func(*StoredRecord) ([]Thing, error)) (StoredRecord, error) {
	for {
		r, err := get()
		if err != nil {
			return r, err
		}
		next := r
		things, err := change(&next)
		if err != nil || len(things) == 0 && next.Visibility == r.Visibility {
			return r, err
		}
		err = s.store.Advance(ctx, r.State, next, s.entry(a, action, r.ID), things...)
		if errors.Is(err, ErrConflict) {
			continue
		}
		next.Revision++
		return next, stored(err)
	}
}

// IssuedTo says whether a name, as somebody reads it off a certificate, is that
// of the recipient. Case, white space, the form of Unicode and the shapes of
// hyphens and apostrophes do not count, and "Last, First" is the same as "First
// Last". Everything else does: a letter without its dots is another letter, and
// the same words in another order are another name. The work is the same for
// every name of a length.
func (r Record) IssuedTo(name string) bool {
	given, own := nameSum(name), nameSum(r.Recipient.Name)
	return subtle.ConstantTimeCompare(given[:], own[:]) == 1 && own != noName
}

var foldName = strings.NewReplacer("‐", "-", "‑", "-", "‒", "-", "–", "-", "−", "-", "’", "'", "‘", "'", "ʼ", "'", "`", "'", "´", "'")

// noName is the sum of a name in which there is nothing to be seen; it is nobody's.
var noName = nameSum("")

func nameSum(name string) [32]byte {
	visible := strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Cf, c) { // invisible, and copied along from paper
			return -1
		}
		return c
	}, name)
	// Before NFKC, which makes a space and an accent of an acute on its own.
	folded := cases.Fold().String(norm.NFKC.String(foldName.Replace(visible)))
	last, first, _ := strings.Cut(folded, ",")
	words := append(strings.Fields(first), strings.Fields(last)...)
	return sha256.Sum256([]byte(strings.Join(words, " ")))
}
