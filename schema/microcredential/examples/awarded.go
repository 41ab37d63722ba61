package examples

import (
	"merkki/schema"
	mc "merkki/schema/microcredential"
)

// Awarded returns a credential of a template, not signed yet: the first of its
// institutions under the identifier issuer, the others as bodies whose mandates
// are named by address and digest (of nothing: examples have no signatures).
func Awarded(name, issuer string) (schema.Value, bool) {
	v, ok := Filled(name)
	if !ok {
		return v, false
	}
	creator, _ := v.Get("creator")
	by, _ := v.Get("awardedBy")
	credit, _ := v.Get("creditsAvailable")
	received, _ := v.Get("credit")
	subject := object(
		"id", text("urn:uuid:5a3c7f58-0b7c-4f0e-8c53-94b4cf2a7e11"), "type", texts("AchievementSubject", mc.TypeSubject),
		"achievement", v.Without("creator", "awardedBy", "notApplicable", "editions"),
		"awardedBy", awarding(by, issuer), "creditsEarned", credit, "creditReceived", received,
		"assessmentTaken", schema.ArrayValue(object("type", texts("McAssessmentTaken"), "specifiedBy", text(v.GetList("assessment")[0].GetString("id")), "assessedOn", text("2026-11-12"))),
	)
	return object(
		"@context", texts("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
			"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json", mc.ContextURL),
		"id", text("urn:uuid:0b9f3c1e-6a57-4a5c-9a86-2f3a1c6d9e10"), "type", texts("VerifiableCredential", "OpenBadgeCredential"),
		"name", text(v.GetString("name")), "issuer", creator.With("id", text(issuer)),
		"validFrom", text("2026-11-20T12:00:00Z"), "awardedDate", text("2026-11-18T09:00:00Z"), "credentialSubject", subject,
		"credentialSchema", schema.ArrayValue(
			schemaRef("https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"), schemaRef(mc.SchemaURL)),
	), true
}

// awarding puts an issuer in the place of the first body, and mandates on the
// others that award.
func awarding(by schema.Value, issuer string) schema.Value {
	var all []schema.Value
	for i, b := range by.GetList("awardingBody") {
		switch {
		case i == 0:
			b = b.With("id", text(issuer))
		case b.GetList("awardingRole")[0].Text == mc.Namespace+"awarding":
			b = b.With("mandate", object("id", text(b.GetString("id")+":mandate"), "type", texts("McCredentialRef"),
				"digestMultibase", text("uEiDjsMRCmPwcFJr79MiZb7kkJ65B5GSbk0yklZkbeFK4VQ")))
		}
		all = append(all, b)
	}
	return by.With("awardingBody", schema.ArrayValue(all...)).With("awardingDate", text("2026-11-18T09:00:00Z")).With("dataController", text(issuer))
}

func schemaRef(id string) schema.Value {
	return object("id", text(id), "type", text("1EdTechJsonSchemaValidator2019"))
}

func text(s string) schema.Value { return schema.StringValue(s) }

func texts(all ...string) schema.Value {
	var items []schema.Value
	for _, s := range all {
		items = append(items, text(s))
	}
	return schema.ArrayValue(items...)
}

// object makes an object of names and values in turn.
func object(pairs ...any) schema.Value {
	var members []schema.Member
	for i := 0; i < len(pairs); i += 2 {
		members = append(members, schema.Member{Name: pairs[i].(string), Value: pairs[i+1].(schema.Value)})
	}
	return schema.ObjectValue(members...)
}
