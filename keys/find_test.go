package keys_test

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"
	"time"

	"merkki/keys"
)

func TestFind(t *testing.T) {
	one := ed25519.NewKeyFromSeed(make([]byte, 32)).Public()
	two := ed25519.NewKeyFromSeed(slices.Repeat([]byte{2}, 32)).Public()
	early, late := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	weak := errors.New("weak")
	list := []*keys.Method{
		{ID: "#a", KeyID: "a", Key: one, Relationships: []string{"authentication"}, Revoked: late},
		{ID: "#b", KeyID: "b", Key: two},
		{ID: "#c", KeyID: "a", Key: one, Relationships: []string{"authentication", "assertionMethod"}, Revoked: early, Expires: late},
		{ID: "#weak", KeyID: "weak", Fault: weak},
		{ID: "#d", KeyID: "b2", Key: one}, {ID: "#e", KeyID: "b2", Key: two},
	}
	m, err := keys.Find(list, "a", two) // the kid decides, not the key beside it
	if err != nil || m.ID != "#a" || !keys.Equal(m.Key, one) || !m.Revoked.Equal(early) || !m.Expires.Equal(late) ||
		!slices.Equal(m.Relationships, []string{"authentication", "assertionMethod"}) {
		t.Errorf("one key in two entries: %+v (%v)", m, err)
	}
	if !list[0].Revoked.Equal(late) || len(list[0].Relationships) != 1 {
		t.Error("finding a key changed the list")
	}
	if m, err := keys.Find(list, "", two); err != nil || m.ID != "#b" {
		t.Errorf("by key: %+v (%v)", m, err)
	}
	if m, err := keys.Find(list, "#b", nil); err != nil || m.KeyID != "b" {
		t.Errorf("by URL: %+v (%v)", m, err)
	}
	if m, err := keys.Find(list, "weak", one); m != nil || !errors.Is(err, weak) {
		t.Errorf("unusable: %+v (%v)", m, err)
	}
	if m, err := keys.Find(list, "b2", one); m != nil || err == nil {
		t.Errorf("two keys under one name: %+v (%v)", m, err)
	}
	for _, c := range []struct {
		kid string
		key any
	}{{"nobody", one}, {"", nil}, {"", "a text"}, {"", []byte("secret")}} {
		if m, err := keys.Find(list, c.kid, c.key); m != nil || err != nil {
			t.Errorf("%q, %v: %+v (%v)", c.kid, c.key, m, err)
		}
	}
}
