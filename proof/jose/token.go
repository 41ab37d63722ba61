package jose

import (
	"crypto"
	"encoding/base64"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"merkki/schema"
)

// Options of reading and signing; the zero value is the product's.
type Options struct {
	// Limits bound the token and its payload, as they bound a document.
	Limits schema.Limits
	// ConformanceUnsafe adds what third-party test suites ask for and no badge
	// needs: ES512, and presentations of data model 1.1 in the claim vp.
	ConformanceUnsafe bool
}

// A Token is a compact JWS taken apart. Nothing in it may be believed. It
// cannot be changed.
type Token struct {
	Header  Header
	Payload *schema.Document

	text      string
	algorithm *algorithm // nil where Header.Fault says why
}

// maxHeader bounds the header: the longest that is needed holds an RSA key of
// 4,096 bits.
const maxHeader = 16 << 10

// Read takes a compact JWS apart. The error is a [*schema.Fault] of input.size,
// of input.container (container.jws-malformed: not three segments of canonical
// base64url, an empty header or payload, a header that is no JSON object;
// container.none: a presentation of data model 1.1, which is not read) or of
// document.syntax (the payload, under the rules of [schema.Parse]). What is
// wrong with a header that can be read stands in Header.Fault.
func Read(b []byte, o Options) (*Token, error) {
	const maxToken = 1 << 20
	limit := o.Limits.Bytes
	if limit <= 0 {
		limit = maxToken
	}
	if len(b) > limit {
		return nil, schema.Found("size.too-large", "", map[string]any{"limit": "document.bytes", "max": limit, "found": len(b)})
	}
	t, payload, err := open(string(b), o)
	if err != nil {
		return nil, err
	}
	if t.Payload, err = schema.Parse(payload, o.Limits); err != nil {
		return nil, err
	}
	if _, name := t.wrapped(); name == "vp" && !o.ConformanceUnsafe {
		return nil, schema.Found("container.none", "", map[string]any{"kind": "jws"})
	}
	return t, nil
}

// open reads all but the payload, which may be anything here.
func open(text string, o Options) (*Token, []byte, error) {
	header, payload, err := split(text)
	if err != nil {
		return nil, nil, err
	}
	if len(header) > maxHeader {
		return nil, nil, malformed("header-length")
	}
	doc, err := schema.Parse(header, schema.Limits{Bytes: maxHeader, Depth: 8})
	if err != nil {
		return nil, nil, malformed("header")
	}
	t := &Token{text: text}
	t.readHeader(doc, o)
	return t, payload, nil
}

// split undoes the framing of RFC 7515, section 7.1. A JWE has five segments.
func split(text string) (header, payload []byte, err error) {
	first, rest, ok := strings.Cut(text, ".")
	second, third, two := strings.Cut(rest, ".")
	if !ok || !two || strings.Contains(third, ".") {
		return nil, nil, malformed("segments")
	}
	var segments [3][]byte
	for i, s := range []string{first, second, third} {
		if segments[i], ok = decode(s); !ok {
			return nil, nil, malformed("base64url")
		}
	}
	if len(segments[0]) == 0 || len(segments[1]) == 0 {
		return nil, nil, malformed("empty")
	}
	return segments[0], segments[1], nil
}

// decode accepts the one spelling of base64url without padding. The decoder
// skips line breaks, and without Strict takes any trailing bits: each would be
// a second text of one token.
func decode(s string) ([]byte, bool) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return b, err == nil
}

func malformed(reason string) *schema.Fault {
	return schema.Found("container.jws-malformed", "", map[string]any{"reason": reason})
}

// Fits reports whether the token's algorithm is that of a key. One that is not
// is the finding format.algorithm-forbidden.
func (t *Token) Fits(pub crypto.PublicKey) bool { return t.algorithm != nil && t.algorithm.fits(pub) }

// Verify does the arithmetic. It is false for a key that does not fit, and for
// a token whose header has a fault.
func (t *Token) Verify(pub crypto.PublicKey) bool {
	return t.Header.Fault == nil && t.Fits(pub) && t.holds(pub)
}

func (t *Token) holds(pub crypto.PublicKey) bool {
	jws, err := jose.ParseSignedCompact(t.text, []jose.SignatureAlgorithm{t.algorithm.name})
	if err != nil {
		return false
	}
	if _, err = jws.Verify(pub); err != nil {
		return false
	}
	return t.algorithm.also == nil || t.algorithm.also(pub, []byte(t.Signed()), jws.Signatures[0].Signature)
}

// Signed returns what the signature is over: the first two segments and the dot
// between them.
func (t *Token) Signed() string { return t.text[:strings.LastIndexByte(t.text, '.')] }
