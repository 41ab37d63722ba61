package issuer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"merkki/schema"
)

// kindPicture are pictures, each kept once under the sum of its bytes, so that
// what an issued version or a look names can never become another picture.
const kindPicture = "picture"

func pictureName(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Picture returns a picture that a look or an achievement names: PNG or SVG,
// as package publish made it harmless before it was kept.
func (s *Service) Picture(ctx context.Context, name string) ([]byte, error) {
	t, err := s.store.Thing(ctx, kindPicture, name)
	if err != nil {
		return nil, found(name, err)
	}
	return t.Body, nil
}

// keepPicture keeps a picture; one that is here already is the same one.
func (s *Service) keepPicture(ctx context.Context, a Actor, b []byte) error {
	name := pictureName(b)
	err := s.store.Add(ctx, Thing{Kind: kindPicture, ID: name, Body: b}, s.entry(a, "picture.added", name))
	if errors.Is(err, ErrExists) {
		return nil
	}
	return stored(err)
}

// imageAt writes an Image of Open Badges 3.0 (section B.1.11).
func imageAt(address, caption string) schema.Value {
	members := []schema.Member{
		{Name: "id", Value: schema.StringValue(address)},
		{Name: "type", Value: schema.StringValue("Image")},
	}
	if caption != "" {
		members = append(members, schema.Member{Name: "caption", Value: schema.StringValue(caption)})
	}
	return schema.ObjectValue(members...)
}

// illustrate gives a version its picture: the one that came with it, or, for a
// next version that still names the picture of an earlier one, that one. The
// member image then has the address under which it is served, and keeps its
// caption. Any other image stays as it was written: it is somebody else's.
func (s *Service) illustrate(ctx context.Context, ach *Achievement, picture []byte) error {
	image, _ := ach.Definition.Get("image")
	switch {
	case len(picture) > 0:
		ach.Image = pictureName(picture)
	case ach.Version > 1:
		of, ok := strings.CutSuffix(image.GetString("id"), "/image")
		if !ok || !strings.HasPrefix(of, s.base+"/a/"+ach.ID+"/v") {
			return nil
		}
		old, err := s.Achievement(ctx, of)
		if err != nil {
			return err
		}
		ach.Image = old.Image
	}
	if ach.Image != "" {
		ach.Definition = ach.Definition.With("image", imageAt(ach.URL+"/image", image.GetString("caption")))
	}
	return nil
}
