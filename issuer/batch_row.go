package issuer

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"merkki/schema"
)

// A rowReader makes a draft of the values of a row and collects what is wrong.
type rowReader struct {
	values map[string]string
	faults []RowFault
}

func (r *rowReader) wrong(column, problem string, pairs ...any) {
	r.faults = append(r.faults, RowFaultOf(rowFault(schema.CodeMalformedValueError, problem, pairs...), column, r.values[column]))
}

// draft reads a row as a request to issue, with everything that is wrong with
// it. p is nil where its achievement is not known.
func (p *plan) draft(ctx context.Context, row BatchRow) (d Draft, with *planned, faults []RowFault, err error) {
	r := &rowReader{values: row.Values, faults: slices.Clone(row.Faults)}
	r.controls()
	with, err = p.find(ctx, row.Values["achievement"])
	if f := faultIn(err); f != nil && !ours(f) {
		r.faults = append(r.faults, RowFaultOf(f, "achievement", row.Values["achievement"]))
		err = nil
	}
	if err != nil {
		return d, nil, nil, err
	}
	d = Draft{
		Recipient:   Recipient{Name: r.values["name"], Email: r.values["email"], SubjectID: r.values["subject_id"]},
		AwardedDate: r.date("completed"), ValidUntil: r.date("valid_until"),
		Language: strings.ToLower(r.values["language"]), HashedEmail: p.order.HashedEmail, Mail: p.order.Mail,
		Credits: r.credits(), Narrative: r.values["narrative"], Evidence: r.evidence(),
	}
	r.person()
	if d.Language != "" && checkLanguage("", d.Language) != nil {
		r.wrong("language", "language")
	}
	if with != nil {
		d.Achievement = with.achievement.URL
		d.Result = r.result(with.results)
	}
	if len(r.faults) > 0 && len(d.Result) > 0 { // else it is looked at when the document is judged
		r.scale(with.achievement, d.Result)
	}
	return d, with, r.faults, nil
}

// controls refuses characters that no cell of a person has reason to hold.
func (r *rowReader) controls() {
	for _, column := range sortedKeys(r.values) {
		if strings.ContainsFunc(r.values[column], unicode.IsControl) {
			r.wrong(column, "control")
		}
	}
}

func (r *rowReader) person() {
	if name := r.values["name"]; name == "" {
		r.wrong("name", "missing")
	} else if len([]rune(name)) > maxName {
		r.wrong("name", "long", "max", maxName)
	}
	switch email := r.values["email"]; {
	case email == "":
		r.wrong("email", "missing")
	case strings.Count(email, "@") > 1 && strings.ContainsAny(email, ",; "):
		r.wrong("email", "email-several")
	case !plainAddress(email):
		r.wrong("email", "email")
	}
	if id := r.values["subject_id"]; id != "" && !isURI(id) {
		r.wrong("subject_id", "uri")
	}
}

var (
	finnishDate = regexp.MustCompile(`^\d{1,2}\.\d{1,2}\.\d{4}$`)
	isoDate     = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	scheme      = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^` + "`" + `]+$`)
)

// date reads 2026-05-12, 12.5.2026, or an instant with its zone.
func (r *rowReader) date(column string) string {
	v := r.values[column]
	var err error
	switch {
	case v == "":
		return ""
	case finnishDate.MatchString(v):
		var t time.Time
		if t, err = time.Parse("2.1.2006", v); err == nil {
			return t.Format(time.DateOnly)
		}
	case isoDate.MatchString(v):
		_, err = time.Parse(time.DateOnly, v)
	default:
		_, err = schema.ParseTime(v)
	}
	if err != nil {
		r.wrong(column, "date")
		return ""
	}
	return v
}

// credits reads 5, 2.5 or 2,5.
func (r *rowReader) credits() string {
	v := r.values["credits"]
	if v == "" {
		return ""
	}
	if v = strings.Replace(v, ",", ".", 1); !decimal.MatchString(v) {
		r.wrong("credits", "credits")
		return ""
	}
	return v
}

var commaForm = regexp.MustCompile(`^-?\d+,\d+$`)

// resultStatuses is the enumeration ResultStatusType of Open Badges 3.0.
var resultStatuses = []string{"Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"}

// result makes a Result of the one description that the achievement has, or one
// without a description where it has none.
func (r *rowReader) result(all []schema.ResultDescription) []schema.Value {
	v := r.values["result"]
	if v == "" {
		return nil
	}
	m := func(name, text string) schema.Member {
		return schema.Member{Name: name, Value: schema.StringValue(text)}
	}
	members := []schema.Member{{Name: "type", Value: schema.ArrayValue(schema.StringValue("Result"))}}
	if len(all) > 1 {
		r.wrong("result", "result-ambiguous", "n", len(all))
		return nil
	}
	var d schema.ResultDescription
	if len(all) == 1 {
		d = all[0]
		members = append(members, m("resultDescription", d.ID))
	}
	if commaForm.MatchString(v) && !slices.Contains(d.AllowedValue, v) {
		v = strings.Replace(v, ",", ".", 1)
	}
	switch {
	case d.ResultType == "Status":
		if !slices.Contains(resultStatuses, v) {
			r.wrong("result", "result-value", "expected", strings.Join(resultStatuses, ", "))
			return nil
		}
		members = append(members, m("status", v))
	case len(d.RubricCriterionLevel) > 0:
		id := levelID(d.RubricCriterionLevel, v)
		if id == "" {
			r.wrong("result", "result-level", "expected", levelNames(d.RubricCriterionLevel))
			return nil
		}
		members = append(members, m("achievedLevel", id))
	default:
		if len(d.AllowedValue) > 0 && !slices.Contains(d.AllowedValue, v) {
			r.wrong("result", "result-value", "expected", strings.Join(d.AllowedValue, ", "))
			return nil
		}
		members = append(members, m("value", v))
	}
	return []schema.Value{schema.ObjectValue(members...)}
}

