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
type Problem struct {
	Pointer string // RFC 6901: what is wrong, or would stand there
	Term    string // the member's name
	Kind    string // one of the Problem kinds
	Want    string // for people who write documents, in English: a form, a list, a class
}

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
// and codes of what it says, and that its parts agree.
func CheckAchievement(v schema.Value) []Problem {
	c := &checker{}
	c.node(v, TypeAchievement, "")
	c.achievement(v, "")
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
	c := &checker{}
	const at = "/credentialSubject"
	c.node(subject, TypeSubject, at)
	c.node(achievement, TypeAchievement, at+"/achievement")
	c.achievement(achievement, at+"/achievement")
	c.award(root, subject, achievement, at)
	return c.found
}

type checker struct{ found []Problem }

func (c *checker) add(at, term, kind, want string) {
	c.found = append(c.found, Problem{Pointer: at, Term: term, Kind: kind, Want: want})
}

func hasType(v schema.Value, name string) bool {
	return slices.ContainsFunc(v.GetList("type"), func(t schema.Value) bool { return t.Kind == schema.String && t.Text == name })
}

// node checks what stands on a node of a class.
func (c *checker) node(v schema.Value, name, at string) {
	cl := classes[name]
	if v.Kind != schema.Object {
		c.add(at, name, Form, "an object of type "+name)
		return
	}
	for _, t := range [...]string{name, cl.beside} {
		if t != "" && !hasType(v, t) {
			c.add(at+"/type", "type", Missing, t)
		}
	}
	if id, ok := v.Get("id"); cl.id && (!ok || !isIRI(id.Text)) {
		c.add(at+"/id", "id", Missing, "an absolute address")
	}
	for _, t := range cl.terms {
		m, ok := v.Get(t.name)
		switch {
		case ok:
			c.member(m, t, at+"/"+t.name)
		case t.required:
			c.add(at+"/"+t.name, t.name, Missing, t.wants())
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
		c.add(at, t.name, Form, "a list of "+t.wants())
		return
	}
	if t.max > 0 && len(v.Items) > t.max {
		c.add(at, t.name, Number, "at most "+strconv.Itoa(t.max))
		return
	}
	seen := map[string]bool{}
	for i, item := range v.Items {
		here := at + "/" + strconv.Itoa(i)
		if item.Kind == schema.String && seen[item.Text] {
			c.add(here, t.name, Number, "each value once")
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
			c.add(at, t.name, Code, t.wants())
		}
	default:
		if v.Kind != schema.String || !t.reads(v.Text) {
			c.add(at, t.name, Form, t.wants())
		}
	}
}

// languages checks a language map: tags as JSON-LD needs them, or text would be
// dropped; text in NFC, so that equal texts are equal bytes.
func (c *checker) languages(v schema.Value, t term, at string) {
	if v.Kind != schema.Object || len(v.Members) == 0 {
		c.add(at, t.name, Form, t.wants())
		return
	}
	for _, m := range v.Members {
		here := at + "/" + m.Name
		switch {
		case !tagForm.MatchString(m.Name):
			c.add(here, t.name, Form, "a language tag such as fi, sv or en")
		case m.Value.Kind != schema.String || strings.TrimSpace(m.Value.Text) == "":
			c.add(here, t.name, Form, "a text")
		case !norm.NFC.IsNormalString(m.Value.Text):
			c.add(here, t.name, Form, "a text in Unicode normalisation form C")
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

// wants says what a term holds.
func (t term) wants() string {
	switch t.form {
	case langMap:
		return "a text for each language"
	case text:
		return "a text of at most 200 characters"
	case decimal:
		return ErrDecimal.Error()
	case share:
		return "a decimal number from 0 to 1"
	case position:
		return "a positive number in a string"
	case hours:
		return ErrHours.Error()
	case date:
		return "a date such as 2026-11-25"
	case instant:
		return "a time such as 2026-11-25T12:00:00Z"
	case version:
		return "a version such as 1.0.0"
	case digest:
		return "a multibase digest that begins with u"
	case coded:
		return "an address of the list " + t.list
	case owned:
		return "one of " + Namespace + strings.Join(t.of, ", "+Namespace)
	case node:
		return t.class
	}
	return "an absolute address"
}
