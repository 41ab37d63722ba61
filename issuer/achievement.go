package issuer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"merkki/schema"
)

// An Achievement is one version of an achievement definition. A version never
// changes.
type Achievement struct {
	ID          string // 26 characters, of all versions
	Version     int
	URL         string // BASE/a/{ID}/v{n}
	Issuer      string // ID of the institution
	Suspendable bool   // its credentials carry a second status entry
	Added       time.Time
	Definition  schema.Value // Open Badges Achievement with id = URL
	Image       string       // name of its picture (see [Service.Picture]); "" for none of its own

	original string // the id it was added with
}

// achievementBody is how a version is kept.
type achievementBody struct {
	Issuer      string          `json:"issuer"`
	Suspendable bool            `json:"suspendable,omitempty"`
	Added       time.Time       `json:"added"`
	Original    string          `json:"original,omitempty"`
	Image       string          `json:"image,omitempty"`
	Definition  json.RawMessage `json:"definition"`
}

const kindAchievement = "achievement"

// AddAchievement keeps a definition: every member as it is, but id, which
// becomes the address of the first version, or of the next one where the
// definition's id is the address of a version already here. Ids that are
// fragments of the old id move with it. A definition that no credential could
// carry without loss is refused. institution may be "" where there is one.
func (s *Service) AddAchievement(ctx context.Context, a Actor, institution string, definition schema.Value, suspendable bool) (Achievement, error) {
	return s.AddIllustrated(ctx, a, institution, definition, suspendable, nil)
}

// AddIllustrated is AddAchievement for a definition with a picture, as package
// publish made it harmless; nil for none. The version keeps it for ever, and its
// member image names the address BASE/a/{ID}/v{n}/image. A next version that
// still names the picture of an earlier one has the same.
func (s *Service) AddIllustrated(ctx context.Context, a Actor, institution string, definition schema.Value, suspendable bool, picture []byte) (Achievement, error) {
	if err := a.may(Publisher); err != nil {
		return Achievement{}, err
	}
	i, err := s.soleInstitution(ctx, a, institution)
	if err != nil {
		return Achievement{}, err
	}
	if definition.Kind != schema.Object {
		return Achievement{}, malformed("", "an Open Badges Achievement object")
	}
	if err := impersonalValue("", definition); err != nil {
		return Achievement{}, err
	}
	s.adding.Lock()
	defer s.adding.Unlock()
	ach := Achievement{Issuer: i.ID, Suspendable: suspendable, Added: s.now(), original: definition.GetString("id")}
	if err := s.number(ctx, a, &ach); err != nil {
		return Achievement{}, err
	}
	ach.URL = s.base + "/a/" + ach.key()
	ach.Definition = rebase(definition.With("id", schema.StringValue(ach.URL)), ach.original, ach.URL)
	if err := s.illustrate(ctx, &ach, picture); err != nil {
		return Achievement{}, err
	}
	if err := refuse(schema.CheckAchievement(ach.Definition)); err != nil {
		return Achievement{}, err
	}
	if err := s.trial(ctx, i, ach); err != nil {
		return Achievement{}, inRequest(err, definitionMoves)
	}
	if len(picture) > 0 {
		if err := s.keepPicture(ctx, a, picture); err != nil {
			return Achievement{}, err
		}
	}
	body, err := json.Marshal(achievementBody{
		Issuer: i.ID, Suspendable: suspendable, Added: ach.Added, Original: ach.original, Image: ach.Image, Definition: schema.Marshal(ach.Definition),
	})
	if err != nil {
		return Achievement{}, err
	}
	err = s.store.Add(ctx, Thing{Kind: kindAchievement, ID: ach.key(), Body: body}, s.entry(a, "achievement.added", ach.key()))
	return ach, stored(err)
}

