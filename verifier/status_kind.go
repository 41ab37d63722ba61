package verifier

import (
	"strings"

	"merkki/schema"
	"merkki/schema/statuslist"
)

// The purposes of status entries that are read (Bitstring Status List 1.0,
// section 2.1).
const (
	purposeRevocation = "revocation"
	purposeSuspension = "suspension"
	purposeRefresh    = "refresh"
)

// A statusKind is a row of the table of status entries whose list is a
// credential of its own.
type statusKind struct {
	entry, list, subject string // types
	purposes             []string
	decode               func(encodedList string) (*statuslist.List, error)
}

var statusKinds = []*statusKind{
	{"BitstringStatusListEntry", "BitstringStatusListCredential", "BitstringStatusList",
		[]string{purposeRevocation, purposeSuspension, purposeRefresh}, statuslist.Decode},
	// Status List 2021, from which it came: the same bits, without the letter in
	// front that names their encoding, and in the field with or without padding.
	{"StatusList2021Entry", "StatusList2021Credential", "StatusList2021",
		[]string{purposeRevocation, purposeSuspension}, decode2021},
}

var toURLAlphabet = strings.NewReplacer("+", "-", "/", "_")

func decode2021(encodedList string) (*statuslist.List, error) {
	return statuslist.Decode("u" + toURLAlphabet.Replace(strings.TrimRight(encodedList, "=")))
}

// revocationListType is the entry whose list is no credential and has no
// signature (1EdTech, before Open Badges named Bitstring Status List).
const revocationListType = "1EdTechRevocationList"

func statusKindOf(typ string) *statusKind {
	for _, k := range statusKinds {
		if k.entry == typ {
			return k
		}
	}
	return nil
}

// isA says whether an authentic list is of the kind.
func (k *statusKind) isA(claims schema.Value) bool {
	return hasType(claims, k.list) && hasType(subjectOf(claims), k.subject)
}
