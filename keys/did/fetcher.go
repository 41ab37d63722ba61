package did

import (
	"context"
	"errors"

	"merkki/internal/fetch"
	"merkki/schema"
)

// FromSource returns a fetcher that asks a source and speaks in faults. When a
// method is missing in a document that the source had in its cache, the
// resolver asks once more through it before it decides: a key that was
// published a minute ago is not a forgery.
func FromSource(s fetch.Source) Fetcher { return sourceFetcher{s} }

type sourceFetcher struct{ source fetch.Source }

func (f sourceFetcher) FetchKey(ctx context.Context, url string) ([]byte, error) {
	doc, err := f.get(ctx, url)
	return doc.Bytes, err
}

// get is FetchKey with what the resolver needs for asking again.
func (f sourceFetcher) get(ctx context.Context, url string) (fetch.Document, error) {
	doc, err := f.source.Get(ctx, fetch.Key, url)
	if err != nil {
		return fetch.Document{}, faultOf(url, err)
	}
	return doc, nil
}

func faultOf(url string, err error) error {
	if refused, ok := errors.AsType[*fetch.RefusedError](err); ok {
		return schema.Found("key.url-refused", "", map[string]any{"url": url, "reason": refused.Reason})
	}
	unreachable, ok := errors.AsType[*fetch.UnreachableError](err)
	switch {
	case !ok: // a source that holds a few documents, alone
		return schema.Found("key.unreachable", "", map[string]any{"url": url, "reason": "offline"})
	case unreachable.Limit != "":
		return schema.Found("key.limit", "", map[string]any{"url": url, "host": unreachable.Host,
			"limit": unreachable.Limit, "max": unreachable.Max})
	}
	return schema.Found("key.unreachable", "", map[string]any{"url": url, "host": unreachable.Host, "reason": unreachable.Reason})
}