// number gives a definition its ID and version.
func (s *Service) number(ctx context.Context, a Actor, ach *Achievement) error {
	ach.ID, ach.Version = NewID(), 1
	if !strings.HasPrefix(ach.original, s.base+"/a/") {
		return nil
	}
	old, err := s.Achievement(ctx, ach.original)
	if err != nil {
		return err
	}
	if !a.sees(old.Issuer) {
		return notFound(ach.original)
	}
	if old.Issuer != ach.Issuer {
		return conflict(old.ID, "", "achievement-of-another-issuer")
	}
	newest, err := s.Achievement(ctx, old.ID)
	if err != nil {
		return err
	}
	ach.ID, ach.Version = newest.ID, newest.Version+1
	return nil
}

func (a Achievement) key() string { return a.ID + "/v" + strconv.Itoa(a.Version) }

// rebase moves ids that are fragments of one id to another, wherever they
// stand.
func rebase(v schema.Value, from, to string) schema.Value {
	if from == "" || from == to {
		return v
	}
	switch v.Kind {
	case schema.String:
		if fragment, ok := strings.CutPrefix(v.Text, from+"#"); ok {
			v.Text = to + "#" + fragment
		}
	case schema.Array:
		items := make([]schema.Value, len(v.Items))
		for n, item := range v.Items {
			items[n] = rebase(item, from, to)
		}
		v.Items = items
	case schema.Object:
		members := make([]schema.Member, len(v.Members))
		for n, m := range v.Members {
			members[n] = schema.Member{Name: m.Name, Value: rebase(m.Value, from, to)}
		}
		v.Members = members
	}
	return v
}

// Achievement returns a version by ID (the newest), ID/v2 or address.
func (s *Service) Achievement(ctx context.Context, ref string) (Achievement, error) {
	rest, ok := strings.CutPrefix(ref, s.base+"/a/")
	if !ok && strings.Contains(ref, "://") {
		return Achievement{}, notFound(ref)
	}
	name, version, versioned := strings.Cut(rest, "/")
	id, err := ParseID(name)
	if err != nil {
		return Achievement{}, notFound(ref)
	}
	if versioned {
		t, err := s.store.Thing(ctx, kindAchievement, id+"/"+version)
		if err != nil {
			return Achievement{}, found(ref, err)
		}
		return s.readAchievement(t)
	}
	return s.newestVersion(ctx, id, ref)
}

// newestVersion counts up: versions are numbered without gaps.
func (s *Service) newestVersion(ctx context.Context, id, ref string) (Achievement, error) {
	t, err := s.store.Thing(ctx, kindAchievement, id+"/v1")
	if err != nil {
		return Achievement{}, found(ref, err)
	}
	for n := 2; ; n++ {
		next, err := s.store.Thing(ctx, kindAchievement, id+"/v"+strconv.Itoa(n))
		if errors.Is(err, ErrNotFound) {
			return s.readAchievement(t)
		}
		if err != nil {
			return Achievement{}, stored(err)
		}
		t = next
	}
}

// Achievements returns every version in the order they were added.
func (s *Service) Achievements(ctx context.Context) ([]Achievement, error) {
	things, err := s.store.Things(ctx, kindAchievement)
	if err != nil {
		return nil, stored(err)
	}
	all := make([]Achievement, len(things))
	for n, t := range things {
		if all[n], err = s.readAchievement(t); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (s *Service) readAchievement(t Thing) (Achievement, error) {
	var b achievementBody
	if err := json.Unmarshal(t.Body, &b); err != nil {
		return Achievement{}, fmt.Errorf("%w: achievement %s: %v", ErrDamaged, t.ID, err)
	}
	doc, err := schema.Parse(b.Definition, schema.Limits{})
	if err != nil {
		return Achievement{}, fmt.Errorf("%w: achievement %s: %v", ErrDamaged, t.ID, err)
	}
	id, version, _ := strings.Cut(t.ID, "/v")
	n, err := strconv.Atoi(version)
	if err != nil {
		return Achievement{}, fmt.Errorf("%w: achievement %s has no version", ErrDamaged, t.ID)
	}
	return Achievement{
		ID: id, Version: n, URL: s.base + "/a/" + t.ID, Issuer: b.Issuer, Suspendable: b.Suspendable,
		Added: b.Added, Definition: doc.Root(), Image: b.Image, original: b.Original,
	}, nil
}