// scale holds a result against its description, for a row that is rejected
// anyway: whoever corrects it hears everything at once.
func (r *rowReader) scale(a Achievement, result []schema.Value) {
	subject := schema.ObjectValue(
		schema.Member{Name: "achievement", Value: a.Definition},
		schema.Member{Name: "result", Value: schema.ArrayValue(rebase(result[0], a.original, a.URL))},
	)
	for _, f := range schema.CheckConsistency(schema.ObjectValue(schema.Member{Name: "credentialSubject", Value: subject})) {
		r.faults = append(r.faults, RowFaultOf(f, "result", r.values["result"]))
	}
}

func levelID(levels []schema.RubricCriterionLevel, v string) string {
	for _, l := range levels {
		if l.ID == v || strings.EqualFold(l.Name, v) || l.Level == v {
			return l.ID
		}
	}
	return ""
}

func levelNames(levels []schema.RubricCriterionLevel) string {
	var names []string
	for _, l := range levels {
		names = append(names, l.Name)
	}
	return strings.Join(names, ", ")
}

// evidence is one address.
func (r *rowReader) evidence() []schema.Value {
	v := r.values["evidence_url"]
	if v == "" {
		return nil
	}
	if u, err := url.Parse(v); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || !isURI(v) {
		r.wrong("evidence_url", "url")
		return nil
	}
	return []schema.Value{schema.ObjectValue(
		schema.Member{Name: "id", Value: schema.StringValue(v)},
		schema.Member{Name: "type", Value: schema.ArrayValue(schema.StringValue("Evidence"))},
	)}
}

func isURI(s string) bool { return len(s) <= 2048 && scheme.MatchString(s) }

// claim returns the key under which a row makes at most one credential, and a
// digest over what it asks for. The key that the file gives holds for the whole
// institution; without one it is who got what, and when it was completed.
func (p *plan) claim(with *planned, row BatchRow, d Draft) *Claim {
	l, inst := p.s.learners, with.institution.ID
	who := d.Recipient.SubjectID
	if who == "" {
		who = strings.ToLower(d.Recipient.Email)
	}
	key := l.keyed("row", inst, "derived", with.achievement.ID, who, d.AwardedDate)
	if given := row.Values["row_key"]; given != "" {
		key = l.keyed("row", inst, "given", given)
	}
	asked := []string{"request", with.achievement.ID, d.Recipient.Name, strings.ToLower(d.Recipient.Email), d.Recipient.SubjectID,
		d.AwardedDate, d.ValidUntil, d.Language, d.Credits, d.Narrative}
	if d.HashedEmail {
		asked = append(asked, "hashed")
	}
	for _, v := range slices.Concat(d.Result, d.Evidence) {
		asked = append(asked, string(schema.Marshal(v)))
	}
	return &Claim{Key: key, Request: l.keyed(asked...)}
}

// columns says which column a place of a draft comes from.
var columns = []struct{ pointer, column string }{
	{"/recipient/name", "name"}, {"/recipient/email", "email"}, {"/recipient/subjectId", "subject_id"},
	{"/awardedDate", "completed"}, {"/validUntil", "valid_until"}, {"/language", "language"}, {"/result", "result"},
	{"/credentialSubject/narrative", "narrative"}, {"/credentialSubject/creditsEarned", "credits"}, {"/evidence", "evidence_url"},
	{"/reason", "reason"}, {"/code", "code"},
}

// rowFaults says what an error of issuing means for a row; nil for an error that
// is not the row's.
func rowFaults(err error, values map[string]string) []RowFault {
	all := Faults{faultIn(err)}
	if several, ok := errors.AsType[Faults](err); ok {
		all = several
	}
	var out []RowFault
	for _, f := range all {
		if f == nil || ours(f) {
			return nil
		}
		column := strings.TrimPrefix(f.Pointer, "/")
		if _, ok := values[column]; !ok {
			column = ""
		}
		for _, c := range columns {
			if f.Pointer == c.pointer || strings.HasPrefix(f.Pointer, c.pointer+"/") {
				column = c.column
				break
			}
		}
		out = append(out, RowFaultOf(f, column, values[column]))
	}
	return out
}

func faultIn(err error) *schema.Fault {
	f, _ := errors.AsType[*schema.Fault](err)
	return f
}

// ours reports whether a fault is about the service and not about what it was
// asked: there is no use in going on with the next row.
func ours(f *schema.Fault) bool { return f.Code.Status() >= 500 || f.Code == schema.CodeForbidden }

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
