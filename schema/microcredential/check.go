package microcredential

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"merkki/schema"
)

// A Problem is a place where a document does not say what the profile wants.
// What is wrong and what ought to stand there are names, of which the catalogues
// of the program make sentences.
type Problem struct {
	Pointer string // RFC 6901: what is wrong, or would stand there
	Term    string // the member's name
	Kind    string // one of the Problem kinds
	Want    Want   // what would be right
}

// A Want is what would be right at a place: one of [Wants], and the value it
// speaks of, "" where it speaks of none.
type Want struct{ Name, Of string }

// Fault returns the problem as a finding of a report: a warning, because the
// profile is no part of what makes a credential valid.
func (p Problem) Fault() *schema.Fault {
	args := map[string]any{"term": p.Term, "want": p.Want.Name}
	if p.Want.Of != "" {
		args["of"] = p.Want.Of
	}
	return schema.Found("microcredential."+p.Kind, p.Pointer, args)
}

// Wants returns the names of what would be right, for the catalogues and their
// tests.
func Wants() []string { return slices.Clone(wants) }

// Kinds of problems.
const (
	Missing   = "missing"   // it has to be there
	Form      = "form"      // it is written otherwise
	Code      = "code"      // it is on no list
	Reference = "reference" // it leads nowhere in the document
	Differs   = "differs"   // it says otherwise than another place
	Number    = "number"    // there are too many or too few
)

// IsAchievement reports whether an Achievement is a micro-credential.
func IsAchievement(v schema.Value) bool { return hasType(v, TypeAchievement) }

// CheckAchievement checks an Achievement that is a micro-credential: the forms
// and codes of what it says, and that its parts agree. A template has awardedBy
// beside it, which is checked as far as it can be before there is an award:
// bodies confirm when they have read what they confirm.
func CheckAchievement(v schema.Value) []Problem {
	c := &checker{}
	c.node(v, TypeAchievement, "")
	c.achievement(v, "")
	if by, ok := v.Get("awardedBy"); ok {
		c.node(by, "McAwardingProcess", "/awardedBy")
		creator, _ := v.Get("creator")
		c.bodies(by, creator.GetString("id"), "/awardedBy", false)
	}
	return c.found
}

// CheckCredential checks a credential whose achievement is a micro-credential;
// one that is none has no problems.
func CheckCredential(root schema.Value) []Problem {
	subject, _ := root.Get("credentialSubject")
	achievement, _ := subject.Get("achievement")
	if !IsAchievement(achievement) {
		return nil
	}
	return CheckAward(root)
}

// CheckAward is CheckCredential of a credential that ought to be of a
// micro-credential: one that is none has the problem that it is none.
func CheckAward(root schema.Value) []Problem {
	subject, _ := root.Get("credentialSubject")
	achievement, _ := subject.Get("achievement")
	c := &checker{}
	const at = "/credentialSubject"
	c.node(subject, TypeSubject, at)
	c.node(achievement, TypeAchievement, at+"/achievement")
	c.achievement(achievement, at+"/achievement")
	c.award(root, subject, achievement, at)
	return c.found
}

type checker struct{ found []Problem }

func (c *checker) add(at, term, kind, want string, of ...string) {
	c.found = append(c.found, Problem{Pointer: at, Term: term, Kind: kind, Want: Want{want, strings.Join(of, ", ")}})
}

func hasType(v schema.Value, name string) bool {
	return slices.ContainsFunc(v.GetList("type"), func(t schema.Value) bool { return t.Kind == schema.String && t.Text == name })
}

// node checks what stands on a node of a class.
func (c *checker) node(v schema.Value, name, at string) {
	cl := classes[name]
	if v.Kind != schema.Object {
		c.add(at, name, Form, "class", name)
		return
	}
	for _, t := range [...]string{name, cl.beside} {
		if t != "" && !hasType(v, t) {
			c.add(at+"/type", "type", Missing, "type", t)
		}
	}
	if id, ok := v.Get("id"); cl.id && (!ok || !isIRI(id.Text)) {
		c.add(at+"/id", "id", Missing, "address")
	}
	for _, t := range cl.terms {
		m, ok := v.Get(t.name)
		switch {
		case ok:
			c.member(m, t, at+"/"+t.name)
		case t.required:
			c.want(at+"/"+t.name, t, Missing)
		}
	}
}

