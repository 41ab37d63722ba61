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

// The forms, in the order in which they are tried; each adds to the one before.
const (
	MatchNone       IdentityMatch = ""            // in none
	MatchExact      IdentityMatch = "exact"       // as given
	MatchTrimmed    IdentityMatch = "trimmed"     // without white space around it
	MatchNormalised IdentityMatch = "normalised"  // and in Unicode NFC
	MatchDomain     IdentityMatch = "domain-case" // and with the part after the last @ in lower case
	MatchLowerCase  IdentityMatch = "lower-case"  // and all in lower case
)

// MatchIdentity says whether an IdentityObject names identifier, and in which
// form: by its hash if it is hashed, by its plain text, brought into the same
// form, otherwise. The caller compares identityType first. Comparisons are of
// hashes of equal length and take the same time wherever they differ; every form
// is tried, whether an earlier one matched or not. weak says that the hash is
// MD5, or has no salt or one too short to hold 128 bits, so that the match is
// worth less; an algorithm that is not known never matches.
func MatchIdentity(entry IdentityObject, identifier string) (match IdentityMatch, weak bool) {
	algorithm, digest, _ := strings.Cut(entry.IdentityHash, "$")
	algorithm, digest = strings.ToLower(algorithm), strings.ToLower(digest)
	weak = entry.Hashed && (algorithm != "sha256" || len(entry.Salt) < shortestSalt)
	stated := identityForms(entry.IdentityHash)
	for i, form := range identityForms(identifier) {
		var got, want string
		switch {
		case !entry.Hashed && form.text != "":
			got, want = IdentityHash(form.text, ""), IdentityHash(stated[i].text, "")
		case entry.Hashed && algorithm == "sha256":
			got, want = IdentityHash(form.text, entry.Salt), "sha256$"+digest
		case entry.Hashed && algorithm == "md5":
			sum := md5.Sum([]byte(form.text + entry.Salt)) //nolint:gosec // see above
			got, want = hex.EncodeToString(sum[:]), digest
		default:
			continue
		}
		if subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1 && match == MatchNone {
			match = form.match
		}
	}
	return match, weak
}

// shortestSalt is the fewest bytes that 128 random bits can stand in.
const shortestSalt = 16

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
