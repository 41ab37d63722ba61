package schema

// A ClrSubject is the subject of a Comprehensive Learner Record: whose record it
// is, the credentials it holds, and how they belong together (CLR Standard 2.0,
// ClrSubject). The subject of any other credential reads as an empty one.
type ClrSubject struct {
	ID          string
	Type        []string
	Identifier  []IdentityObject
	Achievement []Achievement // to which associations may refer
	// Credential are the credentials held, verifiableCredential. Each is signed
	// by whoever issued it; that the record holds it says nothing about that.
	Credential  []Credential
	Association []Association
	Source      Value
}

// An Association says how two parts of a record belong together.
type Association struct {
	AssociationType string // for example isChildOf
	SourceID        string // id of an achievement or a credential of the record
	TargetID        string
	Source          Value
}

// IsPartial says whether a ClrCredential calls itself partial: the
// issuer knows of more.
func (c Credential) IsPartial() bool { return c.Source.member("partial").True }

// ClrSubjectOf returns the typed view of the subject of a ClrCredential.
func ClrSubjectOf(credential Value) ClrSubject {
	if !CredentialOf(credential).HasType("ClrCredential") {
		return ClrSubject{}
	}
	v := credential.member("credentialSubject")
	return ClrSubject{
		ID:          v.GetString("id"),
		Type:        v.texts("type"),
		Identifier:  each(v, "identifier", identityOf),
		Achievement: each(v, "achievement", AchievementOf),
		Credential:  each(v, "verifiableCredential", CredentialOf),
		Association: each(v, "association", associationOf),
		Source:      v,
	}
}

func associationOf(v Value) Association {
	return Association{
		AssociationType: v.GetString("associationType"),
		SourceID:        v.GetString("sourceId"),
		TargetID:        v.GetString("targetId"),
		Source:          v,
	}
}
