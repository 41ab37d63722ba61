package schema

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
)

// Foreign says which kind of thing that is not read b is, by its first bytes, or
// by its whole where it is a token; nil when it may be something that is read.
// Of JSON [ForeignDocument] decides, after the parser. The fault is of the check
// input.container and of outcome Unknown.
func Foreign(b []byte) *Fault {
	if bytes.HasPrefix(bytes.TrimLeft(b, jsonSpace), []byte("{")) {
		return nil
	}
	for _, row := range foreignBytes {
		if kind := row(b); kind != "" {
			return foreign(kind)
		}
	}
	return nil
}

var foreignBytes = []func([]byte) string{foreignMagic, foreignMarkup, foreignLink, foreignCBOR, foreignToken}

// peekSize is how much of the beginning is looked at.
const peekSize = 4096

// maxToken is how long a token may be, the limit of a document.
const maxToken = 1 << 20

// magics are first bytes, by file format. RIFF and the boxes of HEIF have a
// length in between.
var magics = []struct {
	kind string
	form *regexp.Regexp
}{
	{"picture", regexp.MustCompile(`^(?s-i:\xff\xd8\xff|GIF8[79]a|RIFF....WEBP|BM....\x00\x00\x00\x00|II\*\x00|MM\x00\*|....ftyp(heic|heix|hevc|mif1|avif))`)},
	{"archive", regexp.MustCompile(`^(?s-i:PK\x03\x04|\x1f\x8b\x08|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1)`)},
}

func foreignMagic(b []byte) string {
	head := string(latin(b[:min(len(b), 32)]))
	for _, m := range magics {
		if m.form.MatchString(head) {
			return m.kind
		}
	}
	return ""
}

// latin makes each byte a character, so that expressions about bytes hold.
func latin(b []byte) []rune {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return runes
}

// foreignMarkup goes by the root element. SVG is left to who reads it.
func foreignMarkup(b []byte) string {
	text := peekText(b)
	if !strings.HasPrefix(text, "<") {
		return ""
	}
	name, tag := rootElement(strings.ToLower(text))
	switch {
	case name == "html":
		return "html"
	case name == "elmo":
		return "elmo"
	case name != "svg" && (strings.Contains(tag, "europass") || strings.Contains(tag, "data.europa.eu/snb")):
		return "edc"
	}
	return ""
}

// peekText returns the beginning of a text, without byte order mark and leading
// white space.
func peekText(b []byte) string {
	text := bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\ufeff")), jsonSpace)
	return string(text[:min(len(text), peekSize)])
}

// rootElement returns the local name of the root element, and what stands in its
// tag as far as it goes. A page may begin with nothing but its document type.
func rootElement(text string) (name, tag string) {
	for {
		text = strings.TrimLeft(text, jsonSpace)
		end := ""
		switch {
		case strings.HasPrefix(text, "<?"):
			end = "?>"
		case strings.HasPrefix(text, "<!--"):
			end = "-->"
		case strings.HasPrefix(text, "<!doctype html"):
			return "html", ""
		case strings.HasPrefix(text, "<!doctype"):
			if end = ">"; strings.Contains(before(text, ">"), "[") {
				end = "]>"
			}
		case strings.HasPrefix(text, "<"):
			tag = before(text[1:], ">")
			name = before(strings.TrimRight(tag, "/"), " \t\r\n")
			return name[strings.LastIndexByte(name, ':')+1:], tag
		default:
			return "", ""
		}
		_, rest, ok := strings.Cut(text, end)
		if !ok {
			return "", ""
		}
		text = rest
	}
}

// before returns s up to the first of the characters.
func before(s, characters string) string {
	if i := strings.IndexAny(s, characters); i >= 0 {
		return s[:i]
	}
	return s
}

var (
	linkForm   = regexp.MustCompile(`^(?i:https?)://[^\s<>"]+$`)
	walletForm = regexp.MustCompile(`^(?i:openid|openid-[a-z-]+|openid4v[a-z]+|haip|mdoc|(eudi|mdoc)-openid[a-z0-9-]+|didcomm)://[^\s<>"]+$`)
)

// maxLink is the longest text that is looked at as a link.
const maxLink = 8192

func foreignLink(b []byte) string {
	if len(b) > maxLink {
		return ""
	}
	switch text := strings.TrimSpace(string(b)); {
	case linkForm.MatchString(text):
		return "link"
	case walletForm.MatchString(text):
		return "wallet-link"
	}
	return ""
}

// foreignCBOR recognises credentials in CBOR, as they are or in base64: a map
// whose first names are those of an mdoc (ISO/IEC 18013-5, 8.3.2.1.2.2), or a
// COSE_Sign1 (RFC 9052: tag 18, an array of four).
func foreignCBOR(b []byte) string {
	head := b[:min(len(b), 96)]
	if decoded, ok := decodeAny(strings.TrimSpace(string(head))); ok {
		head = decoded
	}
	if bytes.HasPrefix(head, []byte{0xd2, 0x84}) {
		return "cose"
	}
	if len(head) == 0 || head[0]>>5 != 5 { // major type 5, a map
		return ""
	}
	for _, name := range []string{"nameSpaces", "issuerAuth", "docType", "documents"} {
		if bytes.Contains(head, append([]byte{byte(0x60 + len(name))}, name...)) { // a text string of this length
			return "mdoc"
		}
	}
	return ""
}

// decodeAny decodes base64 in either alphabet, whole groups of it.
func decodeAny(s string) ([]byte, bool) {
	s = strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(s)
	decoded, err := base64.RawURLEncoding.DecodeString(s[:len(s)/4*4])
	return decoded, err == nil && len(decoded) > 0
}

// foreignToken recognises an SD-JWT (RFC 9901): a compact JWS, a tilde, and
// disclosures. The credential kind of it is SD-JWT VC, which says its type in
// the claim vct.
func foreignToken(b []byte) string {
	token, _, disclosed := bytes.Cut(bytes.TrimLeft(b, jsonSpace), []byte("~"))
	if !disclosed || len(token) > maxToken || bytes.Count(token, []byte(".")) != 2 {
		return ""
	}
	parts := strings.Split(string(token), ".")
	header, okHeader := peekObject(parts[0])
	payload, okPayload := peekObject(parts[1])
	switch {
	case !okHeader || !okPayload:
		return ""
	case has(payload, "vct") || header.GetString("typ") == "dc+sd-jwt":
		return "sd-jwt-vc"
	}
	return "sd-jwt"
}

func peekObject(segment string) (Value, bool) {
	decoded, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		return Value{}, false
	}
	doc, err := Parse(decoded, Limits{})
	if err != nil {
		return Value{}, false
	}
	return doc.root, true
}

// peekPayload returns the payload of a JWS in JSON serialisation, which is text
// as it is (RFC 7797) or base64url.
func peekPayload(payload string) string {
	if decoded, err := base64.RawURLEncoding.DecodeString(payload); err == nil {
		return string(decoded)
	}
	return payload
}
