package issuer

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"merkki/keys"
	"merkki/proof"
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

// An award is a draft that has been checked, member by member.
type award struct {
	institution Institution
	achievement Achievement
	recipient   Recipient
	subject     string // id of the subject
	issued      time.Time
	awarded     string // instant, "" for none
	validUntil  time.Time
	language    string
	result      []schema.Value
	evidence    []schema.Value
	salt        string // of the hashed e-mail address; "" leaves it out
}

// check turns a draft into an award, or says which member cannot be used.
func (s *Service) check(ctx context.Context, a Actor, d Draft) (award, error) {
	w := award{recipient: d.Recipient, issued: s.now(), language: d.Language, evidence: d.Evidence}
	var err error
	if w.achievement, err = s.Achievement(ctx, d.Achievement); err != nil {
		return w, err
	}
	if !a.sees(w.achievement.Issuer) {
		return w, notFound(d.Achievement)
	}
	if w.institution, err = s.Institution(ctx, w.achievement.Issuer); err != nil {
		return w, err
	}
	if d.Issuer != "" && d.Issuer != w.institution.ID && d.Issuer != w.institution.DID {
		return w, malformed("/issuer", w.institution.ID)
	}
	if err := checkLanguage("/language", d.Language); err != nil {
		return w, err
	}
	if err := w.checkRecipient(d); err != nil {
		return w, err
	}
	if err := w.checkDates(d); err != nil {
		return w, err
	}
	for _, r := range d.Result {
		w.result = append(w.result, rebase(r, w.achievement.original, w.achievement.URL))
	}
	return w, nil
}

func (w *award) checkRecipient(d Draft) error {
	r := &w.recipient
	r.Name, r.Email = strings.TrimSpace(r.Name), strings.TrimSpace(r.Email)
	if r.Name == "" || len([]rune(r.Name)) > maxName {
		return malformed("/recipient/name", "a name of 1 to 500 characters")
	}
	local, domain, ok := strings.Cut(r.Email, "@")
	if !ok || local == "" || domain == "" || len(r.Email) > 254 || strings.ContainsAny(r.Email, " \t\r\n<>,;") || strings.Contains(domain, "@") {
		return malformed("/recipient/email", "one e-mail address")
	}
	if w.subject = r.SubjectID; w.subject == "" {
		w.subject = newURN()
	}
	if d.HashedEmail {
		var salt [16]byte
		rand.Read(salt[:])
		w.salt = hex.EncodeToString(salt[:])
	}
	return nil
}

func (w *award) checkDates(d Draft) error {
	if d.AwardedDate != "" {
		t, err := moment(d.AwardedDate, 0)
		if err != nil {
			return malformed("/awardedDate", "a date, or an instant as RFC 3339 spells it")
		}
		w.awarded = schema.FormatTime(t)
	}
	if d.ValidUntil != "" {
		t, err := moment(d.ValidUntil, 24*time.Hour-time.Second)
		if err != nil {
			return malformed("/validUntil", "a date, or an instant as RFC 3339 spells it")
		}
		if !t.After(w.issued) {
			return malformed("/validUntil", "a moment in the future")
		}
		w.validUntil = t
	}
	return nil
}

// moment reads an instant, or a date and what of that day in UTC is meant.
func moment(s string, ofDay time.Duration) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.Add(ofDay), nil
	}
	t, err := schema.ParseTime(s)
	return t.UTC().Truncate(time.Second), err
}

// newURN returns a fresh random UUID (RFC 9562, version 4): an id that says
// nothing about the learner.
func newURN() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

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

// judge refuses a document that must not be signed: contexts, schema, the
// references inside, characters that deceive, and (by signing it with a
// throw-away key) whatever JSON-LD would lose or canonicalise too long.
func (s *Service) judge(ctx context.Context, unsigned schema.Value, method string) error {
	for _, check := range []func(schema.Value) []*schema.Fault{
		s.contexts.CheckContexts, schema.CheckCredential, schema.CheckConsistency, schema.CheckIssuable,
	} {
		if err := refuse(check(unsigned)); err != nil {
			return err
		}
	}
	_, err := proof.Secure(ctx, s.contexts, unsigned, newThrowaway(method), proof.Options{Created: s.now()})
	return lossy(err)
}

// trial judges a credential that awards a to nobody in particular.
func (s *Service) trial(ctx context.Context, i Institution, a Achievement) error {
	w := award{institution: i, achievement: a, recipient: Recipient{Name: "N"}, subject: newURN(), issued: s.now()}
	return s.judge(ctx, w.build(s.base+"/c/00000000000000000000000000", s.placeholders(a)), i.DID+"#throwaway")
}

// A throwaway is a key that signs one document, which then is thrown away too.
type throwaway struct {
	ed25519.PrivateKey
	method string
}

var _ keys.Signer = throwaway{}

func newThrowaway(method string) throwaway {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err) // crypto/rand never fails since Go 1.24
	}
	return throwaway{private, method}
}

// VerificationMethod is that of the key it stands in for.
func (t throwaway) VerificationMethod() string { return t.method }
