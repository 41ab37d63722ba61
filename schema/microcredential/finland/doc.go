// Package finland reads the identifiers that Finnish higher education uses:
// OIDs of the national registers, business ids, institution numbers and the
// European Student Identifier. It finds those of persons wherever they stand,
// because a credential that people show around must have none of them.
//
//	oid, err := finland.ParseOID("1.2.246.562.24.74973773005")
//	oid.IsPerson() // true: refuse it in what becomes public
//	for _, f := range finland.FindPersonal(text) { … }
//
// Arithmetic that only the publisher's examples confirm is named where it is
// used; where sources disagree (check digits of organisations) a mismatch is a
// doubt and no error. Nothing here asks a register whether a number was ever
// given out.
package finland
