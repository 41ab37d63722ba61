package issuer

import (
	"context"
	"errors"
	"iter"
	"time"
)

// What a Store answers besides success. They are compared with errors.Is; any
// other error means that the outcome is not known and has to be asked for.
var (
	// ErrNotFound: there is no such thing.
	ErrNotFound = errors.New("not found")
	// ErrExists: the ID was used before.
	ErrExists = errors.New("exists already")
	// ErrConflict: the state is not, or no longer, what the caller thought.
	ErrConflict = errors.New("state has changed")
	// ErrNoList: the issuer has no status list with a number left.
	ErrNoList = errors.New("no status list has room")
	// ErrDamaged: what lies there is not what was written.
	ErrDamaged = errors.New("damaged")
	// ErrFull: no room on the disk. Nothing happened; try again when there is.
	ErrFull = errors.New("no room on the disk")
	// ErrReadOnly: a write or a sync failed, this one or an earlier one, and
	// what the disk holds is unknown until the store has been opened and
	// checked again.
	ErrReadOnly = errors.New("closed for writing")
)

// A Store remembers what the issuer has promised. It is declared here because
// Service is its only caller. A new one proves itself with storetest.Run.
//
// Methods must be safe for concurrent use, by this process and by others that
// share the data. When a write returns nil, it must survive a power cut; when
// it returns one of the errors above but ErrReadOnly, nothing of it must have
// happened, and what it was refused for must itself survive. Every
// write takes a log entry, which must become durable in the same step or not
// at all; the store gives it its number and the sum of the one before. A read
// must never return anything but what was written: ErrDamaged instead. A
// write that fails on its way to the disk must close the store for writing
// (ErrReadOnly from then on), unless nothing but room was lacking (ErrFull).
type Store interface {
	// Create must record c.Record and take, for each of c.Purposes, the next
	// number of the newest list of its issuer. It must fail with ErrExists if
	// the ID was ever used, with ErrNoList if a purpose has no list with a
	// number left, and with a *ClaimedError if c.Claim is taken by a record
	// that is not voided. It returns the record with its places.
	Create(ctx context.Context, c Creation) (StoredRecord, error)

	// Claimed must return what an idempotency key made, or nil if the key is
	// free.
	Claimed(ctx context.Context, key Digest) (*ClaimedError, error)

	// Advance must replace the record with r's ID only if the stored state is
	// still from and the stored revision is still r.Revision, which it raises
	// by one; and add the things in also, in the same step. Of several calls
	// racing from one revision exactly one returns nil; every other must return
	// an error wrapping ErrConflict. The places of a record must never change
	// but for Place.Set. ErrExists if a thing's kind has its ID.
	Advance(ctx context.Context, from State, r StoredRecord, e LogEntry, also ...Thing) error

	// AdvanceAll is Advance of several records in one step: all of it happens,
	// or nothing.
	AdvanceAll(ctx context.Context, steps ...Step) error

	// Get must return the record, or ErrNotFound.
	Get(ctx context.Context, id string) (StoredRecord, error)

	// Page must return records newest first, without Sealed. A record must
	// stand on exactly one page however many are created meanwhile. A page may
	// be shorter than asked for; only an empty next means the end.
	Page(ctx context.Context, q Selection) (page []StoredRecord, next string, err error)

	// Unfinished yields prepared records, oldest first. It may yield one
	// twice; it must not leave one out for ever. Writing while ranging over it
	// must be possible, as for every sequence here.
	Unfinished(ctx context.Context) iter.Seq2[StoredRecord, error]

	// All yields every record, oldest first. A record that cannot be read is
	// an error that does not end the sequence.
	All(ctx context.Context) iter.Seq2[StoredRecord, error]

	// OpenList must add a list that from then on is the newest of its issuer
	// and purpose. ErrExists if the ID was ever used.
	OpenList(ctx context.Context, l List, e LogEntry) error

	// Lists returns all lists in the order they were opened.
	Lists(ctx context.Context) ([]List, error)

	// Skip must mark all numbers of a list below n as taken.
	Skip(ctx context.Context, list string, n int, e LogEntry) error

	// Marked yields the numbers of a list whose place is set.
	Marked(ctx context.Context, list string) iter.Seq2[int, error]

	// Add must keep a thing; ErrExists if its kind has that ID.
	Add(ctx context.Context, t Thing, e LogEntry) error

	// Replace must replace a thing if its revision is still t.Revision, which
	// it raises by one; ErrConflict otherwise, ErrNotFound if there is none.
	Replace(ctx context.Context, t Thing, e LogEntry) error

	// Remove must forget a thing; ErrNotFound if there is none.
	Remove(ctx context.Context, kind, id string, e LogEntry) error

	// Thing returns one thing, or ErrNotFound.
	Thing(ctx context.Context, kind, id string) (Thing, error)

	// Things returns all things of a kind in the order they were added. It is
	// for kinds of which there are few.
	Things(ctx context.Context, kind string) ([]Thing, error)

	// Owned returns the things of a kind that have this owner, which is not "",
	// in the order they were added.
	Owned(ctx context.Context, kind, owner string) ([]Thing, error)

	// Due returns at most limit things of a kind whose Due is set and not after
	// until, the earliest first.
	Due(ctx context.Context, kind string, until time.Time, limit int) ([]Thing, error)

	// Log yields the entries from a number on.
	Log(ctx context.Context, from uint64) iter.Seq2[LogEntry, error]

	// Check looks for damage below what the other methods show: file
	// structure, digests, indices that disagree, the chain of the log.
	Check(ctx context.Context) ([]Complaint, error)

	// Snapshot must write a copy of one moment to a path that does not exist,
	// while writing goes on, and return the copy, checked and opened for
	// reading. Nothing must be left at the path when it fails.
	Snapshot(ctx context.Context, path string) (Store, error)

	Close() error
}

