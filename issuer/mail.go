package issuer

import (
	"context"
	"time"
)

// A MailKind says what a mail tells its learner.
type MailKind string

// What learners are told. All but the last three are about a credential.
const (
	MailIssued     MailKind = "issued"     // a credential was issued; carries a claim link
	MailSuspended  MailKind = "suspended"  // it is on hold
	MailRevoked    MailKind = "revoked"    // it was withdrawn, with the public reason
	MailReinstated MailKind = "reinstated" // it is in force again
	MailExpiring   MailKind = "expiring"   // it ends in 30 days
	MailLink       MailKind = "link"       // the way back to the learner's page, asked for
	MailConfirm    MailKind = "confirm"    // is this address yours? Sent to a further address
	MailAdded      MailKind = "added"      // a further address was confirmed; sent to the earlier one
)

// A MailState is where a mail stands.
type MailState string

// The states. A mail waits until the relay has taken it, or has refused it for
// good, or a day of trying has become three.
const (
	MailWaiting MailState = "waiting"
	MailSent    MailState = "sent"    // the relay has taken it; it may still come back
	MailRefused MailState = "refused" // never left: the relay, the learner or the end of tries
	MailBounced MailState = "bounced" // left, and came back later (see [Service.MailBounced])
)

// A Letter is a mail with everything it says, in the clear. It is made at the
// moment of sending and not kept.
type Letter struct {
	ID   string // of the mail; the same each time it is tried
	Kind MailKind
	Lang string // fi, sv, en
	At   time.Time

	To   string // one address
	Name string // of the learner, "" where it is not known

	// Sender is the institution in whose name it is written; its zero value
	// stands for the service, where there are several.
	Sender Institution

	// About the credential, for the kinds that are about one. A withheld one
	// is not named: Achievement is "".
	Record      string // ID
	Achievement string
	Reason      string // public, of a change of status
	Until       time.Time

	// Link is the address of the button, an absolute URL. Ends is when it stops
	// working; zero where it holds no secret.
	Link string
	Ends time.Time
}

// A Courier hands a letter to the world. Nil means that somebody has taken it
// over; *RefusedError that nobody ever will; any other error that it is worth
// another try. A courier must not keep the letter.
type Courier interface {
	Deliver(ctx context.Context, l Letter) error
}

// A RefusedError is a mail that will not be taken however often it is tried.
type RefusedError struct {
	Code string // of the relay, such as "550 5.1.1": no text, which may name somebody
}

func (e *RefusedError) Error() string { return "refused for good: " + e.Code }

// ErrNoRelay is wrapped by a courier's error when no mail can be handed over at
// the moment, whichever it is: the others are not tried then.
var ErrNoRelay = errNoRelay{}

type errNoRelay struct{}

func (errNoRelay) Error() string { return "the mail relay cannot be reached" }

// A MailNote is what is known of one mail about a credential. It has no address:
// that is the record's.
type MailNote struct {
	ID    string    `json:"id"`
	Kind  MailKind  `json:"kind"`
	State MailState `json:"state"`
	// At is when it was queued, sent, refused or came back; for a waiting one,
	// when it is tried next.
	At time.Time `json:"at"`
	// Why is what the relay said, as a code, or "stopped" where the learner
	// wants no mail.
	Why string `json:"why,omitempty"`
}
