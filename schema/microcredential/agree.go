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
		c.add(at+"/credit", "credit", Missing, "credits, or hours in volumeOfLearning")
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
				c.add(here+"/covers/"+strconv.Itoa(n), "covers", Reference, "the id of a learningOutcome")
			}
		}
		if graded := a.GetString("gradedBy"); graded != "" && !results[graded] {
			c.add(here+"/gradedBy", "gradedBy", Reference, "the id of a resultDescription")
		}
	}
	if v.GetString("stackability") == Namespace+"stackable" && len(v.GetList("isPartOf")) == 0 && len(v.GetList("degreePart")) == 0 {
		c.add(at+"/stackability", "stackability", Differs, "isPartOf or degreePart, for what is stackable")
	}
	c.parts(v, at)
}

// parts: what is put together is no more than the whole, and no part of itself.
func (c *checker) parts(v schema.Value, at string) {
	var sum Decimal
	fits := true
	for i, p := range v.GetList("hasPart") {
		if id := p.GetString("id"); id != "" && id == v.GetString("id") {
			c.add(at+"/hasPart/"+strconv.Itoa(i)+"/id", "hasPart", Differs, "another achievement")
		}
		credit, _ := p.Get("partCredit")
		if d, err := ParseDecimal(credit.GetString("points")); err == nil && credit.GetString("framework") == ECTS {
			var ok bool
			sum, ok = sum.Plus(d)
			fits = fits && ok
		}
	}
	if total, ok := creditOf(v, "credit"); ok && (!fits || total.Less(sum)) {
		c.add(at+"/hasPart", "hasPart", Differs, "parts of together at most "+total.String()+" credits")
	}
}

// credits: the number that every reader of Open Badges sees is the exact one.
func (c *checker) credits(v schema.Value, exact, number, at string) {
	n, has := v.Get(number)
	d, ok := creditOf(v, exact)
	switch {
	case !ok:
	case !has:
		c.add(at+"/"+number, number, Missing, "the number "+d.String()+", as "+exact+" says")
	default:
		if m, err := ParseNumber(n.Text); n.Kind != schema.Number || err != nil || m != d {
			c.add(at+"/"+number, number, Differs, "the number "+d.String()+", as "+exact+" says")
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
		c.add(at+"/"+byLanguage+"/"+lang, byLanguage, Differs, "the same text as "+plain)
	}
}

// award checks what an award says about its achievement and who awarded it.
func (c *checker) award(root, subject, achievement schema.Value, at string) {
	c.credits(subject, "creditReceived", "creditsEarned", at)
	assessments := ids(achievement, "assessment")
	for i, taken := range subject.GetList("assessmentTaken") {
		if !assessments[taken.GetString("specifiedBy")] {
			c.add(at+"/assessmentTaken/"+strconv.Itoa(i)+"/specifiedBy", "specifiedBy", Reference, "the id of an assessment")
		}
	}
	issuer, _ := root.Get("issuer")
	id := issuer.Text
	if issuer.Kind == schema.Object {
		id = issuer.GetString("id")
		address, _ := issuer.Get("address")
		if !countryForm(address.GetString("addressCountryCode")) {
			c.add("/issuer/address/addressCountryCode", "addressCountryCode", Missing, "a country code such as FI")
		}
	}
	if root.GetString("awardedDate") == "" {
		c.add("/awardedDate", "awardedDate", Missing, "the time of the award")
	}
	by, _ := subject.Get("awardedBy")
	c.bodies(by, id, at+"/awardedBy")
}

func countryForm(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}

// bodies checks who awards: the issuer is among them, all others confirm, and
// their shares are shares of one whole.
func (c *checker) bodies(by schema.Value, issuer, at string) {
	bodies := by.GetList("awardingBody")
	var shares Decimal
	among, awarding, sharing := 0, 0, 0
	seen := map[string]bool{}
	for i, b := range bodies {
		here := at + "/awardingBody/" + strconv.Itoa(i)
		id := b.GetString("id")
		if seen[id] {
			c.add(here+"/id", "awardingBody", Number, "each body once")
		}
		seen[id] = true
		if id == issuer {
			among++
		}
		for _, role := range b.GetList("awardingRole") {
			if role.Text == Namespace+"awarding" {
				awarding++
				if _, has := b.Get("mandate"); !has && id != issuer {
					c.add(here+"/mandate", "mandate", Missing, "the mandate of an awarding body that is not the issuer")
				}
				if d, err := ParseDecimal(b.GetString("awardingShare")); err == nil {
					shares, _ = shares.Plus(d)
					sharing++
				}
			}
		}
	}
	if len(bodies) > 0 && among != 1 {
		c.add(at+"/awardingBody", "awardingBody", Differs, "the issuer once among the bodies")
	}
	if sharing > 0 && shares != whole {
		c.add(at+"/awardingBody", "awardingShare", Differs, "shares of the awarding bodies that are 1 together")
	}
	c.policy(by, len(bodies), awarding, at)
}

func (c *checker) policy(by schema.Value, bodies, awarding int, at string) {
	policy := by.GetString("jointPolicy")
	if bodies > 1 && policy == "" {
		c.add(at+"/jointPolicy", "jointPolicy", Missing, "all, threshold or lead, where there is more than one body")
	}
	n, err := strconv.Atoi(by.GetString("approvalThreshold"))
	switch {
	case policy == Namespace+"threshold" && (err != nil || n > awarding):
		c.add(at+"/approvalThreshold", "approvalThreshold", Differs, "a number of awarding bodies that have to confirm")
	case policy != Namespace+"threshold" && by.GetString("approvalThreshold") != "":
		c.add(at+"/approvalThreshold", "approvalThreshold", Differs, "nothing, where the policy is no threshold")
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
