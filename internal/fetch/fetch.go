// Package fetch is the only HTTP client of the program, and the place where it
// is decided what may be asked of the network at all.
//
// A verifier that follows addresses out of strangers' documents is a tool for
// strangers: it can be made to knock at doors inside the network it stands in,
// to wait, to read without end, to tell who verifies what. So there is one
// [Client] with one set of rules (security model, section 10), and everybody
// else gets documents from a [Source]:
//
//	sources := fetch.NewStack(rules, bundle, fetch.New(fetch.Config{Rules: rules}))
//	ctx = fetch.WithBudget(ctx, fetch.VerificationRequests)
//	doc, err := sources.Get(ctx, fetch.Key, "https://issuer.example/.well-known/did.json")
//
// An error is a [*RefusedError] (never asked for) or an [*UnreachableError]
// (asked for and not had). Neither says anything against a credential.
package fetch

import (
	"context"
	"errors"
	"time"
)

// A Purpose selects media types, size and cache life; there is no request
// without one. Images have none: they are never asked for. A JSON-LD context is
// asked for only to be compared, never to read a document with it.
type Purpose uint8

// The purposes.
const (
	Key        Purpose = iota + 1 // a controlled identifier document or key set
	Status                        // a status list credential
	Credential                    // a credential that a person named by its address
	Refresh                       // a newer copy of a credential
	Context                       // a JSON-LD context, to compare it with the one at hand
)

// terms are what a purpose allows.
type terms struct {
	accept []string      // media types, the wanted one first
	bytes  int64         // of the body
	life   time.Duration // longest life in the cache
}

var purposes = map[Purpose]terms{
	Key: {
		accept: []string{"application/did+json", "application/did", "application/cid", "application/json",
			"application/ld+json", "application/did+ld+json", "application/jwk-set+json", "application/jwk+json"},
		bytes: 1 << 20, life: 24 * time.Hour,
	},
	Status: {
		accept: []string{"application/vc", "application/vc+ld+json", "application/ld+json", "application/json",
			"application/vc+jwt", "application/jwt"},
		bytes: 2 << 20, life: time.Hour,
	},
	Credential: {
		accept: []string{"application/vc", "application/vc+ld+json", "application/ld+json", "application/json",
			"application/vc+jwt", "application/jwt", "image/png", "image/svg+xml", "application/pdf"},
		bytes: 1 << 20, life: time.Minute,
	},
	Refresh: {
		accept: []string{"application/vc", "application/vc+ld+json", "application/ld+json", "application/json",
			"application/vc+jwt", "application/jwt"},
		bytes: 1 << 20, life: time.Minute,
	},
	Context: {accept: []string{"application/ld+json", "application/json"}, bytes: 1 << 20, life: time.Minute},
}

// A Document is what an address answered. Its bytes are shared between readers
// and must not be changed.
type Document struct {
	Bytes     []byte
	MediaType string // without parameters, lower case; may be empty in a bundle
	Cached    bool   // answered from memory, not by this request
}

// A Source gets documents. A fragment of the address is left out of account.
// Its errors are those of the package; [ErrAbsent] is for sources that hold a
// limited number of documents. Sources must be safe for concurrent use.
type Source interface {
	Get(ctx context.Context, p Purpose, url string) (Document, error)
}

// ErrAbsent is the answer of a source that holds documents and not this one;
// a [Stack] then asks its next source.
var ErrAbsent = errors.New("fetch: not among the documents at hand")

// RefusedError: the address breaks the outbound rules (security model, section
// 10) and was never asked for, or led to an address that does.
type RefusedError struct{ URL, Reason string }

func (e *RefusedError) Error() string { return "fetch: " + e.URL + " refused: " + e.Reason }

// UnreachableError: the address could not be had. Reason is a class, never
// anything of the answer: timeout, dns, tls, connection, truncated, length,
// malformed, too-large, headers-too-large, content-encoding, media-type,
// empty, http-404 and the like, redirects, redirect-origin, redirect-insecure,
// circuit-open, budget, offline.
type UnreachableError struct {
	URL, Host, Reason string
	// Limit names the limit that cut the request off ("fetch.bytes",
	// "fetch.headers", "fetch.encoding", "verification.requests"), or is empty.
	Limit string
	Max   int64 // of Limit
}

func (e *UnreachableError) Error() string { return "fetch: " + e.URL + ": " + e.Reason }

type againKey struct{}

// Again asks for a fresh document, whatever the cache would allow: for a reader who
// misses something in a cached document and wants to know whether it has been
// published since. It is asked for at most once in ten seconds, with one request in
// reserve; beyond that the cache answers.
func Again(ctx context.Context) context.Context {
	return context.WithValue(ctx, againKey{}, true)
}

// IsAgain tells a source that a reader wants a fresh document.
func IsAgain(ctx context.Context) bool { return ctx.Value(againKey{}) != nil }
