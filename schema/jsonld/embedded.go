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
	{"https://w3id.org/merkki/mc/v1", "mc-v1.jsonld", "df01b26844f0b712a0cb4946ba61aec360a2c6080e8791b8581afd2b464cc640"},

	// For reading what others have issued under earlier versions.
	{BaseV1, "credentials-v1.jsonld", "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8"},
	{"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json", "ob-3.0.2.json", "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53"},
	{"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json", "ob-3.0.1.json", "af095468326d3449160509b26ca71576e6321d13c85b0369cfe3b654c9a48fba"},
	{"https://purl.imsglobal.org/spec/ob/v3p0/context.json", "ob-3.0.0.json", sumOB300},
	{"https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld", "ob-3.0.0.json", sumOB300},
	{"https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", "clr-2.0.1.json", "a78199d8a664a14bfbc64fc78e29679a443f0e7fc8e6b35acdc6477c8ac6342e"},
	{"https://purl.imsglobal.org/spec/clr/v2p0/context.json", "clr-2.0.0.json", "6408c5ac0d2aa63f474884bafaa2076353c816c7e5c3d89f7c501a65803bf736"},
	{"https://w3id.org/security/data-integrity/v1", "data-integrity-v1.jsonld", "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554"},
	{"https://w3id.org/security/suites/ed25519-2020/v1", "ed25519-2020-v1.jsonld", "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588"},
	{"https://w3id.org/vc/status-list/2021/v1", "status-list-2021-v1.jsonld", "634d71c159289f068c96012e4511c657fdf82ac4231900081bda3ba24e2e1160"},
	{"https://www.w3.org/ns/did/v1", "did-v1.jsonld", "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f"},
}

// Open Badges 3.0.0 has an address from before it was final, too.
const sumOB300 = "b077fa134d909d92c1dcd1c153f2af1b244aeb415967fdc1467d7fc5dd48ac10"

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
