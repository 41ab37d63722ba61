package finland

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Kinds of identifiers of persons.
const (
	IdentityCode    = "personal-identity-code" // henkilötunnus
	LearnerNumber   = "learner-number"         // oppijanumero, and numbers of test persons
	StudentIDNumber = "european-student-identifier"
)

// A Finding is an identifier of a person in a text. It does not hold the
// identifier itself, so that a message about it cannot repeat it.
type Finding struct {
	Kind string
	// Certain is false where it is only written like one: the control character
	// does not match.
	Certain bool
}

// The separators are those before and since 2023; the number may be one of the
// temporary ones, which are nobody else's business either.
var (
	codeForm    = regexp.MustCompile(`(?i)(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2}[+\-A-FU-Y][0-9]{3}[0-9A-Z]`)
	learnerForm = regexp.MustCompile(`1\.2\.246\.562\.(?:24|98)\.[0-9]{11}`)
	studentForm = regexp.MustCompile(`(?i)urn:schac:personalUniqueCode:int:esi:[^\s:]+:[^\s]+`)
)

const controls = "0123456789ABCDEFHJKLMNPRSTUVWXY"

// FindPersonal returns the identifiers of persons in a text, in the order of
// kinds and places. Letters and digits of other widths, hyphens of other forms
// and characters that nobody sees do not hide one.
func FindPersonal(text string) []Finding {
	if strings.IndexFunc(text, mayIdentify) < 0 {
		return nil
	}
	plain := fold(text)
	var found []Finding
	for _, at := range codeForm.FindAllStringIndex(plain, -1) {
		if stands(plain, at) {
			found = append(found, Finding{IdentityCode, controlled(plain[at[0]:at[1]])})
		}
	}
	for _, at := range learnerForm.FindAllStringIndex(plain, -1) {
		if stands(plain, at) {
			o, err := ParseOID(plain[at[0]:at[1]])
			found = append(found, Finding{LearnerNumber, err == nil && o.IsPerson()})
		}
	}
	for _, s := range studentForm.FindAllString(plain, -1) {
		_, err := ParseStudentIdentifier(strings.TrimRight(s, ".,;)»\"'"))
		found = append(found, Finding{StudentIDNumber, err == nil})
	}
	return found
}

// mayIdentify reports whether a character may stand in an identifier and not in
// an ordinary name: every kind has a digit or a colon, and no Latin letter looks
// like one. Most texts end here.
func mayIdentify(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= '0' && r <= ':'
	}
	return r > unicode.MaxLatin1 && !(r < 0x250 && unicode.IsLetter(r)) || r <= unicode.MaxLatin1 && !unicode.IsLetter(r)
}

// fold writes a text in the plain characters that it looks like.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '\u2010' && r <= '\u2015', r == '\u2212', r == '\u00ad', r == '\ufe58':
			return '-'
		case r >= '\u200b' && r <= '\u200f', r == '\u2060', r == '\ufeff':
			return -1
		}
		return r
	}, norm.NFKC.String(text))
}

// stands reports whether what stands at a place is no part of a longer word or
// number.
func stands(s string, at []int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:at[0]])
	after, _ := utf8.DecodeRuneInString(s[at[1]:])
	return !isWord(before) && !isWord(after)
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// controlled reports whether the control character of a personal identity code
// matches.
func controlled(code string) bool {
	n, err := strconv.Atoi(code[:6] + code[7:10])
	return err == nil && strings.ToUpper(code)[10] == controls[n%31]
}
