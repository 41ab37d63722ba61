package schema

import (
	"crypto/md5" //nolint:gosec // read in badges of others, never written
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// IdentityHash returns the value of IdentityObject.identityHash for an
// identifier and a salt, which may be empty: "sha256$" and the hash of both
// joined, in lower case hexadecimal (Open Badges 3.0, IdentityHash).
func IdentityHash(identifier, salt string) string {
	sum := sha256.Sum256([]byte(identifier + salt))
	return "sha256$" + hex.EncodeToString(sum[:])
}

// An IdentityMatch says in which form a known identifier matched, for the
// specification is silent about case and spaces of e-mail addresses.
type IdentityMatch string

// The forms, in the order in which they are tried.
const (
	MatchNone       IdentityMatch = ""            // in none
	MatchExact      IdentityMatch = "exact"       // as given
	MatchTrimmed    IdentityMatch = "trimmed"     // without white space around it
	MatchNormalised IdentityMatch = "normalised"  // and in Unicode NFC
	MatchDomain     IdentityMatch = "domain-case" // and with the part after the last @ in lower case
	MatchLowerCase  IdentityMatch = "lower-case"  // and all in lower case
)

// MatchIdentity says whether an IdentityObject names identifier: by its hash if
// it is hashed, by its plain text otherwise. The caller compares identityType
// first. Comparisons take the same time wherever they differ. weak says that
// the hash is MD5, or has no salt, so that the match is worth less; an
// algorithm that is not known never matches.
func MatchIdentity(entry IdentityObject, identifier string) (match IdentityMatch, weak bool) {
	algorithm, digest, _ := strings.Cut(entry.IdentityHash, "$")
	weak = entry.Hashed && (strings.EqualFold(algorithm, "md5") || entry.Salt == "")
	for _, form := range identityForms(identifier) {
		var got, want string
		switch {
		case !entry.Hashed:
			got, want = form.text, entry.IdentityHash
		case strings.EqualFold(algorithm, "sha256"):
			sum := sha256.Sum256([]byte(form.text + entry.Salt))
			got, want = hex.EncodeToString(sum[:]), strings.ToLower(digest)
		case strings.EqualFold(algorithm, "md5"):
			sum := md5.Sum([]byte(form.text + entry.Salt)) //nolint:gosec // see above
			got, want = hex.EncodeToString(sum[:]), strings.ToLower(digest)
		default:
			return MatchNone, weak
		}
		if match == MatchNone && subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1 {
			match = form.match
		}
	}
	return match, weak
}

type identityForm struct {
	match IdentityMatch
	text  string
}

func identityForms(s string) []identityForm {
	trimmed := strings.TrimSpace(s)
	normal := norm.NFC.String(trimmed)
	domain := normal
	if at := strings.LastIndexByte(normal, '@'); at >= 0 {
		domain = normal[:at] + strings.ToLower(normal[at:])
	}
	return []identityForm{
		{MatchExact, s}, {MatchTrimmed, trimmed}, {MatchNormalised, normal},
		{MatchDomain, domain}, {MatchLowerCase, strings.ToLower(normal)},
	}
}
