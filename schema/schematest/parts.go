package schematest

import (
	"fmt"
	"time"

	"merkki/schema"
)

func (g *generator) identity() schema.Value {
	if g.IntN(2) == 0 {
		return object(
			member("type", text("IdentityObject")),
			member("hashed", schema.BoolValue(false)),
			member("identityHash", g.sentence()),
			member("identityType", text("name")))
	}
	salt := g.token()
	return object(
		member("type", text("IdentityObject")),
		member("hashed", schema.BoolValue(true)),
		member("identityHash", text(schema.IdentityHash(g.token()+"@example.com", salt))),
		member("identityType", text("emailAddress")),
		member("salt", text(salt)))
}

func (g *generator) identifierEntry() schema.Value {
	return object(
		member("type", text("IdentifierEntry")),
		member("identifier", g.word()),
		member("identifierType", text(pick(g, "identifier", "sourcedId", "isbn", "ext:organisaatioOid"))))
}

func (g *generator) alignment() schema.Value {
	return object(
		member("type", texts("Alignment")),
		g.maybe("targetCode", g.word),
		g.maybe("targetDescription", g.sentence),
		member("targetName", g.sentence()),
		g.maybe("targetFramework", g.word),
		g.maybe("targetType", func() schema.Value { return text(pick(g, "CFItem", "ceterms:Credential", "ext:EQF")) }),
		member("targetUrl", g.url()))
}

func (g *generator) evidence() schema.Value {
	return object(
		g.maybe("id", g.url),
		member("type", texts("Evidence")),
		g.maybe("narrative", g.markdown),
		member("name", g.sentence()),
		g.maybe("description", g.sentence),
		g.maybe("genre", g.word),
		g.maybe("audience", g.word))
}

func (g *generator) address() schema.Value {
	return object(
		member("type", texts("Address")),
		member("addressCountry", text("Suomi")),
		g.maybe("addressCountryCode", func() schema.Value { return text("FI") }),
		g.maybe("addressRegion", g.word),
		g.maybe("addressLocality", g.word),
		g.maybe("streetAddress", g.sentence),
		g.maybe("postOfficeBoxNumber", g.word),
		g.maybe("postalCode", func() schema.Value { return text(fmt.Sprintf("%05d", g.IntN(100_000))) }),
		g.maybe("geo", func() schema.Value {
			return object(
				member("type", text("GeoCoordinates")),
				member("latitude", schema.NumberValue(fmt.Sprintf("%.4f", 59+10*g.Float64()))),
				member("longitude", schema.NumberValue(fmt.Sprintf("%.4f", 20+10*g.Float64()))))
		}))
}

func (g *generator) image() schema.Value {
	return object(
		member("id", text(pick(g, g.base+"/"+g.token()+".png", "data:image/png;base64,iVBORw0KGgo="))),
		member("type", text("Image")),
		g.maybe("caption", g.sentence))
}

func (g *generator) related() schema.Value {
	return object(
		member("id", g.url()),
		member("type", texts("Related")),
		g.maybe("inLanguage", func() schema.Value { return text("sv") }),
		g.maybe("version", g.word))
}

// resultDescriptions makes up to three, of the kinds that results can break.
func (g *generator) resultDescriptions(achievement string) schema.Member {
	var all []schema.Value
	for i := range g.IntN(4) {
		d := description{id: fmt.Sprintf("%s#r%d", achievement, i)}
		ms := []schema.Member{
			member("id", text(d.id)),
			member("type", texts("ResultDescription")),
			member("name", g.sentence()),
			g.maybe("alignment", g.some(g.alignment)),
		}
		switch d.resultType = pick(g, "Status", "LetterGrade", "RubricCriterionLevel", "ext:Arvosana"); d.resultType {
		case "LetterGrade":
			d.allowed = []string{"0", "1", "2", "3", "4", "5"}
			ms = append(ms, member("allowedValue", texts(d.allowed...)), g.maybe("requiredValue", func() schema.Value { return text("1") }))
		case "RubricCriterionLevel":
			var levels []schema.Value
			for j := range 2 + g.IntN(2) {
				d.levels = append(d.levels, fmt.Sprintf("%s-level%d", d.id, j))
				levels = append(levels, g.level(d.levels[j], j))
			}
			ms = append(ms, member("rubricCriterionLevel", list(levels...)), member("requiredLevel", text(d.levels[0])))
		case "ext:Arvosana":
			ms = append(ms, member("valueMin", text("0")), member("valueMax", text("100")))
		}
		all = append(all, object(append(ms, member("resultType", text(d.resultType)))...))
		g.descriptions = append(g.descriptions, d)
	}
	return membersOf("resultDescription", all)
}

func (g *generator) level(id string, i int) schema.Value {
	return object(
		member("id", text(id)),
		member("type", texts("RubricCriterionLevel")),
		g.maybe("alignment", g.some(g.alignment)),
		g.maybe("description", g.sentence),
		member("level", text(fmt.Sprint(i))),
		member("name", g.sentence()),
		g.maybe("points", func() schema.Value { return text(fmt.Sprint(10 * i)) }))
}

func (g *generator) results() schema.Member {
	var all []schema.Value
	for _, d := range g.descriptions {
		ms := []schema.Member{
			member("type", texts("Result")),
			member("resultDescription", text(d.id)),
			g.maybe("alignment", g.some(g.alignment)),
		}
		switch {
		case d.resultType == "Status":
			ms = append(ms, member("status", text(pick(g, "Completed", "Provisional"))))
		case d.levels != nil:
			ms = append(ms, member("achievedLevel", text(pick(g, d.levels...))))
		case d.allowed != nil:
			ms = append(ms, member("value", text(pick(g, d.allowed...))))
		default:
			ms = append(ms, member("value", text(fmt.Sprintf("%d.%d", g.IntN(100), g.IntN(10)))))
		}
		all = append(all, object(ms...))
	}
	return membersOf("result", all)
}

func (g *generator) tags() schema.Value {
	tags := make([]string, 1+g.IntN(3))
	for i := range tags {
		tags[i] = fmt.Sprintf("%s %d", g.word().Text, i) // never one twice
	}
	return texts(tags...)
}

func (g *generator) time() schema.Value {
	return text(schema.FormatTime(time.Unix(1_700_000_000+g.Int64N(50_000_000), 0)))
}

func (g *generator) credits() schema.Value {
	return schema.NumberValue(pick(g, "1", "2.5", "5", "30", "0.5", "12.25"))
}

func (g *generator) url() schema.Value {
	return text("https://" + g.token() + ".example/" + pick(g, "", "p", "p?q=1&r=%C3%A4", "p#osa", "päivä"))
}
