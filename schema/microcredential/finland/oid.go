package finland

import (
	"errors"
	"regexp"
	"strings"
)

// What is wrong with an identifier; compared with errors.Is.
var (
	// ErrForm: it is not written like one.
	ErrForm = errors.New("not written like such an identifier")
	// ErrCheckDigit: it is written like one and its check digit does not match,
	// as after a typing error.
	ErrCheckDigit = errors.New("the check digit does not match")
)

// Root is the arc of the Finnish National Agency for Education.
const Root = "1.2.246.562."

// Nodes below Root that mean something here.
const (
	NodeOrganisation = "10"
	NodeEducation    = "13" // koulutus
	NodeStudyRight   = "15" // opiskeluoikeus
	NodeLearner      = "24" // oppijanumero
	NodeTestPerson   = "98"
)

// An OID is an identifier of a national register of education.
type OID struct {
	Node   string // what kind of thing: one of the Node constants, or another number
	Number string // its own digits, the last of which may be a check digit
}

var oidForm = regexp.MustCompile(`^1\.2\.246\.562\.([0-9]{1,3})\.([0-9]{11,20})$`)

// nodeLength is how many digits the numbers of a node have; others are free
// within the form.
var nodeLength = map[string]int{NodeOrganisation: 11, NodeLearner: 11, NodeTestPerson: 11}

// ParseOID reads an OID. ErrForm if it is none of Root or has another length
// than its node wants, ErrCheckDigit where a learner number is mistyped.
func ParseOID(s string) (OID, error) {
	m := oidForm.FindStringSubmatch(s)
	if m == nil {
		return OID{}, ErrForm
	}
	o := OID{Node: m[1], Number: m[2]}
	if n := nodeLength[o.Node]; n != 0 && len(o.Number) != n {
		return OID{}, ErrForm
	}
	if o.Node == NodeLearner && o.Number[10] != ibm(o.Number[:10]) {
		return OID{}, ErrCheckDigit
	}
	return o, nil
}

// String writes the OID.
func (o OID) String() string { return Root + o.Node + "." + o.Number }

// IsPerson reports whether the OID names a person, real or for tests.
func (o OID) IsPerson() bool { return o.Node == NodeLearner || o.Node == NodeTestPerson }

// IsDoubtful reports whether an organisation's number fails the Luhn check,
// which those of known institutions pass; the root organisation does not, so
// that a mismatch proves nothing.
func (o OID) IsDoubtful() bool {
	return o.Node == NodeOrganisation && o.Number[10] != luhn(o.Number[:10])
}

// ibm is the check digit of learner numbers: weights 7, 3, 1 from the right.
func ibm(digits string) byte {
	return checkDigit(digits, func(place, digit int) int { return digit * [...]int{7, 3, 1}[place%3] })
}

// luhn is the check digit of ISO/IEC 7812-1, annex B: every second digit from
// the right is doubled, and the digits of the doubled one are added.
func luhn(digits string) byte {
	return checkDigit(digits, func(place, digit int) int {
		if place%2 == 1 {
			return digit
		}
		return 2*digit/10 + 2*digit%10
	})
}

// checkDigit completes a sum, over places counted from the right, to a multiple
// of ten.
func checkDigit(digits string, term func(place, digit int) int) byte {
	sum := 0
	for i := range digits {
		sum += term(len(digits)-1-i, int(digits[i]-'0'))
	}
	return byte('0' + (10-sum%10)%10)
}

// A StudentIdentifier is a European Student Identifier 1.0. It is the same at
// every service, so that it lets strangers put two of them side by side.
type StudentIdentifier struct {
	Country      string // two letters, lower case; "" where an organisation gave it
	Organisation string // schacHomeOrganization, lower case; "" where a country gave it
	Code         string
}

var esiForm = regexp.MustCompile(`(?i)^urn:schac:personalUniqueCode:int:esi:(?:([a-z]{2})|((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})):([A-Za-z0-9._~+-]{1,200})$`)

// ParseStudentIdentifier reads a European Student Identifier, in the spelling of
// its drafts as well.
func ParseStudentIdentifier(s string) (StudentIdentifier, error) {
	m := esiForm.FindStringSubmatch(s)
	if m == nil {
		return StudentIdentifier{}, ErrForm
	}
	return StudentIdentifier{Country: strings.ToLower(m[1]), Organisation: strings.ToLower(m[2]), Code: m[3]}, nil
}

// String writes the identifier as version 1.0 does.
func (e StudentIdentifier) String() string {
	return "urn:schac:personalUniqueCode:int:esi:" + e.Country + e.Organisation + ":" + e.Code
}
