// Package keys names what signs and what verifies, and decides which public
// keys are fit for it.
//
// Every public key that comes from outside goes through one of the readers of
// this package, which apply one key policy (see [Check]):
//
//	pub, err := keys.ParseMultikey("z6Mk…") // publicKeyMultibase
//	pub, err := keys.ParseJWK(b)             // publicKeyJwk
//
// A [Store] keeps private keys and gives them out as a [Signer], which signs
// and shows nothing. A [Resolver] finds the public key behind a URL, an
// [IssuerKeys] all those of an issuer; package did has the one that is both.
// Whether a key is that of the issuer somebody
// claims is a further question; package verifier asks it.
package keys

import (
	"context"
	"crypto"
	"errors"
	"time"
)

// An Algorithm is a kind of key pair.
type Algorithm string

// The algorithms.
const (
	Ed25519 Algorithm = "Ed25519"
	P256    Algorithm = "P-256"
	P384    Algorithm = "P-384"
	RSA     Algorithm = "RSA"
)

// A Role is the one work a key does; no key does another's.
type Role string

// The roles.
const (
	Credentials Role = "credentials"
	StatusLists Role = "status-lists"
	Log         Role = "log"
	Receipt     Role = "receipt" // that something was checked; never a credential
)

// Roles returns the roles in the order in which they are shown.
func Roles() []Role { return []Role{Credentials, StatusLists, Log, Receipt} }

// A Signer is a private key that stays where it is, and the URL under which
// its public half is published. ECDSA signatures are ASN.1, as crypto.Signer
// gives them; package proof converts. A key that was retired or revoked after
// the Signer was opened refuses to sign, with [ErrRetired] or [ErrRevoked].
type Signer interface {
	crypto.Signer
	// VerificationMethod returns the DID URL of the public key.
	VerificationMethod() string
}

// A Method is a verification method of a controlled identifier document, as
// far as a verifier needs it (Controlled Identifiers 1.0, section 2.2), or a
// key of an issuer's JWK Set in the same form. Key has passed the key policy
// (see [Check]).
type Method struct {
	ID            string // absolute
	Controller    string
	Key           crypto.PublicKey
	Relationships []string  // "assertionMethod", …
	Revoked       time.Time // zero: not
	Expires       time.Time // zero: never

	// KeyID is the JWK's member kid, For its member iss: the one issuer, of
	// several that share a JWK Set, to whom it belongs. Both may be empty.
	KeyID, For string
	// Fault says, in a list of [IssuerKeys] and nowhere else, why the entry has
	// no Key: it stands there and cannot be used.
	Fault error
}

// A Resolver turns the URL of a verification method into the method, by
// asking the controller's own address and no other. Its faults are those of
// key.resolved; a method that is not under any relationship is returned all
// the same: package verifier judges that. A Resolver must be safe for
// concurrent use.
type Resolver interface {
	Resolve(ctx context.Context, verificationMethod string) (*Method, error)
}

// IssuerKeys lists the keys that an issuer publishes for itself: those at
// https://AUTHORITY/.well-known/jwks.json for an https issuer, the methods of
// the DID document for a DID. An issuer that publishes none (404 or 410
// included) has an empty list; one whose list could not be had has a fault of
// key.resolved. No entry is another issuer's. It must be safe for concurrent
// use. See [Find].
type IssuerKeys interface {
	IssuerKeys(ctx context.Context, issuer string) ([]*Method, error)
}

// A Pair is what a Store tells of a key it keeps.
type Pair struct {
	ID        string // VerificationMethod URL
	Issuer    string // DID
	Algorithm Algorithm
	Role      Role
	Public    crypto.PublicKey
	Created   time.Time
	Retired   time.Time // zero: in use. A retired key signs nothing and stays published
	Revoked   time.Time // zero: not compromised
}

// What a Store answers about a key that cannot be used. Test with errors.Is.
var (
	ErrNotFound = errors.New("no key has this verification method")
	ErrRetired  = errors.New("the key is retired and signs nothing more")
	ErrRevoked  = errors.New("the key is revoked and signs nothing more")
)

// A Store keeps private keys. Implementations prove themselves with
// keystest.Run. Methods must be safe for concurrent use. Times are kept in
// whole seconds.
type Store interface {
	// Generate makes a key pair and must have it on disk when it returns.
	// The verification method is issuer + "#" + [Fragment]; with an empty
	// issuer the new key is its own did:key issuer, which an RSA key cannot be.
	Generate(ctx context.Context, issuer string, alg Algorithm, role Role) (Pair, error)
	// List returns all pairs, oldest first; it must need no unlocking.
	List(ctx context.Context) ([]Pair, error)
	// Signer opens the key with the verification method id. It must fail with
	// ErrNotFound, ErrRetired or ErrRevoked where there is no such key to sign
	// with, and must not need unlocking to say so.
	Signer(ctx context.Context, id string) (Signer, error)
	// Retire takes the key out of use from a moment on, Revoke marks it as
	// compromised from a moment on. Both must be durable on return and fail
	// with ErrNotFound for an unknown key. Said twice, the earlier moment
	// must hold: no call may make a compromise look smaller than it was.
	Retire(ctx context.Context, id string, at time.Time) error
	Revoke(ctx context.Context, id string, at time.Time) error
}
