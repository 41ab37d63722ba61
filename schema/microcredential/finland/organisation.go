package finland

import (
	"regexp"
	"strings"
)

var businessForm = regexp.MustCompile(`^[0-9]{7}-[0-9]$`)

// CheckBusinessID checks a business id (Y-tunnus), as in "2228357-4".
func CheckBusinessID(s string) error {
	if !businessForm.MatchString(s) {
		return ErrForm
	}
	sum := 0
	for i, weight := range [...]int{7, 9, 10, 5, 8, 4, 2} {
		sum += weight * int(s[i]-'0')
	}
	switch rest := sum % 11; {
	case rest == 1: // no such number was ever given out
		return ErrCheckDigit
	case rest == 0 && s[8] != '0', rest > 1 && int(s[8]-'0') != 11-rest:
		return ErrCheckDigit
	}
	return nil
}

var institutionForm = regexp.MustCompile(`^[0-9]{5}$`)

// CheckInstitutionNumber checks the form of an institution number
// (oppilaitosnumero): five digits. Which numbers there are is a code list.
func CheckInstitutionNumber(s string) error {
	if !institutionForm.MatchString(s) {
		return ErrForm
	}
	return nil
}

var domainForm = regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)

// CheckHomeOrganisation checks a schacHomeOrganization: a domain name.
func CheckHomeOrganisation(s string) error {
	if len(s) > 253 || !domainForm.MatchString(s) {
		return ErrForm
	}
	return nil
}

var eidasForm = regexp.MustCompile(`^(VAT|NTR|PSD|LEI)[A-Z]{2}-[A-Za-z0-9-]{1,40}$`)

// CheckLegalIdentifier checks an identifier of an organisation in the semantic
// form of ETSI EN 319 412-1, as in "VATFI-22283574" and "NTRFI-2228357-4"; what
// it holds of Finland has the check digit of a business id.
func CheckLegalIdentifier(s string) error {
	if !eidasForm.MatchString(s) {
		return ErrForm
	}
	kind, number, _ := strings.Cut(s, "-")
	switch {
	case kind == "NTRFI":
		return CheckBusinessID(number)
	case kind == "VATFI" && len(number) == 8:
		return CheckBusinessID(number[:7] + "-" + number[7:])
	case kind == "VATFI":
		return ErrForm
	}
	return nil
}

// Organisation identifiers by the identifierType under which an issuer has
// them. What is not here is not checked.
var checks = map[string]func(string) error{
	"ext:OID":                   checkOrganisationOID,
	"ext:oppilaitosnumero":      CheckInstitutionNumber,
	"ext:Y-tunnus":              CheckBusinessID,
	"ext:schacHomeOrganization": CheckHomeOrganisation,
	"ext:eIDAS":                 CheckLegalIdentifier,
}

// CheckIdentifier checks an identifier of an organisation by its
// identifierType; known is false where nothing is known about the type.
func CheckIdentifier(identifierType, value string) (known bool, err error) {
	check, known := checks[identifierType]
	if !known {
		return false, nil
	}
	return true, check(value)
}

func checkOrganisationOID(s string) error {
	o, err := ParseOID(s)
	if err == nil && o.Node != NodeOrganisation {
		return ErrForm
	}
	return err
}
