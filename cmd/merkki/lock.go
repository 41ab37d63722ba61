package main

import (
	"context"
	"errors"
	"sync"

	"merkki/keys"
	"merkki/schema"
)

// A watchedStore is a key store that remembers why it last refused. The API
// tells strangers only that the signer is not available; the person at the
// terminal, who owns the keys, ought to hear of the wrong passphrase.
type watchedStore struct {
	keys.Store
	mu  sync.Mutex
	why error
}

func (w *watchedStore) Signer(ctx context.Context, id string) (keys.Signer, error) {
	s, err := w.Store.Signer(ctx, id)
	w.note(err)
	return s, err
}

func (w *watchedStore) Generate(ctx context.Context, issuer string, alg keys.Algorithm, role keys.Role) (keys.Pair, error) {
	pair, err := w.Store.Generate(ctx, issuer, alg, role)
	w.note(err)
	return pair, err
}

func (w *watchedStore) note(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.why = err
}

// explain replaces the problem of a signer that is not available by the reason.
func (w *watchedStore) explain(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, ok := errors.AsType[*problem](err)
	if !ok || p.Code != schema.CodeSignerUnavailable || w.why == nil {
		return err
	}
	return exit(exitConfiguration, "%w", w.why)
}
