// Package issuer keeps what an institution has promised: achievements,
// credentials and their state.
package issuer

import (
	"context"
	"crypto"
	"encoding/json"
	"time"

	"merkki/keys"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/verifier"
)

// An Actor is who does something: the name of a token or "local:USER", the
// roles it has, and the issuer it is bound to ("" for all).
type Actor struct {
	Name   string
	Issuer string
	Roles  []string // registrar, publisher, key-custodian, auditor
}

// A Recipient is the personal part of a draft.
type Recipient struct {
	Name      string `json:"name"`
	Email     string `json:"email"`
	SubjectID string `json:"subjectId,omitempty"`
}

// A Draft is a request to issue one credential. Its JSON form is the body of
// POST /api/v1/credentials.
type Draft struct {
	Achievement string         `json:"achievement"` // ID or address
	Issuer      string         `json:"issuer,omitempty"`
	Recipient   Recipient      `json:"recipient"`
	AwardedDate string         `json:"awardedDate,omitempty"`
	ValidUntil  string         `json:"validUntil,omitempty"`
	Language    string         `json:"language,omitempty"`
	Result      []schema.Value `json:"-"` // OB Result objects; web and cmd parse strictly
	Evidence    []schema.Value `json:"-"`
	HashedEmail bool           `json:"hashedEmail,omitempty"` // put a salted hash of the e-mail into the credential
}

// A Record is what is kept of one credential. MarshalJSON gives the public form of decisions.md.
type Record struct {
	ID          string
	URL         string
	Issuer      string // ID of the institution in this service
	Achievement string // address of the version, BASE/a/{ID}/v1
	State       State
	IssuedAt    time.Time
	ValidUntil  time.Time // zero: none
	Language    string
	Status      []StatusRef
	Reason      string // public reason of the last status change
	ReasonCode  string
	ChangedAt   time.Time       // of the last status change
	Recipient   Recipient       // opened from the sealed part
	Credential  json.RawMessage // opened from the sealed part; the bytes that were signed and are served
}

// A StatusRef is a place in a status list.
type StatusRef struct {
	List    string // 26 characters: /status/{List}
	Index   int
	Purpose string // revocation, suspension
}

// An Institution is an issuer of this service ("Issuer" in the API).
type Institution struct {
	ID      string // 26 characters
	DID     string
	Name    string
	URL     string
	Test    bool
	Lang    string
	Profile schema.Value // the OB Profile as it stands in credentials
}

// An Achievement is one version of an achievement definition.
type Achievement struct {
	ID          string // 26 characters
	Version     int
	URL         string // BASE/a/{ID}/v{n}
	Issuer      string
	Suspendable bool
	Added       time.Time
	Definition  schema.Value // OB Achievement with id = URL
}

// A Query selects records.
type Query struct {
	Limit       int
	Cursor      string
	Achievement string
	State       State
	Issuer      string
	Email       string // exact, looked up through the keyed hash
}

// A Page is one page of records, without credential bytes.
type Page struct {
	Items []Record
	Next  string // "" at the end
}

// A StatusChange is a request to change the state of a credential.
type StatusChange struct {
	Action string `json:"action"` // revoke, suspend, reinstate
	Reason string `json:"reason"`
	Code   string `json:"code,omitempty"`
}

// Config is what a Service works with.
type Config struct {
	BaseURL  string // https origin without path
	Store    Store
	Keys     keys.Store
	Contexts *jsonld.Register
	Dir      string // directory for published lists and the high-water mark
	Now      func() time.Time
	Rand     func([]byte) // crypto/rand unless a test says otherwise
}

// A Service issues and keeps. All methods are safe for concurrent use. Its
// errors about requests are *schema.Fault; roles are checked here.
type Service struct{ _ int }

// Open recovers (finishes or voids what a crash left) and returns the service.
func Open(ctx context.Context, c Config) (*Service, error) { panic("unbuilt") }

// Close lets go of the store.
func (s *Service) Close() error { panic("unbuilt") }

func (s *Service) AddInstitution(ctx context.Context, a Actor, name, didMethod, lang string, test bool) (Institution, error) {
	panic("unbuilt")
}
func (s *Service) Institution(ctx context.Context, id string) (Institution, error) { panic("unbuilt") }
func (s *Service) Institutions(ctx context.Context) ([]Institution, error)         { panic("unbuilt") }

