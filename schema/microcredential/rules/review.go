package rules

import (
	"slices"
	"strings"
	"time"

	"merkki/schema"
	mc "merkki/schema/microcredential"
)

// Profile is under which pack and version problems of the profile itself stand
// among findings: those of the mc vocabulary, which every pack builds on.
const Profile = "mc-v1@1.0.0"

// Review is everything about an Achievement or a credential: what the profile
// wants ([mc.CheckAchievement], [mc.CheckAward]) and what the packs want, in the
// order of Annex I. Where a pack says of a place what the profile says, too, the
// pack speaks: it knows the reason.
//
// root is any JSON object. A *schema.Fault (MALFORMED_VALUE_ERROR) means that it
// is neither an Achievement nor a credential of one.
func Review(root schema.Value, packs []*Pack, now time.Time) ([]Finding, error) {
	subject, isCredential := root.Get("credentialSubject")
	achievement := root
	check := mc.CheckAchievement
	if isCredential {
		achievement, _ = subject.Get("achievement")
		check = mc.CheckAward
	}
	if !named(achievement, "Achievement") && !mc.IsAchievement(achievement) {
		return nil, schema.Refusal(schema.CodeMalformedValueError, "", map[string]any{"expected": "Achievement"})
	}
	found := Evaluate(packs, ViewOf(root), now)
	for _, p := range check(root) {
		said := func(f Finding) bool { return f.Severity == Error && f.Path == p.Pointer }
		if !slices.ContainsFunc(found, said) {
			found = append(found, Finding{
				Element: elementOf(p.Term), Rule: "mc-v1/" + p.Kind, Pack: Profile, Severity: Error, Path: p.Pointer, Fault: p.Fault(),
			})
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return slices.Index(Elements, a.Element) - slices.Index(Elements, b.Element)
	})
	return found, nil
}

// Choose returns the packs that somebody named, or those of [PacksFor] where
// nobody named any. A *schema.Fault (RANGE_ERROR) names those there are.
func Choose(names []string, root schema.Value) ([]*Pack, error) {
	if len(names) == 0 {
		return PacksFor(root), nil
	}
	var packs []*Pack
	for _, name := range names {
		p, ok := Named(name)
		if !ok {
			return nil, schema.Refusal(schema.CodeRangeError, "", map[string]any{
				"member": "pack", "found": name, "expected": strings.Join(Names(), ", "),
			})
		}
		packs = append(packs, p)
	}
	return packs, nil
}

// PacksFor returns the packs that apply where nobody names any: eu-2022, and
// fi-draft when a body is Finnish.
func PacksFor(root schema.Value) []*Pack {
	all := []*Pack{embedded()["eu-2022"]}
	v := ViewOf(root)
	for _, path := range []string{"/issuer/address/addressCountryCode", "/awardedBy/awardingBody/*/address/addressCountryCode"} {
		if slices.ContainsFunc(v.at(path), func(p place) bool { return p.value.Text == "FI" }) {
			return append(all, embedded()["fi-draft"])
		}
	}
	return all
}

func named(v schema.Value, class string) bool {
	return slices.ContainsFunc(v.GetList("type"), func(t schema.Value) bool { return t.Text == class })
}

// elements says which element of Annex I a term of the profile belongs to; what
// is not here is further information.
var elements = map[string][]string{
	"learner":       {"identifier"},
	"title":         {"titleByLanguage", "summaryByLanguage"},
	"country":       {"addressCountryCode", "countryCode"},
	"body":          {"awardedBy", "awardingBody", "awardingRole", "awardingShare", "mandate", "jointPolicy", "approvalThreshold", "dataController", "legalNameByLanguage", "McAwardingBody", "McAwardingProcess"},
	"date":          {"awardedDate", "awardingDate"},
	"outcomes":      {"learningOutcome", "outcomeByLanguage", "position", "outcomeType", "escoSkill", "relatedSkill", "reusabilityLevel", "McLearningOutcome"},
	"workload":      {"credit", "creditReceived", "creditsAvailable", "creditsEarned", "framework", "points", "volumeOfLearning", "researchCredit", "McCredit"},
	"level":         {"eqfLevel", "nqfLevel", "eheaCycle"},
	"assessment":    {"assessment", "assessmentType", "assessmentMode", "covers", "assessmentLanguage", "assessmentByLanguage", "McAssessment"},
	"participation": {"mode", "modeTaken", "learningActivityType", "learningOpportunityType", "learningSetting", "instructionLanguage"},
	"quality":       {"qualityAssurance", "qaType", "qaByLanguage", "agency", "report", "decisionDate", "qaValidUntil", "reviewDue", "McQualityAssurance", "McOrganisation"},
	"prerequisites": {"entryRequirement"},
	"supervision":   {"idVerification", "assessmentTaken", "specifiedBy", "assessedOn", "McAssessmentTaken"},
	"grade":         {"gradedBy"},
	"stackability":  {"stackability", "hasPart", "isPartOf", "degreePart", "partCredit", "partByLanguage", "partCredential", "McPart", "McDegreePart", "McCredentialRef"},
}

func elementOf(term string) string {
	for element, terms := range elements {
		if slices.Contains(terms, term) {
			return element
		}
	}
	return "further"
}
