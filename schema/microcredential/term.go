package microcredential

// Namespace is the beginning of the vocabulary's own terms and individuals.
const Namespace = "https://w3id.org/merkki/mc#"

// ContextURL is the address of the JSON-LD context, one for all installations.
const ContextURL = "https://w3id.org/merkki/mc/v1"

// SchemaURL is the address of the JSON Schema that credentials name beside that
// of Open Badges.
const SchemaURL = "https://w3id.org/merkki/mc/v1/schema.json"

// Types that are added beside those of Open Badges.
const (
	TypeAchievement = "McAchievement" // beside Achievement: the micro-credential as specified
	TypeSubject     = "McSubject"     // beside AchievementSubject: facts of this award
)

// A form is what a value looks like.
type form int

const (
	langMap  form = iota // an object: language tag → text
	text                 // a string with something in it
	decimal              // a string, see [Decimal]
	share                // a decimal of at most 1
	position             // a positive integer in a string
	hours                // a duration of hours, see [ParseHours]
	date                 // yyyy-mm-dd
	instant              // RFC 3339
	version              // semantic
	digest               // multibase of a multihash
	iri                  // an absolute address
	coded                // an address on the list
	owned                // an individual of the vocabulary, one of a few
	node                 // an object of a class
)

// A term is a member of a class.
type term struct {
	name     string
	form     form
	many     bool // an array with at least one element; else one value
	required bool
	max      int      // of an array; 0: no bound of its own
	list     string   // of coded
	of       []string // of owned, without the namespace
	class    string   // of node
}

// A class is a kind of node, and what it has. Beside is the type of Open Badges
// that stands next to it.
type class struct {
	beside string
	id     bool // has an id
	terms  []term
}

func one(name string, f form) term       { return term{name: name, form: f} }
func list(name, of string) term          { return term{name: name, form: coded, list: of} }
func nodes(name, class string) term      { return term{name: name, form: node, many: true, class: class} }
func single(name, class string) term     { return term{name: name, form: node, class: class} }
func own(name string, of ...string) term { return term{name: name, form: owned, of: of} }
func (t term) must() term                { t.required = true; return t }
func (t term) each() term                { t.many = true; return t }
func (t term) upTo(n int) term           { t.max = n; return t }

// classes is the profile (docs/microcredentials.md lists the terms with what
// they mean). Whatever else stands on a node is not its matter.
var classes = map[string]class{
	TypeAchievement: {beside: "Achievement", id: true, terms: []term{
		one("titleByLanguage", langMap).must(),
		one("summaryByLanguage", langMap),
		nodes("learningOutcome", "McLearningOutcome").must(),
		nodes("credit", "McCredit"),
		one("volumeOfLearning", hours),
		list("eqfLevel", "eqf"),
		list("nqfLevel", "nqf-all").each(),
		own("eheaCycle", "short-cycle", "first-cycle", "second-cycle", "third-cycle"),
		nodes("assessment", "McAssessment").must(),
		list("mode", "modes").each().must(),
		list("learningActivityType", "learning-activity-types").each(),
		list("learningOpportunityType", "learning-opportunity-types"),
		list("learningSetting", "learning-settings"),
		list("isced", "isced-f-2013").each(),
		list("instructionLanguage", "languages").each(),
		nodes("qualityAssurance", "McQualityAssurance").must(),
		one("entryRequirement", langMap),
		own("stackability", "standalone", "stackable"),
		nodes("hasPart", "McPart"),
		nodes("isPartOf", "McPart"),
		nodes("degreePart", "McDegreePart"),
		nodes("researchOrigin", "McResearchOutput"),
		single("researchCredit", "McCredit"),
		one("targetGroup", langMap),
		one("guidance", langMap),
		one("guidanceUrl", iri),
		nodes("conformance", "McConformance"),
		one("reviewDue", date),
		one("additionalNote", langMap),
	}},
	TypeSubject: {beside: "AchievementSubject", terms: []term{
		single("awardedBy", "McAwardingProcess").must(),
		nodes("creditReceived", "McCredit"),
		nodes("assessmentTaken", "McAssessmentTaken"),
		list("modeTaken", "modes").each(),
		one("priorLearningRecognised", date),
		nodes("partCredential", "McCredentialRef").upTo(50),
		nodes("supersedes", "McCredentialRef"),
		single("renews", "McCredentialRef"),
	}},
	"McAwardingProcess": {terms: []term{
		nodes("awardingBody", "McAwardingBody").must().upTo(20),
		one("awardingDate", instant),
		own("jointPolicy", "all", "threshold", "lead"),
		one("approvalThreshold", position),
		one("dataController", iri).must(),
	}},
	"McAwardingBody": {beside: "Profile", id: true, terms: []term{
		own("awardingRole", "awarding", "providing", "source", "target").each().must(),
		one("awardingShare", share),
		single("mandate", "McCredentialRef"),
		one("legalNameByLanguage", langMap),
	}},
	"McLearningOutcome": {id: true, terms: []term{
		one("outcomeByLanguage", langMap).must(),
		one("position", position),
		list("outcomeType", "skill-types"),
		one("escoSkill", iri).each(),
		one("relatedSkill", iri).each(),
		list("reusabilityLevel", "skill-reuse-levels"),
	}},
	"McCredit": {terms: []term{
		list("framework", "credit-systems").must(),
		one("points", decimal).must(),
	}},
	"McAssessment": {id: true, terms: []term{
		list("assessmentType", "assessment-types").must(),
		list("assessmentMode", "modes").each(),
		list("idVerification", "supervision-verification"),
		one("covers", iri).each().must(),
		one("gradedBy", iri),
		list("assessmentLanguage", "languages").each(),
		one("assessmentByLanguage", langMap),
	}},
	"McAssessmentTaken": {terms: []term{
		one("specifiedBy", iri).must(),
		one("assessedOn", date),
		list("idVerification", "supervision-verification"),
		list("assessmentLanguage", "languages").each(),
	}},
	"McQualityAssurance": {terms: []term{
		list("qaType", "accreditation-types").must(),
		one("qaByLanguage", langMap),
		single("agency", "McOrganisation"),
		one("report", iri),
		one("decisionDate", date),
		one("qaValidUntil", date),
	}},
	"McOrganisation": {id: true, terms: []term{
		one("legalNameByLanguage", langMap),
		list("countryCode", "countries"),
	}},
	"McPart": {id: true, terms: []term{
		single("partCredit", "McCredit"),
		one("partByLanguage", langMap),
	}},
	"McDegreePart": {terms: []term{
		one("moduleCode", text).must(),
		one("moduleOwner", iri),
		one("degreeByLanguage", langMap),
	}},
	"McResearchOutput": {id: true, terms: []term{
		one("outputByLanguage", langMap),
		one("projectCode", text),
	}},
	"McConformance": {terms: []term{
		one("rulePack", iri).must(),
		one("rulePackVersion", version).must(),
		own("outcome", "pass", "pass-with-warnings").must(),
		one("evaluatedOn", date),
	}},
	"McCredentialRef": {id: true, terms: []term{
		one("digestMultibase", digest).must(),
		one("refAchievement", iri),
		one("refIssuer", iri),
		single("refCredit", "McCredit"),
	}},
}
