package did_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/keys"
)

// The dearest documents that fit the limits: as many keys as are read, of the
// kind that costs most, and as many references as there may be values.
func TestHostileListsAreCheap(t *testing.T) {
	k, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text, err := keys.Multikey(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := keys.JWK(k.Public(), "")
	if err != nil {
		t.Fatal(err)
	}
	var methods []string
	for i := range 256 {
		methods = append(methods, fmt.Sprintf(`{"id":"#%d","type":"Multikey","controller":"did:web:issuer.example","publicKeyMultibase":"%s"}`, i, text))
	}
	resolver, _ := world(map[string]string{
		webURL: documentWith(strings.Join(methods, ","), strings.Repeat(`"#255",`, 18000)+`"#0"`),
		setURL: `{"keys":[` + strings.Repeat(string(jwk)+",", 255) + string(jwk) + `]}`,
	})
	for _, issuer := range []string{webDID, httpsID} {
		spent := judge.CPUTime(func() {
			if list, err := resolver.IssuerKeys(t.Context(), issuer); len(list) != 256 || err != nil {
				t.Errorf("%s: %d keys (%v)", issuer, len(list), err)
			}
		})
		if spent > 100*time.Millisecond {
			t.Errorf("%s: %v, want no more than 100 ms", issuer, spent)
		}
	}
}
