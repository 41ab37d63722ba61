package microcredential

import (
	"strconv"

	"merkki/schema"
)

// ECTS is the credit system in which Open Badges' own credits are meant.
const ECTS = "http://data.europa.eu/snb/education-credit/6fcec5c5af"

// achievement checks what the parts of a micro-credential say about each other.
func (c *checker) achievement(v schema.Value, at string) {
	_, hasCredit := v.Get("credit")
	_, hasHours := v.Get("volumeOfLearning")
	if !hasCredit && !hasHours {
		c.add(at+"/credit", "credit", Missing, "credit-or-hours")
	}
	c.credits(v, "credit", "creditsAvailable", at)
	lang := v.GetString("inLanguage")
	c.edition(v, "titleByLanguage", "name", lang, at)
	c.edition(v, "summaryByLanguage", "description", lang, at)
	outcomes := ids(v, "learningOutcome")
	results := ids(v, "resultDescription")
	for i, a := range v.GetList("assessment") {
		here := at + "/assessment/" + strconv.Itoa(i)
		for n, ref := range a.GetList("covers") {
			if !outcomes[ref.Text] {
				c.add(here+"/covers/"+strconv.Itoa(n), "covers", Reference, "outcome-id")
			}
		}
		if graded := a.GetString("gradedBy"); graded != "" && !results[graded] {
			c.add(here+"/gradedBy", "gradedBy", Reference, "result-id")
		}
	}
	if v.GetString("stackability") == Namespace+"stackable" && len(v.GetList("isPartOf")) == 0 && len(v.GetList("degreePart")) == 0 {
		c.add(at+"/stackability", "stackability", Differs, "part-of")
	}
	c.parts(v, at)
}

// parts: what is put together is no more than the whole, and no part of itself.
func (c *checker) parts(v schema.Value, at string) {
	var sum Decimal
	fits := true
	for i, p := range v.GetList("hasPart") {
		if id := p.GetString("id"); id != "" && id == v.GetString("id") {
			c.add(at+"/hasPart/"+strconv.Itoa(i)+"/id", "hasPart", Differs, "other-achievement")
		}
		credit, _ := p.Get("partCredit")
		if d, err := ParseDecimal(credit.GetString("points")); err == nil && credit.GetString("framework") == ECTS {
			var ok bool
			sum, ok = sum.Plus(d)
			fits = fits && ok
		}
	}
	if total, ok := creditOf(v, "credit"); ok && (!fits || total.Less(sum)) {
		c.add(at+"/hasPart", "hasPart", Differs, "parts-credits", total.String())
	}
}

// credits: the number that every reader of Open Badges sees is the exact one.
func (c *checker) credits(v schema.Value, exact, number, at string) {
	n, has := v.Get(number)
	d, ok := creditOf(v, exact)
	switch {
	case !ok:
	case !has:
		c.add(at+"/"+number, number, Missing, "number", d.String())
	default:
		if m, err := ParseNumber(n.Text); n.Kind != schema.Number || err != nil || m != d {
			c.add(at+"/"+number, number, Differs, "number", d.String())
		}
	}
}

// creditOf returns the ECTS credits of a list of credits.
func creditOf(v schema.Value, name string) (Decimal, bool) {
	for _, credit := range v.GetList(name) {
		if credit.GetString("framework") == ECTS {
			d, err := ParseDecimal(credit.GetString("points"))
			return d, err == nil
		}
	}
	return Decimal{}, false
}

// edition: the text of the edition's language is the one that stands in the map.
func (c *checker) edition(v schema.Value, byLanguage, plain, lang, at string) {
	m, ok := v.Get(byLanguage)
	if !ok || lang == "" || m.Kind != schema.Object {
		return
	}
	if t, has := m.Get(lang); !has || t.Text != v.GetString(plain) {
		c.add(at+"/"+byLanguage+"/"+lang, byLanguage, Differs, "same-text", plain)
	}
}

// award checks what an award says about its achievement and who awarded it.
func (c *checker) award(root, subject, achievement schema.Value, at string) {
	_, named := subject.Get("id")
	if _, identified := subject.Get("identifier"); !named && !identified {
		c.add(at+"/id", "identifier", Missing, "learner")
	}
	c.credits(subject, "creditReceived", "creditsEarned", at)
	assessments := ids(achievement, "assessment")
	for i, taken := range subject.GetList("assessmentTaken") {
		if !assessments[taken.GetString("specifiedBy")] {
			c.add(at+"/assessmentTaken/"+strconv.Itoa(i)+"/specifiedBy", "specifiedBy", Reference, "assessment-id")
		}
	}
	issuer, _ := root.Get("issuer")
	id := issuer.Text
	if issuer.Kind == schema.Object {
		id = issuer.GetString("id")
		address, _ := issuer.Get("address")
		if !countryForm(address.GetString("addressCountryCode")) {
			c.add("/issuer/address/addressCountryCode", "addressCountryCode", Missing, "country")
		}
	}
	if root.GetString("awardedDate") == "" {
		c.add("/awardedDate", "awardedDate", Missing, "award-time")
	}
	by, _ := subject.Get("awardedBy")
	c.bodies(by, id, at+"/awardedBy", true)
}

func countryForm(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}

// bodies checks who awards: the issuer is among them, all others have confirmed
// an award, and their shares are shares of one whole. An achievement that names
// no issuer yet ("") has nobody to be among them.
func (c *checker) bodies(by schema.Value, issuer, at string, award bool) {
	bodies := by.GetList("awardingBody")
	var shares Decimal
	among, awarding, sharing := 0, 0, 0
	seen := map[string]bool{}
	for i, b := range bodies {
		here := at + "/awardingBody/" + strconv.Itoa(i)
		id := b.GetString("id")
		if seen[id] {
			c.add(here+"/id", "awardingBody", Number, "body-once")
		}
		seen[id] = true
		if id == issuer {
			among++
		}
		for _, role := range b.GetList("awardingRole") {
			if role.Text == Namespace+"awarding" {
				awarding++
				if _, has := b.Get("mandate"); award && !has && id != issuer {
					c.add(here+"/mandate", "mandate", Missing, "mandate")
				}
				if d, err := ParseDecimal(b.GetString("awardingShare")); err == nil {
					shares, _ = shares.Plus(d)
					sharing++
				}
			}
		}
	}
	if len(bodies) > 0 && among != 1 && (award || issuer != "") {
		c.add(at+"/awardingBody", "awardingBody", Differs, "issuer-once")
	}
	if sharing > 0 && shares != whole {
		c.add(at+"/awardingBody", "awardingShare", Differs, "shares-whole")
	}
	c.policy(by, len(bodies), awarding, at)
}

func (c *checker) policy(by schema.Value, bodies, awarding int, at string) {
	policy := by.GetString("jointPolicy")
	if bodies > 1 && policy == "" {
		c.add(at+"/jointPolicy", "jointPolicy", Missing, "policy")
	}
	n, err := strconv.Atoi(by.GetString("approvalThreshold"))
	switch {
	case policy == Namespace+"threshold" && (err != nil || n > awarding):
		c.add(at+"/approvalThreshold", "approvalThreshold", Differs, "threshold")
	case policy != Namespace+"threshold" && by.GetString("approvalThreshold") != "":
		c.add(at+"/approvalThreshold", "approvalThreshold", Differs, "no-threshold")
	}
}

// ids are the identifiers of the nodes in a list.
func ids(v schema.Value, name string) map[string]bool {
	all := map[string]bool{}
	for _, n := range v.GetList(name) {
		if id := n.GetString("id"); id != "" {
			all[id] = true
		}
	}
	return all
}
