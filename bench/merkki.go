package main

import (
	"context"
	"crypto"
	"fmt"
	"runtime"
	"syscall"
	"time"

	"merkki/keys"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// A turn is one party's work on all documents. It returns how long that took.
type turn func() (time.Duration, error)

// created is when all proofs are made.
var created = time.Date(2026, 6, 12, 9, 0, 0, 0, time.UTC)

// A signer is a key with the did:key that it has.
type signer struct {
	crypto.Signer
	did, method string
}

func (s signer) VerificationMethod() string { return s.method }

func newSigner(key crypto.Signer) (signer, error) {
	multikey, err := keys.Multikey(key.Public())
	return signer{key, "did:key:" + multikey, "did:key:" + multikey + "#" + multikey}, err
}

// atLeast is how long a turn takes: who is quick goes through the documents
// several times.
const atLeast = 150 * time.Millisecond

// timed measures the processor time of f a document, garbage collection and all.
func timed(n int, f func(i int) error) turn {
	return func() (time.Duration, error) {
		runtime.GC() // what others have left is not this party's
		start, took, done := processorTime(), time.Duration(0), 0
		for took < atLeast {
			for i := range n {
				if err := f(i); err != nil {
					return 0, fmt.Errorf("document %d: %w", i, err)
				}
			}
			done += n
			took = processorTime() - start
		}
		return took / time.Duration(done), nil
	}
}

// processorTime is what this process has taken so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// issues secures documents.
func issues(ctx context.Context, docs []schema.Value, s signer, suite string) turn {
	return timed(len(docs), func(i int) error {
		_, err := secure(ctx, docs[i], s, suite)
		return err
	})
}

func secure(ctx context.Context, v schema.Value, s signer, suite string) ([]byte, error) {
	o := proof.Options{Format: suite, Created: created, Unchecked: true, ReadOnlyUnsafe: true}
	if suite == "ecdsa-sd-2023" {
		o.MandatoryPointers = proof.MandatoryFor(v)
	}
	doc, err := proof.Secure(ctx, jsonld.Embedded(), v, s, o)
	if err != nil {
		return nil, err
	}
	return doc.Raw(), nil
}

// issuesAndReads verifies what it has made, too, from its bytes.
func issuesAndReads(ctx context.Context, docs []schema.Value, s signer, suite string) turn {
	return timed(len(docs), func(i int) error {
		b, err := secure(ctx, docs[i], s, suite)
		if err != nil {
			return err
		}
		return open(ctx, b, s.Public())
	})
}

// verifies opens signed documents.
func verifies(ctx context.Context, signed [][]byte, key crypto.PublicKey) turn {
	return timed(len(signed), func(i int) error { return open(ctx, signed[i], key) })
}

// open is what proof.Open does with a key at hand.
func open(ctx context.Context, b []byte, key crypto.PublicKey) error {
	doc, err := schema.Parse(b, schema.Limits{})
	if err != nil {
		return err
	}
	s, err := proof.Read(doc)
	if err != nil {
		return err
	}
	r := jsonld.Embedded()
	if faults := r.CheckContexts(s.Claims); len(faults) > 0 {
		return faults[0]
	}
	if _, err := s.Statements(ctx, r); err != nil {
		return err
	}
	_, err = s.Open(ctx, r, s.Proofs[0], key)
	return err
}
