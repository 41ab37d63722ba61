package publish

import (
	"strings"
	"time"

	"merkki/schema"
)

// Facts is what a page shows of an Open Badges 3.0 AchievementCredential
// (section 4.1 and below): the credential's own words, clipped and made
// harmless. Whether they are true is the report's to say.
type Facts struct {
	ID, Name    string
	Language    string // BCP 47 tag of the signed texts, "" where none is said
	Recipient   string // name of the person, "" where the credential has none
	SubjectID   string
	IssuerName  string
	IssuerID    string
	IssuerURL   Link
	Awarded     time.Time // awardedDate, else validFrom
	ValidFrom   time.Time
	ValidUntil  time.Time // zero: no end
	Achievement Achievement
	Results     []Result
	CreditsHeld string // creditsEarned, a decimal literal
	// Concealed says that the person stands in it in hashed form only.
	Concealed     bool
	Term, Role    string
	Licence       string    // licenseNumber
	Started, Done time.Time // activityStartDate and activityEndDate; zero: not said
	Source        string    // who assessed, where that is not the issuer
	Narrative     SafeHTML
	Evidence      []Evidence
	// Reordered says that a text holds bidirectional controls, which can make it
	// read differently from what it is.
	Reordered bool
}

// An Achievement is what was achieved (section 4.3).
type Achievement struct {
	ID, Version            string
	Name, Description      string
	Language               string
	Types                  []string // achievementType and further types
	Criteria               SafeHTML
	CriteriaLink           Link
	Credits                string // creditsAvailable, a decimal literal
	Field, Specialty, Code string
	CreatorName            string
	Alignments             []Alignment
	Results                []ResultDescription
	Tags                   []string
}

// An Alignment ties an achievement to a framework (section 4.4).
type Alignment struct {
	Name, Description, Framework, Code, Type string
	Target                                   Link
}

// A ResultDescription is a scale on which results are given.
type ResultDescription struct {
	ID, Name, Type, Minimum, Maximum, Required string
	Allowed                                    []string
	Levels                                     []RubricLevel
}

// A RubricLevel is one step of a scale in words (RubricCriterionLevel).
type RubricLevel struct{ ID, Name, Points, Description string }

// A Result is what the learner reached on one scale.
type Result struct {
	Name, Value, Status string
	Minimum, Maximum    string
	Required            string
	Allowed             []string
}

// Evidence is what the award rests on.
type Evidence struct {
	Name, Description, Genre, Audience string
	Narrative                          SafeHTML
	Link                               Link
}

// Credential reads the facts of a credential. It takes any JSON object: what
// has another shape than the schema asks for is left out.
func Credential(v schema.Value) Facts {
	subject, _ := v.Get("credentialSubject")
	achievement, _ := subject.Get("achievement")
	issuer, _ := v.Get("issuer")
	f := Facts{
		ID: text(v, "id"), Name: text(v, "name"), Language: text(v, "inLanguage"),
		SubjectID: text(subject, "id"), Recipient: recipientName(subject),
		IssuerName: text(issuer, "name"), IssuerID: text(issuer, "id"), IssuerURL: link(issuer, "url"),
		ValidFrom: moment(v, "validFrom"), ValidUntil: moment(v, "validUntil"), Awarded: moment(v, "awardedDate"),
		Achievement: ReadAchievement(achievement),
		CreditsHeld: number(subject, "creditsEarned"), Term: text(subject, "term"), Role: text(subject, "role"),
		Licence: text(subject, "licenseNumber"), Started: moment(subject, "activityStartDate"), Done: moment(subject, "activityEndDate"),
		Narrative: prose(subject, "narrative"),
		Reordered: Bidi(string(schema.Marshal(v))),
	}
	if source, ok := subject.Get("source"); ok {
		f.Source = text(source, "name")
	}
	f.Concealed = f.Recipient == "" && len(subject.GetList("identifier")) > 0
	if issuer.Kind == schema.String {
		f.IssuerID = show(issuer.Text)
	}
	if f.Awarded.IsZero() {
		f.Awarded = f.ValidFrom
	}
	if f.Achievement.Name == "" {
		f.Achievement.Name = f.Name
	}
	if f.Language == "" {
		f.Language = f.Achievement.Language
	}
	f.Results = results(subject, f.Achievement.Results)
	for _, e := range v.GetList("evidence") {
		f.Evidence = append(f.Evidence, Evidence{text(e, "name"), text(e, "description"), text(e, "genre"), text(e, "audience"), prose(e, "narrative"), link(e, "id")})
	}
	return f
}

