package verifier

import (
	"context"
	"errors"
	"net/url"

	"merkki/internal/fetch"
	"merkki/schema"
)

// FromSource makes Lists that retrieve through the program's one client, or
// whatever stands in its place. It is a [Refresher] too.
func FromSource(s fetch.Source) Lists { return sourceLists{s} }

type sourceLists struct{ source fetch.Source }

// StatusList implements [Lists].
func (l sourceLists) StatusList(ctx context.Context, address string) ([]byte, error) {
	return l.get(ctx, fetch.Status, address)
}

// Refresh implements [Refresher].
func (l sourceLists) Refresh(ctx context.Context, address string) ([]byte, error) {
	return l.get(ctx, fetch.Refresh, address)
}

func (l sourceLists) get(ctx context.Context, purpose fetch.Purpose, address string) ([]byte, error) {
	doc, err := l.source.Get(ctx, purpose, address)
	if err == nil {
		return doc.Bytes, nil
	}
	if refused, ok := errors.AsType[*fetch.RefusedError](err); ok {
		return nil, schema.Found("status.url-refused", "", map[string]any{"url": address, "reason": refused.Reason})
	}
	args := map[string]any{"url": address, "host": hostOf(address), "reason": "unreachable"}
	if lost, ok := errors.AsType[*fetch.UnreachableError](err); ok {
		args["reason"] = lost.Reason
		if lost.Limit != "" {
			args["limit"] = lost.Limit
			return nil, schema.Found("status.limit", "", args)
		}
	}
	return nil, schema.Found("status.unreachable", "", args)
}

// hostOf returns the host of an address, for a sentence.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