// member checks the value of a term, or each of its array.
func (c *checker) member(v schema.Value, t term, at string) {
	if !t.many {
		c.value(v, t, at)
		return
	}
	if v.Kind != schema.Array || len(v.Items) == 0 {
		c.add(at, t.name, Form, "array")
		return
	}
	if t.max > 0 && len(v.Items) > t.max {
		c.add(at, t.name, Number, "at-most", strconv.Itoa(t.max))
		return
	}
	seen := map[string]bool{}
	for i, item := range v.Items {
		here := at + "/" + strconv.Itoa(i)
		if item.Kind == schema.String && seen[item.Text] {
			c.add(here, t.name, Number, "once")
		}
		seen[item.Text] = true
		c.value(item, t, here)
	}
}

func (c *checker) value(v schema.Value, t term, at string) {
	switch t.form {
	case node:
		c.node(v, t.class, at)
	case langMap:
		c.languages(v, t, at)
	case coded:
		l, _ := ListNamed(t.list)
		if _, ok := l.Find(v.Text); v.Kind != schema.String || !ok {
			c.want(at, t, Code)
		}
	default:
		if v.Kind != schema.String || !t.reads(v.Text) {
			c.want(at, t, Form)
		}
	}
}

// languages checks a language map: tags as JSON-LD needs them, or text would be
// dropped; text in NFC, so that equal texts are equal bytes.
func (c *checker) languages(v schema.Value, t term, at string) {
	if v.Kind != schema.Object || len(v.Members) == 0 {
		c.want(at, t, Form)
		return
	}
	for _, m := range v.Members {
		here := at + "/" + m.Name
		switch {
		case !tagForm.MatchString(m.Name):
			c.add(here, t.name, Form, "language-tag")
		case m.Value.Kind != schema.String || strings.TrimSpace(m.Value.Text) == "":
			c.add(here, t.name, Form, "text")
		case !norm.NFC.IsNormalString(m.Value.Text):
			c.add(here, t.name, Form, "nfc")
		}
	}
}

var (
	tagForm     = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$`)
	iriForm     = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:[^\s]+$`)
	versionForm = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$`)
	numberText  = regexp.MustCompile(`^[1-9][0-9]{0,3}$`)
	digestForm  = regexp.MustCompile(`^u[A-Za-z0-9_-]+$`)
)

func isIRI(s string) bool { return iriForm.MatchString(s) }

// reads reports whether a string has the form of a term.
func (t term) reads(s string) bool {
	switch t.form {
	case text:
		return strings.TrimSpace(s) != "" && len([]rune(s)) <= 200
	case decimal:
		_, err := ParseDecimal(s)
		return err == nil
	case share:
		d, err := ParseDecimal(s)
		return err == nil && !whole.Less(d)
	case position:
		return numberText.MatchString(s)
	case hours:
		_, err := ParseHours(s)
		return err == nil
	case date:
		_, err := time.Parse(time.DateOnly, s)
		return err == nil
	case instant:
		_, err := time.Parse(time.RFC3339, s)
		return err == nil
	case version:
		return versionForm.MatchString(s)
	case digest:
		return digestForm.MatchString(s)
	case owned:
		name, ok := strings.CutPrefix(s, Namespace)
		return ok && slices.Contains(t.of, name)
	}
	return isIRI(s)
}

var whole, _ = ParseDecimal("1")

// formWants says what a term of a form holds.
var formWants = map[form]string{
	langMap: "language-map", text: "short-text", decimal: "decimal", share: "share", position: "position", hours: "hours",
	date: "date", instant: "instant", version: "version", digest: "digest", iri: "address", coded: "code", owned: "one-of", node: "class",
}

// want adds a problem of a term that would have to hold something else.
func (c *checker) want(at string, t term, kind string) {
	of := t.list + t.class
	if t.form == owned {
		of = Namespace + strings.Join(t.of, ", "+Namespace)
	}
	c.add(at, t.name, kind, formWants[t.form], of)
}

// wants are all names that a [Want] can have.
var wants = []string{
	"address", "array", "assessment-id", "at-most", "award-time", "body-once", "class", "code", "country", "credit-or-hours", "date",
	"decimal", "digest", "hours", "instant", "issuer-once", "language-map", "language-tag", "learner", "mandate", "nfc", "no-threshold", "number",
	"once", "one-of", "other-achievement", "outcome-id", "part-of", "parts-credits", "policy", "position", "result-id", "same-text",
	"share", "shares-whole", "short-text", "text", "threshold", "type", "version",
}
