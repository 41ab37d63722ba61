package virtual

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
	"time"

	"merkki/keys"
	"merkki/keys/did"
	"merkki/proof"
	"merkki/schema"
)

// An Issuer is an institution of the campus.
type Issuer struct {
	// Name is what it calls itself in what it signs.
	Name string

	campus *Campus
	id     string
	mu     sync.Mutex
	pairs  []pair // guarded by mu; the last one signs
	lists  int    // guarded by mu
}

// A pair is a key with the facts that its document tells.
type pair struct {
	signer  signer
	revoked time.Time
}

// Key founds an issuer whose identifier is its key (did:key).
func (c *Campus) Key(name string) *Issuer {
	key := seeded(name)
	id := "did:key:" + multikey(key)
	return &Issuer{Name: name, campus: c, id: id, pairs: []pair{{signer: sign(key, id)}}}
}

// Web founds an issuer whose key document stands on its host (did:web), below
// the path if there is one.
func (c *Campus) Web(host string, path ...string) *Issuer {
	id := "did:web:" + strings.Join(slices.Concat([]string{host}, path), ":")
	i := &Issuer{Name: "University of " + host, campus: c, id: id}
	i.pairs = []pair{{signer: sign(seeded(id), id)}}
	c.serve(i.DocumentURL(), i.document)
	return i
}

// Site founds an issuer whose identifier is an address of its host, and whose
// RSA key stands in the host's JWK Set: one that signs tokens and nothing else.
func (c *Campus) Site(host string) *Issuer {
	id := "https://" + host + "/about"
	i := &Issuer{Name: "University of " + host, campus: c, id: id}
	i.pairs = []pair{{signer: signer{rsaKey(), id + "#key-1"}}}
	c.serve(i.KeySetURL(), i.keySet)
	return i
}

// rsaKey is one key for all sites of a run: making one takes long.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// KeySetURL is where the JWK Set of a site stands.
func (i *Issuer) KeySetURL() string {
	host, _, _ := strings.Cut(strings.TrimPrefix(i.id, "https://"), "/")
	return "https://" + host + "/.well-known/jwks.json"
}

// keySet is the JWK Set as it stands now.
func (i *Issuer) keySet() []byte {
	set, err := did.JWKS(i.id, i.published())
	if err != nil {
		panic(err)
	}
	return schema.Marshal(set)
}

// ID is the issuer's identifier.
func (i *Issuer) ID() string { return i.id }

// DocumentURL is where a did:web issuer's key document stands.
func (i *Issuer) DocumentURL() string {
	url, err := did.WebURL(i.id)
	if err != nil {
		panic(err)
	}
	return url
}

// Signer is the key in use.
func (i *Issuer) Signer() keys.Signer {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.pairs[len(i.pairs)-1].signer
}

// Rotate begins to sign with a new key. The old one stays in the document.
func (i *Issuer) Rotate() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.pairs = append(i.pairs, pair{signer: sign(seeded(i.id+strings.Repeat("'", len(i.pairs))), i.id)})
}

// Revoke says in the document that the key in use has been compromised.
func (i *Issuer) Revoke(at time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.pairs[len(i.pairs)-1].revoked = at
}

// document is the did:web document as it stands now.
func (i *Issuer) document() []byte {
	doc, err := did.Document(i.id, i.published())
	if err != nil {
		panic(err)
	}
	return schema.Marshal(doc)
}

func (i *Issuer) published() (all []keys.Pair) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, p := range i.pairs {
		all = append(all, keys.Pair{ID: p.signer.method, Issuer: i.id, Algorithm: keys.AlgorithmOf(p.signer.Public()),
			Role: keys.Credentials, Public: p.signer.Public(), Created: Start, Revoked: p.revoked})
	}
	return all
}

// Sign secures a document as this issuer does: eddsa-rdfc-2022, now. It panics
// on a document that cannot be signed without losing something.
func (i *Issuer) Sign(root schema.Value) []byte {
	return i.SignWith(root, proof.Options{Created: i.campus.Now()})
}

// SignWith is Sign with a purpose or a time of the caller's choice.
func (i *Issuer) SignWith(root schema.Value, o proof.Options) []byte {
	doc, err := proof.Secure(context.Background(), i.campus.Contexts, root, i.Signer(), o)
	if err != nil {
		panic(err)
	}
	return doc.Raw()
}

// SignAs signs with this issuer's key under another's verification method:
// what a forger does.
func (i *Issuer) SignAs(method string, root schema.Value) []byte {
	s := i.Signer().(signer)
	s.method = method
	doc, err := proof.Secure(context.Background(), i.campus.Contexts, root, s, proof.Options{Created: i.campus.Now()})
	if err != nil {
		panic(err)
	}
	return doc.Raw()
}

// Token signs a document as a token: VC-JWT, by the key in use.
func (i *Issuer) Token(root schema.Value) []byte {
	b, err := proof.SecureToken(context.Background(), i.campus.Contexts, root, i.Signer(), proof.TokenOptions{})
	if err != nil {
		panic(err)
	}
	return b
}

// A signer is a private key in memory.
type signer struct {
	crypto.Signer
	method string
}

func (s signer) VerificationMethod() string { return s.method }

func sign(key ed25519.PrivateKey, id string) signer {
	return signer{key, id + "#" + multikey(key)}
}

// seeded makes the key that follows from a name.
func seeded(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("merkki virtual campus " + name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func multikey(key ed25519.PrivateKey) string {
	s, err := keys.Multikey(key.Public())
	if err != nil {
		panic(err)
	}
	return s
}
