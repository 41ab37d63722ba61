package issuer

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"merkki/schema"
)

// A Token lets a program act: it has a name, an institution it is bound to
// ("" for all), roles and an end.
type Token struct {
	ID, Name, Issuer string
	Roles            []string
	Created, Expires time.Time // Expires zero: never
	Revoked          time.Time
	Secret           string `json:",omitempty"` // only in what NewToken returns
}

// tokenBody is how a token is kept: the secret is 256 random bits, so that its
// plain SHA-256 gives nothing away.
type tokenBody struct {
	Name    string    `json:"name"`
	Issuer  string    `json:"issuer,omitempty"`
	Roles   []string  `json:"roles"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"`
	Revoked time.Time `json:"revoked,omitzero"`
	Hash    Digest    `json:"hash"`
}

const (
	kindToken   = "token"
	tokenPrefix = "mk_"
)

// NewToken makes a token with the name, issuer, roles and end of t and returns
// it with its secret, which nobody can have again.
func (s *Service) NewToken(ctx context.Context, a Actor, t Token) (Token, error) {
	if err := a.may(KeyCustodian); err != nil {
		return Token{}, err
	}
	if t.Issuer == "" {
		t.Issuer = a.Issuer
	}
	if t.Issuer != "" {
		i, err := s.soleInstitution(ctx, a, t.Issuer)
		if err != nil {
			return Token{}, err
		}
		t.Issuer = i.ID
	}
	if err := t.check(s.now()); err != nil {
		return Token{}, err
	}
	for _, role := range t.Roles { // nobody gives what they have not
		if !slices.Contains(a.Roles, role) {
			return Token{}, schema.Refusal(schema.CodeForbidden, "/roles", map[string]any{"role": role})
		}
	}
	var secret [32]byte
	rand.Read(secret[:])
	t.Secret = tokenPrefix + base64.RawURLEncoding.EncodeToString(secret[:])
	t.Created, t.Revoked = s.now(), time.Time{}
	hash := sha256.Sum256([]byte(t.Secret))
	t.ID = tokenID(hash)
	body, err := json.Marshal(tokenBody{Name: t.Name, Issuer: t.Issuer, Roles: t.Roles, Created: t.Created, Expires: t.Expires, Hash: hash})
	if err != nil {
		return Token{}, err
	}
	if err := s.store.Add(ctx, Thing{Kind: kindToken, ID: t.ID, Body: body}, s.entry(a, "token.made", t.ID)); err != nil {
		return Token{}, stored(err)
	}
	return t, nil
}

func (t *Token) check(now time.Time) error {
	if t.Name = strings.TrimSpace(t.Name); t.Name == "" || len(t.Name) > 100 || strings.HasPrefix(t.Name, "local:") {
		return malformed("/name", "a name of 1 to 100 bytes that does not begin with local:")
	}
	if len(t.Roles) == 0 {
		return malformed("/roles", strings.Join(AllRoles(), ", "))
	}
	for _, r := range t.Roles {
		if !slices.Contains(AllRoles(), r) {
			return malformed("/roles", strings.Join(AllRoles(), ", "))
		}
	}
	if !t.Expires.IsZero() && !t.Expires.After(now) {
		return malformed("/expires", "a moment in the future")
	}
	t.Expires = t.Expires.UTC().Truncate(time.Second)
	return nil
}

// tokenID is the public name of a token: half of its hash.
func tokenID(hash [32]byte) string { return encodeID([16]byte(hash[:16])) }

// Tokens returns all tokens that the actor may see, without secrets.
func (s *Service) Tokens(ctx context.Context, a Actor) ([]Token, error) {
	if err := a.may(KeyCustodian, Auditor); err != nil {
		return nil, err
	}
	things, err := s.store.Things(ctx, kindToken)
	if err != nil {
		return nil, stored(err)
	}
	var all []Token
	for _, th := range things {
		t, _, err := readToken(th)
		if err != nil {
			return nil, err
		}
		if a.sees(t.Issuer) {
			all = append(all, t)
		}
	}
	return all, nil
}

func readToken(th Thing) (Token, Digest, error) {
	var b tokenBody
	if err := json.Unmarshal(th.Body, &b); err != nil {
		return Token{}, Digest{}, fmt.Errorf("%w: token %s: %v", ErrDamaged, th.ID, err)
	}
	return Token{ID: th.ID, Name: b.Name, Issuer: b.Issuer, Roles: b.Roles, Created: b.Created, Expires: b.Expires, Revoked: b.Revoked}, b.Hash, nil
}

// RevokeToken ends a token at once. Saying it twice changes nothing.
func (s *Service) RevokeToken(ctx context.Context, a Actor, id string) error {
	if err := a.may(KeyCustodian); err != nil {
		return err
	}
	parsed, err := ParseID(id)
	if err != nil {
		return err
	}
	th, err := s.store.Thing(ctx, kindToken, parsed)
	if err != nil {
		return found(id, err)
	}
	var b tokenBody
	if err := json.Unmarshal(th.Body, &b); err != nil {
		return fmt.Errorf("%w: token %s: %v", ErrDamaged, th.ID, err)
	}
	if !a.sees(b.Issuer) {
		return notFound(id)
	}
	if !b.Revoked.IsZero() {
		return nil
	}
	b.Revoked = s.now()
	if th.Body, err = json.Marshal(b); err != nil {
		return err
	}
	return stored(s.store.Replace(ctx, th, s.entry(a, "token.revoked", th.ID)))
}

// Authenticate returns who a token stands for, or UNAUTHENTICATED, which never
// says why.
func (s *Service) Authenticate(ctx context.Context, secret string) (Actor, error) {
	refused := schema.Refusal(schema.CodeUnauthenticated, "", nil)
	if len(secret) != len(tokenPrefix)+43 || !strings.HasPrefix(secret, tokenPrefix) {
		return Actor{}, refused
	}
	hash := sha256.Sum256([]byte(secret))
	th, err := s.store.Thing(ctx, kindToken, tokenID(hash))
	if isNotFound(err) {
		return Actor{}, refused
	}
	if err != nil {
		return Actor{}, stored(err)
	}
	t, kept, err := readToken(th)
	if err != nil {
		return Actor{}, err
	}
	over := !t.Revoked.IsZero() || !t.Expires.IsZero() && !s.now().Before(t.Expires)
	if subtle.ConstantTimeCompare(hash[:], kept[:]) != 1 || over {
		return Actor{}, refused
	}
	return Actor{Name: t.Name, Issuer: t.Issuer, Roles: t.Roles}, nil
}
