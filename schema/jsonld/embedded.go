package jsonld

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"sync"
)

//go:embed contexts/*.jsonld contexts/*.json
var files embed.FS

// A row names a file of the product's register: which URL it serves, and the
// SHA-256 of its bytes. Another context is another row.
type row struct{ url, file, sha256 string }

const urlOB303 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"

// embedded is in the order in which an explanation prefers contexts.
var embedded = []row{
	{BaseV2, "credentials-v2.jsonld", "8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f"},
	{urlOB303, "ob-3.0.3-b.json", "be82735f6e1b8bf46bc6af6fde97b8611aa40dd0e3f45ec7b97e85eeea6b8555"},
	{"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", "ob-extensions.json", "1c4f705af92007783c589eb1f1b221ecc24ac588a83e0212faf1728c69b61487"},
	{"https://w3id.org/security/data-integrity/v2", "data-integrity-v2.jsonld", "0f77743daf5b4e8fc067fc5ba5b21044283053aa717fc6b0219843bed3b00363"},
	{"https://w3id.org/security/multikey/v1", "multikey-v1.jsonld", "c5f3806f8286920573221938917988a18a4cc5a09e968d29649613c7a1c2b1f6"},
	{"https://www.w3.org/ns/credentials/status/v1", "status-v1.jsonld", "fd08cbf28ddd829ab2f1978c48f43ab07a112c1c90245a0cfac7ba721c65170c"},
}

// earlierOB303 is what the URL of context 3.0.3 served until June 2026, before
// endorsementJwt and jti were added to it.
var earlierOB303 = row{urlOB303, "ob-3.0.3-a.json", "88115d8e3c088bf2c83f68e6373027072ab9f3f83523a55b49d3605199d56413"}

// Embedded returns the register of the product.
func Embedded() *Register { return embeddedRegister() }

var embeddedRegister = sync.OnceValue(func() *Register {
	r := &Register{contexts: map[string]*source{}}
	for _, e := range embedded {
		r = r.mustEmbed(e)
	}
	return r
})

// VariantA returns a register in which the URL of Open Badges context 3.0.3
// serves what it served until June 2026. It is for explaining a signature that
// fails: a document that holds under it has a member (endorsementJwt) that its
// issuer never signed. It must not decide anything.
func (r *Register) VariantA() *Register { return r.mustEmbed(earlierOB303) }

// mustEmbed adds a file of the program; bytes that are not the pinned ones mean
// that the program was built from something else than its sources.
func (r *Register) mustEmbed(e row) *Register {
	b, err := files.ReadFile("contexts/" + e.file)
	if err != nil {
		panic(err)
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != e.sha256 {
		panic("jsonld: " + e.file + " is not the file that is pinned")
	}
	r, err = r.WithUnsafe(e.url, b)
	if err != nil {
		panic(err)
	}
	return r
}
