package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"merkki/internal/fetch"
	"merkki/schema/jsonld"
	mc "merkki/schema/microcredential"
)

// world answers one address, and is asked for what it should be.
type world struct {
	t     *testing.T
	bytes []byte
	err   error
}

func (w world) Get(_ context.Context, p fetch.Purpose, url string) (fetch.Document, error) {
	if p != fetch.Context || url != mc.ContextURL {
		w.t.Errorf("asked for %s with purpose %d", url, p)
	}
	return fetch.Document{Bytes: w.bytes, MediaType: "application/ld+json"}, w.err
}

// TestContextAdvice: what the address of the vocabulary serves is said in each
// case.
func TestContextAdvice(t *testing.T) {
	own, _ := jsonld.Embedded().Context(mc.ContextURL)
	for want, w := range map[string]world{
		"context.published:":   {t: t, bytes: own},
		"context.differs:":     {t: t, bytes: append([]byte(" "), own...)},
		"context.unreachable:": {t: t, err: errors.New("http-404")},
	} {
		if got := contextAdvice(context.Background(), w); !strings.HasPrefix(got, want) || !strings.Contains(got, mc.ContextURL) {
			t.Errorf("%q, want %s", got, want)
		}
	}
}
