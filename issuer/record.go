package issuer

import (
	"encoding/json"
	"strings"
	"time"

	"merkki/schema"
)

// A Recipient is the person a credential is for.
type Recipient struct {
	Name      string `json:"name"`
	Email     string `json:"email"`
	SubjectID string `json:"subjectId,omitempty"` // a DID or another URI that the learner brought
}

// A Draft is a request to issue one credential. Its JSON form is the body of
// POST /api/v1/credentials.
type Draft struct {
	Achievement string         `json:"achievement"`      // ID, ID/v2, or address
	Issuer      string         `json:"issuer,omitempty"` // ID of the institution; "" means the achievement's
	Recipient   Recipient      `json:"recipient"`
	AwardedDate string         `json:"awardedDate,omitempty"` // date or instant
	ValidUntil  string         `json:"validUntil,omitempty"`  // instant, or date for the end of that day in UTC
	Language    string         `json:"language,omitempty"`    // of the page: fi, sv, en
	Result      []schema.Value `json:"-"`                     // Open Badges Result objects
	Evidence    []schema.Value `json:"-"`                     // Open Badges Evidence objects
	Credits     string         `json:"-"`                     // earned: a decimal number
	Narrative   string         `json:"-"`                     // Markdown: what the learner did
	HashedEmail bool           `json:"hashedEmail,omitempty"` // put a salted hash of the e-mail address into the credential
	Mail        bool           `json:"mail,omitempty"`        // write to the learner about it, now and when something happens to it
}

// A Record is what is kept of one credential.
type Record struct {
	ID          string
	URL         string
	Issuer      string // ID of the institution
	Achievement string // address of the version, BASE/a/{ID}/v1
	State       State
	IssuedAt    time.Time
	ValidUntil  time.Time // zero: none
	Language    string
	Status      []StatusRef
	Reason      string // of the last status change, public
	ReasonCode  string
	ChangedAt   time.Time       // of the last status change
	Visibility  Visibility      // what its address shows
	Mails       []MailNote      // what became of the mails about it; nil where the learner is not written to
	Links       Links           // credentials that it took the place of, or that took its place
	Recipient   Recipient       // opened from the sealed part; empty in lists
	Credential  json.RawMessage // opened from the sealed part: the bytes that were signed and are served; nil in lists
	Forms       []string        // in which other forms it was signed: "jwt", "sd-base"
	Token       []byte          // opened from the sealed part: the credential as a compact JWS; nil: there is none, or in lists
	// Base is the credential with a base proof of ecdsa-sd-2023, opened from the
	// sealed part; nil as Token. It is for its holder alone: whoever has it can
	// show any part of the credential, and all of it.
	Base json.RawMessage
}

// Links are the IDs of credentials that took the place of one another; "" none.
// One that supersedes another corrects it, and the other is revoked. One that
// renews another goes on from it, and both are in force until the other ends.
type Links struct {
	Supersedes, SupersededBy, Renews, RenewedBy string
	Hidden                                      bool // its learner does not want others to be led on from here
}

// The forms that a credential can have beside its document.
const (
	FormToken = "jwt"
	FormBase  = "sd-base"
)

// A StatusRef is a place in a published status list.
type StatusRef struct {
	List    string // 26 characters: /status/{List}
	Index   int
	Purpose string // "revocation" or "suspension"
}

// recordJSON is the record as the API and --json show it. It has no personal
// data but what the credential itself says.
type recordJSON struct {
	ID          string     `json:"id"`
	URL         string     `json:"url"`
	Issuer      string     `json:"issuer"`
	Achievement string     `json:"achievement"`
	State       State      `json:"state"`
	IssuedAt    string     `json:"issuedAt,omitempty"`
	ValidUntil  string     `json:"validUntil,omitempty"`
	ChangedAt   string     `json:"changedAt,omitempty"`
	Reason      string     `json:"reason,omitempty"`
	ReasonCode  string     `json:"reasonCode,omitempty"`
	Visibility  Visibility `json:"visibility,omitempty"`
	// Addresses of credentials, see Links.
	Supersedes   string `json:"supersedes,omitempty"`
	SupersededBy string `json:"supersededBy,omitempty"`
	Renews       string `json:"renews,omitempty"`
	RenewedBy    string `json:"renewedBy,omitempty"`

	Forms      []string        `json:"forms,omitempty"`
	Mails      []MailNote      `json:"mails,omitempty"`
	Credential json.RawMessage `json:"credential,omitempty"`
}

// MarshalJSON gives the record as the API shows it.
func (r Record) MarshalJSON() ([]byte, error) {
	address := func(id string) string {
		if id == "" {
			return ""
		}
		return strings.TrimSuffix(r.URL, r.ID) + id
	}
	return json.Marshal(recordJSON{
		Supersedes: address(r.Links.Supersedes), SupersededBy: address(r.Links.SupersededBy),
		Renews: address(r.Links.Renews), RenewedBy: address(r.Links.RenewedBy),
		ID: r.ID, URL: r.URL, Issuer: r.Issuer, Achievement: r.Achievement, State: r.State,
		IssuedAt: instant(r.IssuedAt), ValidUntil: instant(r.ValidUntil), ChangedAt: instant(r.ChangedAt),
		Reason: r.Reason, ReasonCode: r.ReasonCode, Visibility: r.Visibility, Forms: r.Forms, Mails: r.Mails, Credential: r.Credential,
	})
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return schema.FormatTime(t)
}

// record makes the public form of what the store keeps, without the sealed part.
func (s *Service) record(r StoredRecord) Record {
	pub := Record{
		ID: r.ID, URL: s.base + "/c/" + r.ID, Issuer: r.Issuer, Achievement: r.Achievement, State: r.State,
		IssuedAt: r.IssuedAt, ValidUntil: r.ValidUntil, Language: r.Language,
		Reason: r.Reason, ReasonCode: r.ReasonCode, ChangedAt: r.ChangedAt,
		Visibility: Visibility(r.Visibility),
		Links:      Links{r.Supersedes, r.SupersededBy, r.Renews, r.RenewedBy, r.Unlinked},
	}
	if !r.Token.IsZero() {
		pub.Forms = append(pub.Forms, FormToken)
	}
	if !r.Base.IsZero() {
		pub.Forms = append(pub.Forms, FormBase)
	}
	for _, p := range r.Places {
		if l, ok := s.lists.get(p.List); ok {
			pub.Status = append(pub.Status, StatusRef{List: p.List, Index: l.permutation.Index(p.Number), Purpose: p.Purpose})
		}
	}
	return pub
}

// open adds the sealed part.
func (s *Service) open(r StoredRecord) (Record, error) {
	part, err := s.unseal(r)
	if err != nil {
		return Record{}, err
	}
	return s.record(r).with(part), nil
}

// with returns r with what the sealed part says.
func (r Record) with(p personalPart) Record {
	r.Recipient, r.Credential, r.Token, r.Base = p.Recipient, p.Credential, p.Token, p.Base
	return r
}
