package web

import (
	"encoding/json"
	"time"

	"merkki/issuer"
	"merkki/keys"
	"merkki/schema"
)

// The JSON shapes of the API. Times are RFC 3339 in UTC with whole seconds;
// what is absent is left out.

type list[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next"` // null at the end
}

func listOf[T, U any](items []T, next string, shape func(T) U) list[U] {
	out := list[U]{Items: make([]U, 0, len(items))}
	for _, it := range items {
		out.Items = append(out.Items, shape(it))
	}
	if next != "" {
		out.Next = &next
	}
	return out
}

type issuerShape struct {
	ID      string          `json:"id"`
	DID     string          `json:"did"`
	Name    string          `json:"name"`
	URL     string          `json:"url,omitempty"`
	Lang    string          `json:"lang"`
	Test    bool            `json:"test,omitempty"`
	Profile json.RawMessage `json:"profile"`
	Formats []string        `json:"formats"`
	Look    *lookShape      `json:"look,omitempty"`
}

func shapeIssuer(i issuer.Institution) issuerShape {
	return issuerShape{i.ID, i.DID, i.Name, i.URL, i.Lang, i.Test, schema.Marshal(i.Profile), i.Formats, shapeLook(i)}
}

type achievementShape struct {
	ID          string          `json:"id"`
	Version     int             `json:"version"`
	URL         string          `json:"url"`
	Issuer      string          `json:"issuer"`
	Suspendable bool            `json:"suspendable"`
	Added       string          `json:"added"`
	Name        string          `json:"name"`
	Achievement json.RawMessage `json:"achievement,omitempty"`
}

func shapeAchievement(a issuer.Achievement) achievementShape {
	s := shapeAchievementItem(a)
	s.Achievement = schema.Marshal(a.Definition)
	return s
}

func shapeAchievementItem(a issuer.Achievement) achievementShape {
	return achievementShape{a.ID, a.Version, a.URL, a.Issuer, a.Suspendable, wire(a.Added), a.Definition.GetString("name"), nil}
}

type tokenShape struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Issuer  string   `json:"issuer,omitempty"`
	Roles   []string `json:"roles"`
	Created string   `json:"created"`
	Expires string   `json:"expires,omitempty"`
	Revoked string   `json:"revoked,omitempty"`
	Secret  string   `json:"secret,omitempty"`
}

func shapeToken(t issuer.Token) tokenShape {
	return tokenShape{t.ID, t.Name, t.Issuer, t.Roles, wire(t.Created), wire(t.Expires), wire(t.Revoked), t.Secret}
}

type trustShape struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Source  string `json:"source,omitempty"`
	Version string `json:"version,omitempty"`
	Date    string `json:"date,omitempty"`
	Added   string `json:"added"`
	Issuers int    `json:"issuers"`
	Signer  string `json:"signer,omitempty"`
	Expires string `json:"expires,omitempty"` // after it the list names nobody
}

func shapeTrust(t issuer.TrustSource) trustShape {
	s := trustShape{ID: t.ID, Name: t.Name, Source: t.Source, Added: wire(t.Added)}
	if l, err := t.List(); err == nil {
		s.Version, s.Date, s.Issuers = l.Version, wire(l.Date), len(l.Entries)
		s.Signer, s.Expires = l.Signer, wire(l.Expires)
	}
	return s
}

type keyShape struct {
	ID        string         `json:"id"`
	Issuer    string         `json:"issuer"`
	Algorithm keys.Algorithm `json:"algorithm"`
	Role      keys.Role      `json:"role"`
	Multibase string         `json:"publicKeyMultibase,omitempty"`
	// JWK is there for a kind of key that has no multibase form.
	JWK     json.RawMessage `json:"publicKeyJwk,omitempty"`
	Created string          `json:"created"`
	Retired string          `json:"retired,omitempty"`
	Revoked string          `json:"revoked,omitempty"`
	// While a rotation is under way: from when it signs, or until when.
	SignsFrom  string `json:"signsFrom,omitempty"`
	SignsUntil string `json:"signsUntil,omitempty"`
}

func shapeKey(p keys.Pair) keyShape {
	s := keyShape{ID: p.ID, Issuer: p.Issuer, Algorithm: p.Algorithm, Role: p.Role,
		Created: wire(p.Created), Retired: wire(p.Retired), Revoked: wire(p.Revoked)}
	var err error
	if s.Multibase, err = keys.Multikey(p.Public); err != nil {
		s.JWK, _ = keys.JWK(p.Public, p.ID)
	}
	return s
}

func wire(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Truncate(time.Second).Format(time.RFC3339)
}