// A StoredRecord is a credential as the store keeps it. What names a person
// is inside Sealed, which the store cannot read.
type StoredRecord struct {
	ID          string    `json:"id"`
	Revision    int       `json:"revision,omitempty"` // raised by every Advance
	State       State     `json:"state"`
	Issuer      string    `json:"issuer"`      // ID of the institution
	Achievement string    `json:"achievement"` // address of the version
	Learner     Digest    `json:"learner"`     // names the key that opens Sealed, and finds all records of one learner
	PreparedAt  time.Time `json:"preparedAt"`
	IssuedAt    time.Time `json:"issuedAt,omitzero"`
	ValidUntil  time.Time `json:"validUntil,omitzero"`
	ChangedAt   time.Time `json:"changedAt,omitzero"` // of the last status change
	Language    string    `json:"language,omitempty"`
	Reason      string    `json:"reason,omitempty"`
	ReasonCode  string    `json:"reasonCode,omitempty"`
	Visibility  string    `json:"visibility,omitempty"` // what its address shows; "": to whoever has it
	Chosen      string    `json:"chosen,omitempty"`     // what its learner had chosen, while it is withheld
	Told        bool      `json:"told,omitempty"`       // the learner is written to when something happens to it
	Places      []Place   `json:"places,omitempty"`

	// Credentials that took the place of one another, by ID (see [Service.Reissue]
	// and [Service.Renew]): each pair is written in one step.
	Supersedes   string `json:"supersedes,omitempty"`
	SupersededBy string `json:"supersededBy,omitempty"`
	Renews       string `json:"renews,omitempty"`
	RenewedBy    string `json:"renewedBy,omitempty"`
	// Unlinked: its learner does not want its page to lead to what took its place.
	Unlinked bool `json:"unlinked,omitempty"`

	Document Digest `json:"document,omitzero"` // SHA-256 of the signed bytes
	Token    Digest `json:"token,omitzero"`    // of the compact JWS, where there is one
	Base     Digest `json:"base,omitzero"`     // of the copy with a base proof, where there is one
	Sealed   []byte `json:"-"`
}

// A Step is one record's part of Store.AdvanceAll; see Store.Advance.
type Step struct {
	From   State
	Record StoredRecord
	Entry  LogEntry
	Also   []Thing
}

// A Place is one number of one status list. The index in the published list
// is the number's image under the list's permutation.
type Place struct {
	List    string `json:"list"`
	Purpose string `json:"purpose"`
	Number  int    `json:"number"`
	Set     bool   `json:"set,omitempty"`
}

// A Creation is what Create needs.
type Creation struct {
	Record   StoredRecord // Places empty
	Purposes []string
	Claim    *Claim // nil: the caller brought no idempotency key
	Entry    LogEntry
}

// A Claim binds an idempotency key to the one record it may make. Claims are
// kept as long as the record.
type Claim struct {
	Key     Digest `json:"key"`          // over the caller and the key they sent
	Request Digest `json:"request"`      // over what was asked for
	By      string `json:"by,omitempty"` // who asked, where that matters: the ID of a batch
}

// A ClaimedError says which record an idempotency key made before, and for
// what request.
type ClaimedError struct {
	Record  StoredRecord
	Request Digest
	By      string
}

func (e *ClaimedError) Error() string { return "idempotency key used before for " + e.Record.ID }

// A List is a status list: one issuer, one purpose.
type List struct {
	ID      string   `json:"id"`
	Issuer  string   `json:"issuer"`
	Purpose string   `json:"purpose"` // "revocation" or "suspension"
	Key     [32]byte `json:"key"`     // of the permutation
	Next    int      `json:"next"`    // the number handed out next
	Limit   int      `json:"limit"`   // the first number that is not handed out
}

// A Selection is what Page looks for; zero fields select everything.
type Selection struct {
	Limit       int // 1 to 1,000
	Cursor      string
	Achievement string
	State       State
	Issuer      string
	Learner     Digest
}

// A Thing is anything the service remembers besides credentials: institutions,
// achievement versions, tokens and trust lists, of which there are few; mails
// and links, of which there may be more than credentials.
type Thing struct {
	Kind     string
	ID       string
	Revision int
	// Owner finds the things that belong together: the ID of a record, or a
	// learner's Digest in hexadecimal. It may change.
	Owner string `json:",omitempty"`
	// Due is the moment at which the service has to look at it; zero: never.
	// It may change. Whole milliseconds count.
	Due  time.Time `json:",omitzero"`
	Body []byte
}
