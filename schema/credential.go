package schema

import "slices"

// The typed view. Every struct is filled from a [Value] by exact member name,
// never checked: a member of the wrong type reads as absent, and what a
// document may contain is decided by [CheckCredential]. Source is the object
// itself, with the members that the view does not know. Texts are as they
// stand in the document, hostile until they are encoded for where they go;
// numbers are the literals, times the strings (see [ParseTime]).

// A Credential is an AchievementCredential, an EndorsementCredential or any
// other verifiable credential (Open Badges 3.0, Data Model; VC Data Model 2.0).
type Credential struct {
	Model       DataModel
	ID          string
	Type        []string
	Name        string
	Description string
	Image       Image
	Issuer      Profile // of an issuer that is only an address, the ID alone
	ValidFrom   string  // over VC Data Model 1.1, issuanceDate
	ValidUntil  string  // over VC Data Model 1.1, expirationDate
	AwardedDate string
	// Subject is the first subject; Open Badges allow only one.
	Subject        Subject
	Evidence       []Evidence
	Endorsement    []Credential
	EndorsementJWT []string
	Schema         []TypedRef // credentialSchema
	Status         []StatusEntry
	RefreshService []TypedRef
	TermsOfUse     []TypedRef
	Source         Value
}

// A Subject is an AchievementSubject or, of an endorsement, what is endorsed.
type Subject struct {
	ID                 string
	Identifier         []IdentityObject
	Type               []string
	ActivityStartDate  string
	ActivityEndDate    string
	CreditsEarned      string
	Achievement        Achievement
	Image              Image
	LicenseNumber      string
	Narrative          string
	Result             []Result
	Role               string
	AssessedBy         Profile // source: who assessed for the issuer
	Term               string
	EndorsementComment string // of an EndorsementSubject
	Source             Value
}

// An IdentityObject names a person, plainly or by a hash; see [MatchIdentity].
type IdentityObject struct {
	Hashed       bool
	IdentityHash string
	IdentityType string
	Salt         string
}

// A StatusEntry is one element of credentialStatus; the last three members are
// those of a BitstringStatusListEntry.
type StatusEntry struct {
	ID                   string
	Type                 string
	StatusPurpose        string
	StatusListIndex      string
	StatusListCredential string
	Source               Value
}

// A TypedRef is a CredentialSchema, RefreshService or TermsOfUse.
type TypedRef struct {
	ID     string
	Type   string
	Source Value
}

// CredentialOf returns the typed view of a credential.
func CredentialOf(v Value) Credential {
	model := DataModelOf(v)
	from, until := model.Period()
	return Credential{
		Model:          model,
		ID:             v.GetString("id"),
		Type:           v.texts("type"),
		Name:           v.text("name"),
		Description:    v.text("description"),
		Image:          imageOf(v.member("image")),
		Issuer:         ProfileOf(v.member("issuer")),
		ValidFrom:      v.GetString(from),
		ValidUntil:     v.GetString(until),
		AwardedDate:    v.GetString("awardedDate"),
		Subject:        subjectOf(v),
		Evidence:       each(v, "evidence", evidenceOf),
		Endorsement:    each(v, "endorsement", CredentialOf),
		EndorsementJWT: v.texts("endorsementJwt"),
		Schema:         each(v, "credentialSchema", typedRefOf),
		Status:         each(v, "credentialStatus", statusEntryOf),
		RefreshService: each(v, "refreshService", typedRefOf),
		TermsOfUse:     each(v, "termsOfUse", typedRefOf),
		Source:         v,
	}
}

// HasType says whether t is among the types of the credential.
func (c Credential) HasType(t string) bool { return slices.Contains(c.Type, t) }

// IsAchievement says whether the credential is an AchievementCredential under
// either of its names.
func (c Credential) IsAchievement() bool {
	return c.HasType("AchievementCredential") || c.HasType("OpenBadgeCredential")
}

func subjectOf(credential Value) Subject {
	for _, v := range credential.GetList("credentialSubject") {
		return Subject{
			ID:                 v.GetString("id"),
			Identifier:         each(v, "identifier", identityOf),
			Type:               v.texts("type"),
			ActivityStartDate:  v.GetString("activityStartDate"),
			ActivityEndDate:    v.GetString("activityEndDate"),
			CreditsEarned:      v.number("creditsEarned"),
			Achievement:        AchievementOf(v.member("achievement")),
			Image:              imageOf(v.member("image")),
			LicenseNumber:      v.GetString("licenseNumber"),
			Narrative:          v.GetString("narrative"),
			Result:             each(v, "result", ResultOf),
			Role:               v.GetString("role"),
			AssessedBy:         ProfileOf(v.member("source")),
			Term:               v.GetString("term"),
			EndorsementComment: v.GetString("endorsementComment"),
			Source:             v,
		}
	}
	return Subject{}
}

func identityOf(v Value) IdentityObject {
	hashed, _ := v.Get("hashed")
	return IdentityObject{
		Hashed:       hashed.True,
		IdentityHash: v.GetString("identityHash"),
		IdentityType: v.GetString("identityType"),
		Salt:         v.GetString("salt"),
	}
}

func statusEntryOf(v Value) StatusEntry {
	return StatusEntry{
		ID:                   v.GetString("id"),
		Type:                 v.GetString("type"),
		StatusPurpose:        v.GetString("statusPurpose"),
		StatusListIndex:      v.GetString("statusListIndex"),
		StatusListCredential: v.GetString("statusListCredential"),
		Source:               v,
	}
}

func typedRefOf(v Value) TypedRef {
	return TypedRef{ID: v.GetString("id"), Type: v.GetString("type"), Source: v}
}

// member returns a member, or Null when it is absent.
func (v Value) member(name string) Value {
	m, _ := v.Get(name)
	return m
}

// number returns the literal of a number member, or "".
func (v Value) number(name string) string {
	if m := v.member(name); m.Kind == Number {
		return m.Text
	}
	return ""
}

// text returns a string member, also where VC Data Model 2.0 lets it be a value
// object with a language, or several of which the first is taken.
func (v Value) text(name string) string {
	for _, m := range v.GetList(name) {
		if m.Kind == Object {
			m = m.member("@value")
		}
		if m.Kind == String {
			return m.Text
		}
	}
	return ""
}

// texts returns the strings of a member in array or compacted form.
func (v Value) texts(name string) (all []string) {
	for _, m := range v.GetList(name) {
		if m.Kind == String {
			all = append(all, m.Text)
		}
	}
	return all
}

// each makes views of the objects of a member in array or compacted form.
func each[T any](v Value, name string, of func(Value) T) (all []T) {
	for _, m := range v.GetList(name) {
		if m.Kind == Object {
			all = append(all, of(m))
		}
	}
	return all
}
