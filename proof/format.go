package proof

import (
	"crypto"

	"merkki/proof/dataintegrity"
	"merkki/proof/jose"
)

// A Format is a row of the table of proof formats.
type Format struct {
	// Name is the name of the cryptosuite, for example "eddsa-rdfc-2022", or
	// FormatToken.
	Name string
	// IssueToo says that Secure, or SecureToken, may use it; others are only read.
	IssueToo bool
	// CoversText says that the signature is over the JSON as it stands.
	// Otherwise it is over the statements that the JSON expands to, and
	// what expansion drops is not signed.
	CoversText bool

	suite *dataintegrity.Suite // nil for a token
}

// Fits reports whether a key is of the type the format needs. A proof whose key
// does not fit is the finding format.algorithm-forbidden. For tokens it is whether
// they are made with such a key; which keys verify one that came is for its
// header to say and for Secured.Open to compare.
func (f *Format) Fits(key crypto.PublicKey) bool {
	if f.suite == nil {
		return jose.Signs(key)
	}
	return f.suite.Fits(key)
}

// DefaultFormat is what Secure uses unless it is told otherwise.
const DefaultFormat = "eddsa-rdfc-2022"

// FormatToken is the name of the row for compact JWS: VC-JWT and VC JOSE COSE.
// SecureToken makes them.
const FormatToken = "vc-jwt"

var formats = tabulate()

func tabulate() []*Format {
	var fs []*Format
	for _, s := range dataintegrity.Suites() {
		fs = append(fs, &Format{Name: s.Name, IssueToo: s.IssueToo, CoversText: s.CoversText(), suite: s})
	}
	return append(fs, &Format{Name: FormatToken, IssueToo: true, CoversText: true})
}

// Formats returns the rows of the table. The slice is the caller's.
func Formats() []*Format { return append([]*Format(nil), formats...) }

// formatOf returns the format of that name, nil where there is none.
func formatOf(name string) *Format {
	for _, f := range formats {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// embedded returns the format of a proof in a document: proofs of one type name
// their suite in a member of its own, others in the type itself.
func embedded(typ, cryptosuite string) *Format {
	name := typ
	if typ == dataintegrity.DataIntegrityProof {
		name = cryptosuite
	}
	if f := formatOf(name); f != nil && f.suite != nil && f.suite.Type == typ {
		return f
	}
	return nil
}
