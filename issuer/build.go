package issuer

import (
	"strconv"

	"merkki/schema"
	"merkki/schema/statuslist"
)

// What stands in every credential.
const (
	contextVC         = "https://www.w3.org/ns/credentials/v2"
	contextOB         = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
	contextExtensions = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json" // defines the type of credentialSchema
	schemaOB          = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)

// build writes the credential without its proof. Every member whose
// cardinality is many is an array, which is the one form that all schemas take.
func (w award) build(url string, status []schema.Value) schema.Value {
	m := func(name string, v schema.Value) schema.Member { return schema.Member{Name: name, Value: v} }
	str := schema.StringValue
	members := []schema.Member{
		m("@context", schema.ArrayValue(str(contextVC), str(contextOB), str(contextExtensions))),
		m("id", str(url)),
		m("type", schema.ArrayValue(str("VerifiableCredential"), str("AchievementCredential"))),
		m("name", str(w.achievement.Definition.GetString("name"))),
		m("issuer", w.institution.Profile),
		m("validFrom", str(schema.FormatTime(w.issued))),
	}
	if !w.validUntil.IsZero() {
		members = append(members, m("validUntil", str(schema.FormatTime(w.validUntil))))
	}
	if w.awarded != "" {
		members = append(members, m("awardedDate", str(w.awarded)))
	}
	subject := []schema.Member{
		m("id", str(w.subject)),
		m("type", schema.ArrayValue(str("AchievementSubject"))),
		m("identifier", schema.ArrayValue(w.identifiers()...)),
		m("achievement", w.achievement.Definition),
	}
	if w.credits != "" {
		subject = append(subject, m("creditsEarned", schema.NumberValue(w.credits)))
	}
	if w.narrative != "" {
		subject = append(subject, m("narrative", str(w.narrative)))
	}
	if len(w.result) > 0 {
		subject = append(subject, m("result", schema.ArrayValue(w.result...)))
	}
	members = append(members, m("credentialSubject", schema.ObjectValue(subject...)))
	if len(w.evidence) > 0 {
		members = append(members, m("evidence", schema.ArrayValue(w.evidence...)))
	}
	members = append(members, m("credentialSchema", schema.ArrayValue(schema.ObjectValue(
		m("id", str(schemaOB)), m("type", str("1EdTechJsonSchemaValidator2019"))))))
	switch len(status) {
	case 0:
	case 1: // the official schema wants one object
		members = append(members, m("credentialStatus", status[0]))
	default:
		members = append(members, m("credentialStatus", schema.ArrayValue(status...)))
	}
	return schema.ObjectValue(members...)
}

// identifiers names the recipient: a QR code on paper proves nothing about a
// person unless the credential says whose it is.
func (w award) identifiers() []schema.Value {
	entry := func(hash, kind string, hashed bool) schema.Value {
		return schema.ObjectValue(
			schema.Member{Name: "type", Value: schema.StringValue("IdentityObject")},
			schema.Member{Name: "identityHash", Value: schema.StringValue(hash)},
			schema.Member{Name: "identityType", Value: schema.StringValue(kind)},
			schema.Member{Name: "hashed", Value: schema.BoolValue(hashed)},
		)
	}
	ids := []schema.Value{entry(w.recipient.Name, "name", false)}
	if w.salt != "" {
		hash := schema.IdentityHash(w.recipient.Email, w.salt)
		ids = append(ids, entry(hash, "emailAddress", true).With("salt", schema.StringValue(w.salt)))
	}
	return ids
}

// purposes returns the status lists that the award's credential is in.
func (a Achievement) purposes() []string {
	if a.Suspendable {
		return []string{"revocation", "suspension"}
	}
	return []string{"revocation"}
}

// statusEntry writes one BitstringStatusListEntry.
func (s *Service) statusEntry(list string, index int, purpose string) schema.Value {
	at := strconv.Itoa(index)
	url := s.base + "/status/" + list
	member := func(name, text string) schema.Member {
		return schema.Member{Name: name, Value: schema.StringValue(text)}
	}
	return schema.ObjectValue(
		member("id", url+"#"+at),
		member("type", "BitstringStatusListEntry"),
		member("statusPurpose", purpose),
		member("statusListIndex", at),
		member("statusListCredential", url),
	)
}

// placeholders are status entries of the shape that the real ones will have,
// for judging a document before anything is reserved.
func (s *Service) placeholders(a Achievement) []schema.Value {
	var entries []schema.Value
	for _, purpose := range a.purposes() {
		entries = append(entries, s.statusEntry("00000000000000000000000000", statuslist.MinEntries-1, purpose))
	}
	return entries
}
