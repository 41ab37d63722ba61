package issuer

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"merkki/keys"
	"merkki/schema"
)

// A Drill is what a key's end as compromised means, counted from what the service
// keeps: whatever else the key signed is not the institution's word.
type Drill struct {
	Key         string    `json:"key"`
	Role        keys.Role `json:"role"`
	From        string    `json:"from,omitempty"`
	State       string    `json:"state"`       // of the key: "in use", "retired", "revoked"
	Credentials int       `json:"credentials"` // that it signed, in any form
	Since       int       `json:"since"`       // of them issued at From or later
	InForce     int       `json:"inForce"`     // of them: what has to be issued anew
	Suspended   int       `json:"suspended"`
	Expired     int       `json:"expired"`
	Revoked     int       `json:"revoked"`
	Erased      int       `json:"erased"`   // records whose learner was erased; who signed them cannot be told
	Learners    int       `json:"learners"` // people to tell
	Lists       []string  `json:"lists"`    // addresses of the status lists it signed as they are served
}

// Drill counts what a key signed. Nothing is changed. It reads every record of the
// institution. It needs the role of key custodian.
func (s *Service) Drill(ctx context.Context, a Actor, key string, from time.Time) (Drill, error) {
	if err := a.may(KeyCustodian); err != nil {
		return Drill{}, err
	}
	i, p, err := s.pair(ctx, a, key)
	if err != nil {
		return Drill{}, err
	}
	d := Drill{Key: p.ID, Role: p.Role, From: instant(from), State: stateOf(p), Lists: []string{}}
	learners := map[Digest]bool{}
	for r, err := range s.store.All(ctx) {
		if err != nil {
			return d, stored(err)
		}
		if r.Issuer != i.ID || r.State == Unsigned || r.State == Voided {
			continue
		}
		by, err := s.signedBy(r, key)
		switch {
		case isGone(err):
			d.Erased++
		case err != nil:
			return d, err
		case by:
			d.count(s.now(), r, from)
			learners[r.Learner] = true
		}
	}
	d.Learners = len(learners)
	for _, l := range s.lists.all() {
		if l.issuer != i.ID {
			continue
		}
		b, err := s.StatusList(ctx, l.id)
		if err != nil {
			return d, err
		}
		if bytes.Contains(b, []byte(`"`+key+`"`)) {
			d.Lists = append(d.Lists, s.base+"/status/"+l.id)
		}
	}
	return d, nil
}

func stateOf(p keys.Pair) string {
	switch {
	case !p.Revoked.IsZero():
		return "revoked"
	case !p.Retired.IsZero():
		return "retired"
	}
	return "in use"
}

func (d *Drill) count(now time.Time, r StoredRecord, from time.Time) {
	d.Credentials++
	if !from.IsZero() && !r.IssuedAt.Before(from) {
		d.Since++
	}
	switch {
	case r.State == Revoked:
		d.Revoked++
	case r.State == Suspended:
		d.Suspended++
	case hasEnded(r, now):
		d.Expired++
	default:
		d.InForce++
	}
}

func hasEnded(r StoredRecord, now time.Time) bool {
	return !r.ValidUntil.IsZero() && !now.Before(r.ValidUntil)
}

// signedBy reports whether a key signed a credential in one of its forms.
func (s *Service) signedBy(r StoredRecord, key string) (bool, error) {
	part, err := s.unseal(r)
	if err != nil {
		return false, err
	}
	for _, b := range [][]byte{part.Credential, part.Base} {
		if !bytes.Contains(b, []byte(key)) {
			continue
		}
		doc, err := schema.Parse(b, schema.Limits{})
		if err != nil {
			return false, stored(ErrDamaged)
		}
		proof, _ := doc.Root().Get("proof")
		for _, one := range append(proof.Items, proof) {
			if one.GetString("verificationMethod") == key {
				return true, nil
			}
		}
	}
	return keyOfToken(part.Token) == key, nil
}

// keyOfToken is the kid of a token that this service made; "" for none.
func keyOfToken(token []byte) string {
	head, _, _ := strings.Cut(string(token), ".")
	b, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return ""
	}
	var header struct{ Kid string }
	if json.Unmarshal(b, &header) != nil {
		return ""
	}
	return header.Kid
}

// A Replacement is one page of what ReplaceSigned did.
type Replacement struct {
	Reissued []string `json:"reissued"` // addresses of the new credentials
	Next     string   `json:"next,omitempty"`
}

// ReplaceSigned issues anew what a compromised key signed and what is in force, a
// page of records at a time, newest first: what comes out supersedes the old one.
// Said again, also after a crash, it goes on with what is left. It needs the roles
// of key custodian and registrar; CONFLICT unless the key was said to be
// compromised, since what comes out must not be signed with it.
func (s *Service) ReplaceSigned(ctx context.Context, a Actor, key, cursor string) (Replacement, error) {
	out := Replacement{Reissued: []string{}}
	if err := errors.Join(a.may(KeyCustodian), a.may(Registrar)); err != nil {
		return out, err
	}
	i, p, err := s.pair(ctx, a, key)
	if err != nil {
		return out, err
	}
	if p.Revoked.IsZero() {
		return out, conflict(p.ID, "", "key-in-use")
	}
	page, next, err := s.store.Page(ctx, Selection{Limit: replacePage, Cursor: cursor, Issuer: i.ID, State: Issued})
	if err != nil {
		if cursor != "" && isNotFound(err) {
			return out, malformed("/cursor", "the cursor of a page that this service gave")
		}
		return out, stored(err)
	}
	out.Next = next
	for _, r := range page {
		if r, err = s.store.Get(ctx, r.ID); err != nil {
			return out, stored(err)
		}
		if succeedable(r) != nil || hasEnded(r, s.now()) {
			continue
		}
		by, err := s.signedBy(r, key)
		if isGone(err) || err == nil && !by {
			continue
		}
		if err != nil {
			return out, err
		}
		made, err := s.Reissue(ctx, a, r.ID, Correction{})
		if f := conflicting(err); f {
			continue // somebody was faster
		}
		if err != nil {
			return out, err
		}
		out.Reissued = append(out.Reissued, made.URL)
	}
	return out, nil
}

// replacePage is how many records one call of ReplaceSigned looks at: few enough
// for an answer within seconds.
const replacePage = 100

func conflicting(err error) bool {
	f, ok := errors.AsType[*schema.Fault](err)
	return ok && f.Code == schema.CodeConflict
}
