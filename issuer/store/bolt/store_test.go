package bolt_test

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"merkki/issuer"
	"merkki/issuer/store/bolt"
	"merkki/issuer/store/storetest"
)

func TestStore(t *testing.T) {
	t.Cleanup(func() { goleak.VerifyNone(t) }) // a closed store leaves no goroutine
	storetest.Run(t, func(t *testing.T, place string) issuer.Store {
		s, err := bolt.Open(filepath.Join(place, "merkki.db"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