func (s *Service) AddAchievement(ctx context.Context, a Actor, institution string, definition schema.Value, suspendable bool) (Achievement, error) {
	panic("unbuilt")
}

// Achievement accepts an ID (newest version), ID/v{n} or an address.
func (s *Service) Achievement(ctx context.Context, ref string) (Achievement, error) { panic("unbuilt") }
func (s *Service) Achievements(ctx context.Context) ([]Achievement, error)          { panic("unbuilt") }

// Prepared is a credential that is validated, numbered, recorded and proven to
// verify, and that nobody has signed. Only Prepare makes one; Issue redeems it once.
type Prepared struct{ _ int }

func (s *Service) Prepare(ctx context.Context, a Actor, d Draft) (*Prepared, error) { panic("unbuilt") }
func (s *Service) Issue(ctx context.Context, p *Prepared) (Record, error)           { panic("unbuilt") }

// IssueOnce is Prepare and Issue under an idempotency key scoped to the actor; requestHash
// is over the body. An equal repetition returns the first record.
func (s *Service) IssueOnce(ctx context.Context, a Actor, key string, requestHash [32]byte, d Draft) (Record, error) {
	panic("unbuilt")
}

func (s *Service) Get(ctx context.Context, id string) (Record, error)       { panic("unbuilt") }
func (s *Service) List(ctx context.Context, a Actor, q Query) (Page, error) { panic("unbuilt") }
func (s *Service) ChangeStatus(ctx context.Context, a Actor, id string, c StatusChange) (Record, error) {
	panic("unbuilt")
}

// StatusList returns the signed list as it is published now.
func (s *Service) StatusList(ctx context.Context, list string) ([]byte, error) { panic("unbuilt") }

// DIDDocument returns the did:web document of an institution.
func (s *Service) DIDDocument(ctx context.Context, institution string) (schema.Value, error) {
	panic("unbuilt")
}

// Verifier returns a verifier that resolves the service's own issuers and lists without the
// network and asks the given ones for others; it fills Own.
func (s *Service) Verifier(others keys.Resolver, lists verifier.Lists, trust []verifier.TrustList) *verifier.Verifier {
	panic("unbuilt")
}

// A Token is an API credential; Secret is set only by NewToken.
type Token struct {
	ID, Name, Issuer string
	Roles            []string
	Created, Expires time.Time // Expires zero: never
	Revoked          time.Time
	Secret           string `json:",omitempty"`
}

func (s *Service) NewToken(ctx context.Context, a Actor, t Token) (Token, error)  { panic("unbuilt") }
func (s *Service) Tokens(ctx context.Context, a Actor) ([]Token, error)           { panic("unbuilt") }
func (s *Service) RevokeToken(ctx context.Context, a Actor, id string) error      { panic("unbuilt") }
func (s *Service) Authenticate(ctx context.Context, secret string) (Actor, error) { panic("unbuilt") }

// Trust lists that this service's /verify uses, as the JSON they were added with.
type TrustSource struct {
	ID, Name, Source string
	Added            time.Time
	JSON             []byte
}

func (s *Service) AddTrust(ctx context.Context, a Actor, t TrustSource) (TrustSource, error) {
	panic("unbuilt")
}
func (s *Service) Trust(ctx context.Context) ([]TrustSource, error)          { panic("unbuilt") }
func (s *Service) RemoveTrust(ctx context.Context, a Actor, id string) error { panic("unbuilt") }

// Keys
func (s *Service) Keys(ctx context.Context, institution string) ([]keys.Pair, error) {
	panic("unbuilt")
}
func (s *Service) NewKey(ctx context.Context, a Actor, institution string, alg keys.Algorithm, role keys.Role) (keys.Pair, error) {
	panic("unbuilt")
}

// Backup writes a consistent copy of everything but the keys to path while the service runs, reopens and checks it.
func (s *Service) Backup(ctx context.Context, a Actor, path string) error { panic("unbuilt") }

// A Complaint is one thing Doctor found.
type Complaint struct{ Check, Detail string }

// Doctor checks store, log, lists, high-water mark and every record; none is a clean bill.
func (s *Service) Doctor(ctx context.Context) ([]Complaint, error) { panic("unbuilt") }

var _ crypto.PublicKey
