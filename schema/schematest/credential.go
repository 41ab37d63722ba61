package schematest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"merkki/schema"
)

// Credential returns a random valid AchievementCredential without proof, in
// the form in which Merkki issues: VC 2.0, Open Badges 3.0.3 and extensions
// contexts, arrays wherever the class tables want them, credentialSchema, one
// or two status entries, every identifier an absolute URL, a type on every
// object. It has no endorsements. All optional members of every class occur
// sooner or later, and strings hold what people and hostile people write.
func Credential(rnd *rand.Rand) schema.Value {
	g := &generator{Rand: rnd}
	g.base = "https://" + pick(g, "merkki.example", "badges.koulu.example", "xn--pivkoti-4wae.example")
	return g.credential()
}

type generator struct {
	*rand.Rand
	base         string
	descriptions []description
}

// A description is what a result has to fit to.
type description struct {
	id, resultType  string
	levels, allowed []string
}

func (g *generator) credential() schema.Value {
	achievement := g.achievement() // first: results refer to it
	from := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(g.IntN(60_000_000)) * time.Second)
	return object(
		member("@context", texts(
			"https://www.w3.org/ns/credentials/v2",
			"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
			"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")),
		member("id", text(g.base+"/c/"+g.token())),
		member("type", texts("VerifiableCredential", pick(g, "OpenBadgeCredential", "AchievementCredential"))),
		member("name", g.sentence()),
		g.maybe("description", g.sentence),
		g.maybe("image", g.image),
		member("issuer", g.profile(true)),
		member("validFrom", text(schema.FormatTime(from))),
		g.maybe("validUntil", func() schema.Value { return text(schema.FormatTime(from.AddDate(g.IntN(9)+1, 0, 0))) }),
		g.maybe("awardedDate", func() schema.Value { return text(schema.FormatTime(from.AddDate(0, 0, -g.IntN(90)))) }),
		member("credentialSubject", g.subject(achievement)),
		g.maybe("evidence", g.some(g.evidence)),
		member("credentialSchema", list(object(
			member("id", text("https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json")),
			member("type", text("1EdTechJsonSchemaValidator2019"))))),
		member("credentialStatus", g.status()),
	)
}

func (g *generator) subject(achievement schema.Value) schema.Value {
	return object(
		member("id", text("urn:uuid:"+g.uuid())),
		member("type", texts("AchievementSubject")),
		g.maybe("activityStartDate", g.time),
		g.maybe("activityEndDate", g.time),
		g.maybe("creditsEarned", g.credits),
		member("achievement", achievement),
		member("identifier", list(g.identity())),
		g.maybe("licenseNumber", g.word),
		g.maybe("narrative", g.markdown),
		g.results(),
		g.maybe("role", g.word),
		g.maybe("source", func() schema.Value { return g.profile(false) }),
		g.maybe("term", g.word),
	)
}

func (g *generator) achievement() schema.Value {
	id := g.base + "/a/" + g.token() + "/v1"
	return object(
		member("id", text(id)),
		member("type", texts("Achievement")),
		g.maybe("alignment", g.some(g.alignment)),
		g.maybe("achievementType", func() schema.Value {
			return text(pick(g, "MicroCredential", "Course", "Badge", "Certificate", "ext:Osaamismerkki"))
		}),
		g.maybe("creator", func() schema.Value { return g.profile(false) }),
		g.maybe("creditsAvailable", g.credits),
		member("criteria", object(
			g.maybe("id", g.url),
			member("narrative", g.markdown()))),
		member("description", g.sentence()),
		g.maybe("fieldOfStudy", g.word),
		g.maybe("humanCode", g.word),
		g.maybe("image", g.image),
		g.maybe("inLanguage", func() schema.Value { return text(pick(g, "fi", "sv", "en", "sv-FI", "zh-Hant-TW", "es-419")) }),
		member("name", g.sentence()),
		g.maybe("otherIdentifier", g.some(g.identifierEntry)),
		g.maybe("related", g.some(g.related)),
		g.resultDescriptions(id),
		g.maybe("specialization", g.word),
		g.maybe("tag", g.tags),
		g.maybe("version", g.word),
	)
}

func (g *generator) profile(issuer bool) schema.Value {
	id := "did:web:" + g.token() + ".example"
	if issuer {
		id = "did:web:" + strings.TrimPrefix(g.base, "https://")
	}
	return object(
		member("id", text(id)),
		member("type", texts("Profile")),
		member("name", g.sentence()),
		g.maybe("url", g.url),
		g.maybe("phone", func() schema.Value { return text("+358 29 " + fmt.Sprint(g.IntN(10_000_000))) }),
		g.maybe("description", g.sentence),
		g.maybe("image", g.image),
		g.maybe("email", func() schema.Value { return text("opintotoimisto@" + g.token() + ".example") }),
		g.maybe("address", g.address),
		g.maybe("otherIdentifier", g.some(g.identifierEntry)),
		g.maybe("official", g.word),
		g.maybe("parentOrg", func() schema.Value {
			return object(member("id", g.url()), member("type", texts("Profile")), g.maybe("name", g.sentence))
		}),
		g.maybe("familyName", g.word),
		g.maybe("givenName", g.word),
		g.maybe("dateOfBirth", func() schema.Value { return text("1995-02-28") }),
	)
}

// status is one entry, purpose revocation, or for a suspendable achievement two.
func (g *generator) status() schema.Value {
	entry := func(purpose string) schema.Value {
		list := g.base + "/status/" + g.token()
		index := fmt.Sprint(g.IntN(131_072))
		return object(
			member("id", text(list+"#"+index)),
			member("type", text("BitstringStatusListEntry")),
			member("statusPurpose", text(purpose)),
			member("statusListIndex", text(index)),
			member("statusListCredential", text(list)),
		)
	}
	if g.IntN(5) == 0 {
		return list(entry("revocation"), entry("suspension"))
	}
	return entry("revocation")
}
