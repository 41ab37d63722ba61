package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/mr-tron/base58"

	"merkki/schema"
)

// checkDigests compares the digests of related resources with those that this
// program has: the pinned contexts (VC Data Model 2.0, section 5.3). Nothing is
// retrieved, so others stay unknown.
func (s *server) checkDigests(credential schema.Value) *schema.Fault {
	member, _ := credential.Get("relatedResource")
	for i, r := range member.List() {
		content, pinned := s.contexts.Context(r.GetString("id"))
		if !pinned {
			continue
		}
		at := "/relatedResource"
		if member.Kind == schema.Array {
			at = schema.PointerTo(at, strconv.Itoa(i))
		}
		for name, matches := range map[string]func(string, []byte) bool{"digestSRI": matchesSRI, "digestMultibase": matchesMultibase} {
			if said, there := r.Get(name); there && !matches(said.Text, content) {
				return schema.Refusal(schema.CodeCryptographicSecurityError, schema.PointerTo(at, name), map[string]any{"found": said.Text})
			}
		}
	}
	return nil
}

// matchesSRI compares with a digest of the form algorithm-base64 (Subresource
// Integrity, section 3.1).
func matchesSRI(text string, content []byte) bool {
	algorithm, digest, _ := strings.Cut(text, "-")
	found, err := base64.StdEncoding.DecodeString(digest)
	if err != nil {
		return false
	}
	switch algorithm {
	case "sha256":
		sum := sha256.Sum256(content)
		return bytes.Equal(sum[:], found)
	case "sha384":
		sum := sha512.Sum384(content)
		return bytes.Equal(sum[:], found)
	case "sha512":
		sum := sha512.Sum512(content)
		return bytes.Equal(sum[:], found)
	}
	return false
}

// matchesMultibase compares with a SHA-256 multihash, and, because a suite has
// one, with a bare SHA-256.
func matchesMultibase(text string, content []byte) bool {
	const longest = 128 // decoding base58 is quadratic
	if text == "" || len(text) > longest {
		return false
	}
	var found []byte
	var err error
	switch text[0] {
	case 'u':
		found, err = base64.RawURLEncoding.DecodeString(text[1:])
	case 'z':
		found, err = base58.Decode(text[1:])
	default:
		return false
	}
	sum := sha256.Sum256(content)
	return err == nil && bytes.Equal(bytes.TrimPrefix(found, []byte{0x12, 0x20}), sum[:])
}
