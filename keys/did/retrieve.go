package did

import (
	"context"
	"crypto"
	"errors"

	"merkki/internal/fetch"
	"merkki/keys"
	"merkki/schema"
)

// retrieve reads the document at address and finds the method in it
// (Controlled Identifiers 1.0, section 3.3).
func (r *Resolver) retrieve(ctx context.Context, address string, id identifier) (*keys.Method, error) {
	if !id.whole {
		if err := fetch.CheckURL(address); err != nil {
			return nil, faultOf(address, err) // says more than the other
		}
		return nil, identifierFault(id.url, "no-fragment")
	}
	ctx, cached := noticing(ctx)
	b, err := r.get(ctx, address)
	if err != nil {
		return nil, err
	}
	m, err := findIn(b, address, id)
	if *cached && isFinding(err, "key.not-listed") {
		if fresh, again := r.get(fetch.Again(ctx), address); again == nil {
			return findIn(fresh, address, id)
		}
	}
	return m, err
}

func findIn(b []byte, address string, id identifier) (*keys.Method, error) {
	d, err := readDocument(b, address, id.did)
	if err != nil {
		return nil, err
	}
	return d.find(id.url)
}

// FindKey finds the key that a token of an issuer means: [keys.Find] in the
// list of its keys, in a fresh one where a list that a cache had lacks it,
// because a key that was published a minute ago is not a forgery. Without a
// match both results are nil: the key is not the issuer's.
func FindKey(ctx context.Context, k keys.IssuerKeys, issuer, kid string, pub crypto.PublicKey) (*keys.Method, error) {
	ctx, cached := noticing(ctx)
	list, err := k.IssuerKeys(ctx, issuer)
	if err != nil {
		return nil, err
	}
	m, err := keys.Find(list, kid, pub)
	if m != nil || err != nil || !*cached {
		return m, err
	}
	fresh, err := k.IssuerKeys(fetch.Again(ctx), issuer)
	if err != nil { // what the cache had was an answer
		return nil, nil
	}
	return keys.Find(fresh, kid, pub)
}

type noticeKey struct{}

// noticing returns a context whose requests note that a cache answered.
func noticing(ctx context.Context) (context.Context, *bool) {
	cached := new(bool)
	return context.WithValue(ctx, noticeKey{}, cached), cached
}

// get retrieves a document for the purpose of a key.
func (r *Resolver) get(ctx context.Context, address string) ([]byte, error) {
	f, knows := r.fetcher.(sourceFetcher)
	if !knows {
		return r.fetcher.FetchKey(ctx, address)
	}
	doc, err := f.get(ctx, address)
	if cached, ok := ctx.Value(noticeKey{}).(*bool); ok && doc.Cached {
		*cached = true
	}
	return doc.Bytes, err
}

func isFinding(err error, finding string) bool {
	f, ok := errors.AsType[*schema.Fault](err)
	return ok && f.Finding == finding
}
