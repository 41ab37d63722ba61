package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"strings"
	"sync"
	"testing"

	"merkki/schema"
)

var rsaKey = sync.OnceValue(func() crypto.Signer {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

func edKey() crypto.Signer { return ed25519.NewKeyFromSeed([]byte(strings.Repeat("m", 32))) }

func ecKey(t testing.TB, c elliptic.Curve) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func tree(t testing.TB, text string) schema.Value {
	t.Helper()
	doc, err := schema.Parse([]byte(text), schema.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

func encode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// unsigned frames a header and a payload with a signature that holds for
// nothing.
func unsigned(header, payload string) []byte {
	return []byte(encode(header) + "." + encode(payload) + "." + encode("signature"))
}

// finding returns the finding of an error, "" for none.
func finding(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	f, ok := err.(*schema.Fault)
	if !ok {
		t.Fatalf("%v is no fault", err)
	}
	return f.Finding
}

const badge = `{
  "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
  "id": "https://uni.example/c/1",
  "type": ["VerifiableCredential", "OpenBadgeCredential"],
  "issuer": {"id": "https://uni.example", "type": ["Profile"], "name": "Example University"},
  "validFrom": "2026-01-01T00:00:00Z",
  "validUntil": "2027-01-01T00:00:00Z",
  "name": "Welding",
  "credentialSubject": {
    "id": "did:key:z6MkhPP1XMfBBfFPqGtTz1myJt5pV5usYS4k5JeQadBCp64B",
    "type": ["AchievementSubject"],
    "achievement": {
      "id": "https://uni.example/a/1", "type": ["Achievement"], "name": "Welding",
      "description": "Can weld", "criteria": {"narrative": "Weld."}
    }
  }
}`
