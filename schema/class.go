package schema

import "slices"

// A class is a place in the embedded JSON Schemas: file and JSON pointer.
type class string

const (
	classAchievementCredential   class = "open-badges-3.0.json#/$defs/AchievementCredential"
	classAchievementCredential11 class = "open-badges-3.0-vc-1.1.json#/$defs/AchievementCredential"
	classEndorsementCredential   class = "open-badges-3.0.json#/$defs/EndorsementCredential"
	classEndorsementCredential11 class = "open-badges-3.0-vc-1.1.json#/$defs/EndorsementCredential"
	classClrCredential           class = "clr-2.0.json#/$defs/ClrCredential"
	classClrCredential11         class = "open-badges-3.0-vc-1.1.json#/$defs/ClrCredential"
	classVerifiableCredential    class = "verifiable-credential-2.0.json#/$defs/VerifiableCredential"
	classVerifiableCredential11  class = "verifiable-credential-1.1.json#/$defs/VerifiableCredential"
	classPresentation            class = "verifiable-credential-2.0.json#/$defs/VerifiablePresentation"
	classPresentation11          class = "verifiable-credential-1.1.json#/$defs/VerifiablePresentation"
	classEnvelopedCredential     class = "verifiable-credential-2.0.json#/$defs/EnvelopedVerifiableCredential"
	classEnvelopedPresentation   class = "verifiable-credential-2.0.json#/$defs/EnvelopedVerifiablePresentation"
	classAchievement             class = "open-badges-3.0.json#/$defs/Achievement"
	classProfile                 class = "open-badges-3.0.json#/$defs/Profile"
	classCredentialsResponse     class = "open-badges-3.0-api.json#/$defs/GetOpenBadgeCredentialsResponse"
	classStatusInfo              class = "open-badges-3.0-api.json#/$defs/Imsx_StatusInfo"
)

// classes are those that the JSON Schemas are compiled for.
var classes = []class{
	classAchievementCredential, classAchievementCredential11, classEndorsementCredential, classEndorsementCredential11,
	classClrCredential, classClrCredential11, classVerifiableCredential, classVerifiableCredential11,
	classPresentation, classPresentation11, classEnvelopedCredential, classEnvelopedPresentation,
	classAchievement, classProfile, classCredentialsResponse, classStatusInfo,
}

// A kindRow says by which class documents of a type are judged, over either
// data model.
type kindRow struct {
	types  []string // any of these
	over20 class
	over11 class
	holds  bool // credentials, in credentialSubject.verifiableCredential
}

// credentialKinds are the kinds that [CheckCredential] knows by their types; the
// first type of a document that is in a row decides. Every other credential is
// judged plainly by its data model.
var credentialKinds = []kindRow{
	{types: []string{"AchievementCredential", "OpenBadgeCredential"}, over20: classAchievementCredential, over11: classAchievementCredential11},
	{types: []string{"EndorsementCredential"}, over20: classEndorsementCredential, over11: classEndorsementCredential11},
	{types: []string{"ClrCredential"}, over20: classClrCredential, over11: classClrCredential11, holds: true},
}

var (
	plainCredential = kindRow{over20: classVerifiableCredential, over11: classVerifiableCredential11}
	presentation    = kindRow{over20: classPresentation, over11: classPresentation11}
	// Envelopes exist over 2.0 only.
	envelopedCredential   = kindRow{over20: classEnvelopedCredential, over11: classEnvelopedCredential}
	envelopedPresentation = kindRow{over20: classEnvelopedPresentation, over11: classEnvelopedPresentation}
)

func kindOf(claims Value) kindRow {
	for _, t := range claims.texts("type") {
		for _, row := range credentialKinds {
			if slices.Contains(row.types, t) {
				return row
			}
		}
	}
	return plainCredential
}

// classFor picks the class for a document. One without base context is judged
// as if it had that of 2.0, and told that it has not.
func (k kindRow) classFor(v Value) class {
	if DataModelOf(v) == VC11 {
		return k.over11
	}
	return k.over20
}
