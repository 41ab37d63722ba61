package schema

import (
	"slices"
	"strings"
)

// CheckPresentation judges a VerifiablePresentation by VC Data Model 1.1 or 2.0,
// or an EnvelopedVerifiablePresentation: its own members, and that each thing
// presented is a credential or the envelope of one. What those credentials say
// is for [CheckCredential] or [CheckVerifiableCredential] to judge, one by one;
// [Presented] lists them. A proof, if one is there, is part of what is judged.
// Order and bound of the faults are those of [CheckCredential].
func CheckPresentation(v Value) []*Fault {
	row := presentation
	if slices.Contains(v.texts("type"), "EnvelopedVerifiablePresentation") {
		row = envelopedPresentation
	}
	faults := checkShape(row.classFor(v), v)
	own := v.Without("verifiableCredential")
	faults = append(faults, checkIdentifiers(own, faults)...)
	return inOrder(v, append(faults, checkDuplicates(own)...))
}

// CheckEnvelopedCredential judges an EnvelopedVerifiableCredential (VC Data
// Model 2.0, section 4.12): base context, type, and an id that is a data URL
// with something in it.
func CheckEnvelopedCredential(v Value) []*Fault {
	return inOrder(v, checkShape(envelopedCredential.classFor(v), v))
}

// IsPresentation says whether v calls itself a presentation, enveloped or not.
func IsPresentation(v Value) bool {
	types := v.texts("type")
	return slices.Contains(types, "VerifiablePresentation") || slices.Contains(types, "EnvelopedVerifiablePresentation")
}

// A Presentation is the typed view of a VerifiablePresentation.
type Presentation struct {
	ID     string
	Type   []string
	Holder Profile // of a holder that is only an address, the ID alone
	// Credential are the things presented, as they stand: credentials, envelopes
	// and, over VC Data Model 1.1, strings that are tokens.
	Credential []Value
	Source     Value
}

// PresentationOf returns the typed view of a presentation.
func PresentationOf(v Value) Presentation {
	return Presentation{
		ID:         v.GetString("id"),
		Type:       v.texts("type"),
		Holder:     ProfileOf(v.member("holder")),
		Credential: v.GetList("verifiableCredential"),
		Source:     v,
	}
}

// Enveloped takes the token out of an EnvelopedVerifiableCredential or
// EnvelopedVerifiablePresentation: what follows the first comma of its data URL,
// as it stands. mediaType is in lower case and without parameters. ok is false
// for everything else.
func Enveloped(v Value) (mediaType, token string, ok bool) {
	types := v.texts("type")
	if !slices.Contains(types, "EnvelopedVerifiableCredential") && !slices.Contains(types, "EnvelopedVerifiablePresentation") {
		return "", "", false
	}
	head, token, ok := strings.Cut(v.GetString("id"), ",")
	declared, isData := strings.CutPrefix(head, "data:")
	if !ok || !isData || token == "" {
		return "", "", false
	}
	mediaType, _, _ = strings.Cut(declared, ";")
	return strings.ToLower(mediaType), token, true
}