// ReadAchievement reads the facts of an achievement definition.
func ReadAchievement(v schema.Value) Achievement {
	a := Achievement{
		ID: text(v, "id"), Version: text(v, "version"), Name: text(v, "name"), Description: text(v, "description"),
		Language: text(v, "inLanguage"), Credits: number(v, "creditsAvailable"),
		Field: text(v, "fieldOfStudy"), Specialty: text(v, "specialization"), Code: text(v, "humanCode"),
	}
	if t := text(v, "achievementType"); t != "" {
		a.Types = append(a.Types, t)
	}
	if c, ok := v.Get("criteria"); ok {
		a.Criteria, a.CriteriaLink = prose(c, "narrative"), link(c, "id")
	}
	if c, ok := v.Get("creator"); ok {
		a.CreatorName = text(c, "name")
	}
	for _, al := range v.GetList("alignment") {
		a.Alignments = append(a.Alignments, Alignment{text(al, "targetName"), text(al, "targetDescription"),
			text(al, "targetFramework"), text(al, "targetCode"), text(al, "targetType"), link(al, "targetUrl")})
	}
	for _, t := range v.GetList("tag") {
		if t.Kind == schema.String {
			a.Tags = append(a.Tags, show(t.Text))
		}
	}
	for _, r := range v.GetList("resultDescription") {
		a.Results = append(a.Results, readResultDescription(r))
	}
	return a
}

// Rubrics are the scales whose steps are described in words.
func (a Achievement) Rubrics() (all []ResultDescription) {
	for _, d := range a.Results {
		if len(d.Levels) > 0 {
			all = append(all, d)
		}
	}
	return all
}

func readResultDescription(v schema.Value) ResultDescription {
	d := ResultDescription{ID: text(v, "id"), Name: text(v, "name"), Type: text(v, "resultType"),
		Minimum: text(v, "valueMin"), Maximum: text(v, "valueMax"), Required: text(v, "requiredValue")}
	for _, a := range v.GetList("allowedValue") {
		if a.Kind == schema.String {
			d.Allowed = append(d.Allowed, show(a.Text))
		}
	}
	for _, l := range v.GetList("rubricCriterionLevel") {
		d.Levels = append(d.Levels, RubricLevel{text(l, "id"), text(l, "name"), text(l, "points"), text(l, "description")})
	}
	if d.Required == "" {
		d.Required = d.level(text(v, "requiredLevel"))
	}
	return d
}

// results puts each result beside the scale it was given on.
func results(subject schema.Value, scales []ResultDescription) []Result {
	var out []Result
	for _, v := range subject.GetList("result") {
		r := Result{Value: text(v, "value"), Status: text(v, "status")}
		for _, d := range scales {
			if d.ID != "" && d.ID == text(v, "resultDescription") {
				r.Name, r.Minimum, r.Maximum, r.Required, r.Allowed = d.Name, d.Minimum, d.Maximum, d.Required, d.Allowed
				if r.Value == "" {
					r.Value = d.level(text(v, "achievedLevel"))
				}
			}
		}
		out = append(out, r)
	}
	return out
}

// level is the name of a step of the scale, "" where there is none.
func (d ResultDescription) level(id string) string {
	for _, l := range d.Levels {
		if id != "" && l.ID == id {
			return l.Name
		}
	}
	return ""
}

// recipientName finds the name of the person: Open Badges keeps it in the
// subject's identifiers, plain or hashed.
func recipientName(subject schema.Value) string {
	for _, id := range subject.GetList("identifier") {
		hashed, _ := id.Get("hashed")
		if text(id, "identityType") == "name" && !hashed.True {
			return text(id, "identityHash")
		}
	}
	return ""
}

func text(v schema.Value, name string) string { return show(strings.TrimSpace(v.GetString(name))) }

func prose(v schema.Value, name string) SafeHTML {
	if s := v.GetString(name); s != "" {
		return Markdown(s)
	}
	return ""
}

func link(v schema.Value, name string) Link {
	if s := v.GetString(name); s != "" {
		return NewLink(s)
	}
	return Link{}
}

func number(v schema.Value, name string) string {
	if m, ok := v.Get(name); ok && m.Kind == schema.Number && len(m.Text) <= 64 {
		return m.Text
	}
	return ""
}

func moment(v schema.Value, name string) time.Time {
	t, err := time.Parse(time.RFC3339, v.GetString(name))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// Scale writes the range of a result: the ends, or the allowed values in order.
func (r Result) Scale() string { return scale(r.Minimum, r.Maximum, r.Allowed) }

// Scale writes the range of a scale.
func (d ResultDescription) Scale() string { return scale(d.Minimum, d.Maximum, d.Allowed) }

func scale(from, to string, allowed []string) string {
	switch {
	case from != "" && to != "":
		return from + "–" + to
	case len(allowed) > 0:
		return strings.Join(allowed[:min(len(allowed), 20)], " · ")
	}
	return ""
}
