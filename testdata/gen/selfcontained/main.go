// Command selfcontained writes testdata/selfcontained.json: a credential by a
// did:key issuer, without status, that any verifier of Open Badges 3.0 accepts as
// it stands. Run it in the top folder:
//
//	go run ./testdata/gen/selfcontained
//
// The key is made for it and forgotten.
package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"merkki/internal/judge"
	"merkki/keys"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// text holds only terms that mean the same in both published variants of the
// Open Badges context.
const text = `{
  "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
  "id": "urn:uuid:%[2]s",
  "type": ["VerifiableCredential", "OpenBadgeCredential"],
  "name": "TEST: First aid at sea",
  "issuer": {"id": %[1]q, "type": ["Profile"], "name": "TEST: Merkki sample issuer"},
  "validFrom": "2026-01-15T09:00:00Z",
  "credentialSubject": {
    "id": "urn:uuid:%[3]s",
    "type": ["AchievementSubject"],
    "achievement": {
      "id": "urn:uuid:%[4]s",
      "type": ["Achievement"],
      "name": "First aid at sea",
      "description": "A sample micro-credential: to help an injured person aboard until the rescue service arrives.",
      "criteria": {"narrative": "A practical examination aboard, passed."}
    }
  }
}`

func main() {
	log.SetFlags(0)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	check(err)
	multikey, err := keys.Multikey(private.Public())
	check(err)
	did := "did:key:" + multikey

	unsigned, err := schema.Parse(fmt.Appendf(nil, text, did, uuid(), uuid(), uuid()), schema.Limits{})
	check(err)
	doc, err := proof.Secure(context.Background(), jsonld.Embedded(), unsigned.Root(),
		signer{private, did + "#" + multikey}, proof.Options{Created: time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)})
	check(err)
	// Made readable: the signature is over the statements, not the white space.
	var readable bytes.Buffer
	check(json.Indent(&readable, doc.Raw(), "", "  "))
	readable.WriteByte('\n')
	check(os.WriteFile(filepath.Join(judge.Root(), "testdata", "selfcontained.json"), readable.Bytes(), 0o644))
}

type signer struct {
	ed25519.PrivateKey
	method string
}

func (s signer) VerificationMethod() string { return s.method }

// uuid is a random one (RFC 9562, section 5.4).
func uuid() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
