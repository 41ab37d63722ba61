package did

import (
	"context"
	"errors"

	"merkki/internal/fetch"
	"merkki/keys"
	"merkki/schema"
)

// retrieve reads the document at address and finds the method in it
// (Controlled Identifiers 1.0, section 3.3).
func (r *resolver) retrieve(ctx context.Context, address string, id identifier) (*keys.Method, error) {
	if !id.whole {
		if err := fetch.CheckURL(address); err != nil {
			return nil, faultOf(address, err) // says more than the other
		}
		return nil, identifierFault(id.url, "no-fragment")
	}
	f, hasCache := r.fetcher.(sourceFetcher)
	if !hasCache {
		b, err := r.fetcher.FetchKey(ctx, address)
		if err != nil {
			return nil, err
		}
		return read(b, address, id)
	}
	doc, err := f.get(ctx, address)
	if err != nil {
		return nil, err
	}
	m, err := read(doc.Bytes, address, id)
	if doc.Cached && isNotListed(err) {
		if fresh, again := f.get(fetch.Again(ctx), address); again == nil {
			return read(fresh.Bytes, address, id)
		}
	}
	return m, err
}

func isNotListed(err error) bool {
	f, ok := errors.AsType[*schema.Fault](err)
	return ok && f.Finding == "key.not-listed"
}
