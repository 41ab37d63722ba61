package issuer

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Links that a mail carries: each opens the learner's page once. The store has
// the SHA-256 of the secret; the secret follows from the learner's key, so that
// a mail that is sent twice has the same link, and is gone with the key.
const kindLink = "link"

// A LinkUse says what a link does besides opening the learner's page.
type LinkUse string

// What links are for.
const (
	LinkClaim   LinkUse = "claim"   // to show a new credential
	LinkBack    LinkUse = "back"    // nothing else
	LinkConfirm LinkUse = "confirm" // to confirm a further address
)

// linkLife is how long a link of each use works.
var linkLife = map[LinkUse]time.Duration{
	LinkClaim: 30 * 24 * time.Hour, LinkBack: 30 * time.Minute, LinkConfirm: 24 * time.Hour,
}

// link says which kinds of mail carry a link.
func (k MailKind) link() (LinkUse, bool) {
	use, ok := map[MailKind]LinkUse{MailIssued: LinkClaim, MailLink: LinkBack, MailConfirm: LinkConfirm}[k]
	return use, ok
}

type linkBody struct {
	Use    LinkUse `json:"use"`
	Record string  `json:"record,omitempty"`
	// Address is the learner's further address, to be confirmed, and Sealed it
	// in the clear under the owner's key.
	Address Digest `json:"address,omitzero"`
	Sealed  []byte `json:"sealed,omitempty"`
}

// secretLength is that of a link's or session's secret: 256 bits in base64url.
const secretLength = 43

func digestOf(secret string) Digest { return sha256.Sum256([]byte(secret)) }

// mintLink makes the link of a mail, or finds the one it has.
func (s *Service) mintLink(ctx context.Context, mail string, owner Digest, use LinkUse, b mailBody) (secret string, ends time.Time, err error) {
	key, err := s.learners.key(owner)
	if err != nil {
		return "", ends, err
	}
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte("merkki link 1\n" + mail))
	secret = base64.RawURLEncoding.EncodeToString(h.Sum(nil))
	body, err := json.Marshal(linkBody{Use: use, Record: b.Record, Address: b.To, Sealed: b.Sealed})
	if err != nil {
		return "", ends, err
	}
	t := Thing{Kind: kindLink, ID: digestOf(secret).String(), Owner: owner.String(), Due: s.now().Add(linkLife[use]), Body: body}
	err = s.store.Add(ctx, t, s.entry(system, "link.made", mail))
	if errors.Is(err, ErrExists) { // a try before this one made it
		t, err = s.store.Thing(ctx, kindLink, t.ID)
	}
	return secret, t.Due.UTC(), stored(err)
}

// A Link is what somebody who has its secret may see before using it.
type Link struct {
	Use         LinkUse
	Ends        time.Time
	Institution Institution // of the credential, or the only one
	Record      string      // ID; "" where it is about no credential
	Name        string      // of the learner; "" for a credential that is withheld, as Achievement
	Achievement string

	thing Thing
	body  linkBody
	owner Digest
}

// Link looks at a link without using it: mail programs follow links by
// themselves. NOT_FOUND says that it was used, has ended or never was.
func (s *Service) Link(ctx context.Context, secret string) (Link, error) {
	var l Link
	if len(secret) != secretLength {
		return l, notFound("link")
	}
	t, err := s.store.Thing(ctx, kindLink, digestOf(secret).String())
	if err != nil {
		return l, found("link", err)
	}
	if err := l.read(t); err != nil {
		return l, err
	}
	if !s.now().Before(t.Due) {
		return l, notFound("link")
	}
	if l.Institution, err = s.onlyInstitution(ctx); err != nil || l.body.Record == "" {
		return l, err
	}
	var about Letter
	r, err := s.store.Get(ctx, l.body.Record)
	if err == nil {
		err = s.describe(ctx, &about, r)
	}
	if isGone(err) {
		return l, notFound("link")
	}
	if err != nil {
		return l, stored(err)
	}
	l.Institution, l.Name, l.Achievement, l.Record = about.Sender, about.Name, about.Achievement, l.body.Record
	return l, nil
}

func (l *Link) read(t Thing) error {
	if err := json.Unmarshal(t.Body, &l.body); err != nil {
		return fmt.Errorf("%w: link: %v", ErrDamaged, err)
	}
	l.thing, l.Use, l.Ends = t, l.body.Use, t.Due.UTC()
	return l.owner.UnmarshalText([]byte(t.Owner))
}

// UseLink uses a link up and returns the secret of a session with what the link
// was for. Of several calls with one secret exactly one succeeds; for the others
// it is NOT_FOUND.
func (s *Service) UseLink(ctx context.Context, secret string) (session string, l Link, err error) {
	if l, err = s.Link(ctx, secret); err != nil {
		return "", l, err
	}
	if err := s.store.Remove(ctx, kindLink, l.thing.ID, s.entry(system, "link.used", l.thing.ID[:16])); err != nil {
		return "", l, found("link", err)
	}
	if l.Use == LinkConfirm {
		if err := s.confirm(ctx, l); err != nil {
			return "", l, err
		}
	}
	session, err = s.newSession(ctx, l.owner)
	return session, l, err
}
