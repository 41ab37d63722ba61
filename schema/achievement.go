package schema

// An Achievement is the definition of what was achieved (Open Badges 3.0,
// Achievement).
type Achievement struct {
	ID                string
	Type              []string
	Alignment         []Alignment
	AchievementType   string
	Creator           Profile
	CreditsAvailable  string
	Criteria          Criteria
	Description       string
	Endorsement       []Credential
	EndorsementJWT    []string
	FieldOfStudy      string
	HumanCode         string
	Image             Image
	InLanguage        string
	Name              string
	OtherIdentifier   []IdentifierEntry
	Related           []Related
	ResultDescription []ResultDescription
	Specialization    string
	Tag               []string
	Version           string
	Source            Value
}

// Criteria say how an achievement is earned.
type Criteria struct {
	ID        string
	Narrative string // Markdown
	Source    Value
}

// An Alignment points into a framework of skills, qualifications or standards.
type Alignment struct {
	Type              []string
	TargetCode        string
	TargetDescription string
	TargetName        string
	TargetFramework   string
	TargetType        string
	TargetURL         string
	Source            Value
}

// A Related is another language edition or version of the same achievement.
type Related struct {
	ID         string
	Type       []string
	InLanguage string
	Version    string
	Source     Value
}

// A ResultDescription says which results an achievement can have.
type ResultDescription struct {
	ID                   string
	Type                 []string
	Alignment            []Alignment
	AllowedValue         []string // low to high
	Name                 string
	RequiredLevel        string
	RequiredValue        string
	ResultType           string
	RubricCriterionLevel []RubricCriterionLevel
	ValueMin             string
	ValueMax             string
	Source               Value
}

// A RubricCriterionLevel is one step of a rubric. The signature does not cover
// the order of levels: sort by Level or Points, never by place.
type RubricCriterionLevel struct {
	ID          string
	Type        []string
	Alignment   []Alignment
	Description string
	Level       string
	Name        string
	Points      string
	Source      Value
}

// A Result is what a person reached; its references are judged by
// [CheckConsistency].
type Result struct {
	Type              []string
	AchievedLevel     string
	Alignment         []Alignment
	ResultDescription string
	Status            string
	Value             string
	Source            Value
}

// AchievementOf returns the typed view of an achievement.
func AchievementOf(v Value) Achievement {
	return Achievement{
		ID:                v.GetString("id"),
		Type:              v.texts("type"),
		Alignment:         each(v, "alignment", alignmentOf),
		AchievementType:   v.GetString("achievementType"),
		Creator:           ProfileOf(v.member("creator")),
		CreditsAvailable:  v.number("creditsAvailable"),
		Criteria:          criteriaOf(v.member("criteria")),
		Description:       v.GetString("description"),
		Endorsement:       each(v, "endorsement", CredentialOf),
		EndorsementJWT:    v.texts("endorsementJwt"),
		FieldOfStudy:      v.GetString("fieldOfStudy"),
		HumanCode:         v.GetString("humanCode"),
		Image:             imageOf(v.member("image")),
		InLanguage:        v.GetString("inLanguage"),
		Name:              v.GetString("name"),
		OtherIdentifier:   each(v, "otherIdentifier", identifierEntryOf),
		Related:           each(v, "related", relatedOf),
		ResultDescription: each(v, "resultDescription", resultDescriptionOf),
		Specialization:    v.GetString("specialization"),
		Tag:               v.texts("tag"),
		Version:           v.GetString("version"),
		Source:            v,
	}
}

// ResultOf returns the typed view of a result.
func ResultOf(v Value) Result {
	return Result{
		Type:              v.texts("type"),
		AchievedLevel:     v.GetString("achievedLevel"),
		Alignment:         each(v, "alignment", alignmentOf),
		ResultDescription: v.GetString("resultDescription"),
		Status:            v.GetString("status"),
		Value:             v.GetString("value"),
		Source:            v,
	}
}

func criteriaOf(v Value) Criteria {
	return Criteria{ID: v.GetString("id"), Narrative: v.GetString("narrative"), Source: v}
}

func alignmentOf(v Value) Alignment {
	return Alignment{
		Type:              v.texts("type"),
		TargetCode:        v.GetString("targetCode"),
		TargetDescription: v.GetString("targetDescription"),
		TargetName:        v.GetString("targetName"),
		TargetFramework:   v.GetString("targetFramework"),
		TargetType:        v.GetString("targetType"),
		TargetURL:         v.GetString("targetUrl"),
		Source:            v,
	}
}

func relatedOf(v Value) Related {
	return Related{
		ID:         v.GetString("id"),
		Type:       v.texts("type"),
		InLanguage: v.GetString("inLanguage"),
		Version:    v.GetString("version"),
		Source:     v,
	}
}

func resultDescriptionOf(v Value) ResultDescription {
	return ResultDescription{
		ID:                   v.GetString("id"),
		Type:                 v.texts("type"),
		Alignment:            each(v, "alignment", alignmentOf),
		AllowedValue:         v.texts("allowedValue"),
		Name:                 v.GetString("name"),
		RequiredLevel:        v.GetString("requiredLevel"),
		RequiredValue:        v.GetString("requiredValue"),
		ResultType:           v.GetString("resultType"),
		RubricCriterionLevel: each(v, "rubricCriterionLevel", levelOf),
		ValueMin:             v.GetString("valueMin"),
		ValueMax:             v.GetString("valueMax"),
		Source:               v,
	}
}

func levelOf(v Value) RubricCriterionLevel {
	return RubricCriterionLevel{
		ID:          v.GetString("id"),
		Type:        v.texts("type"),
		Alignment:   each(v, "alignment", alignmentOf),
		Description: v.GetString("description"),
		Level:       v.GetString("level"),
		Name:        v.GetString("name"),
		Points:      v.GetString("points"),
		Source:      v,
	}
}
