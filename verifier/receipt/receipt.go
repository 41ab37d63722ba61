package receipt

import (
	"context"
	"strconv"
	"strings"
	"time"

	"merkki/keys"
	"merkki/proof/jose"
	"merkki/schema"
	"merkki/verifier"
)

// Type is the header parameter typ of a signed receipt.
const Type = "merkki-receipt+jwt"

// subject stands before the digest of what was checked.
const subject = "sha-256:"

// A Receipt is what one says. Times are UTC, whole seconds.
type Receipt struct {
	Issuer      string    // who checked: a DID in a signed one, else the address of the service
	CheckedAt   time.Time // iat
	SHA256      string    // of the input, hex
	Verdict     verifier.Verdict
	Test        bool // a test issuer's
	Checks      map[string]schema.Outcome
	EvaluatedAt time.Time
	Trust       []string // the lists of issuers that were used, with their versions
}

// Of makes the receipt of a finished report. It is given no bytes of the input,
// so that whoever asks for a receipt chooses nothing of what is signed but the
// digest.
func Of(r *verifier.Report, service string, trust []verifier.TrustList) Receipt {
	x := Receipt{Issuer: service, CheckedAt: r.CheckedAt, SHA256: r.Input.SHA256, Verdict: r.Verdict, Test: r.Test,
		Checks: map[string]schema.Outcome{}, EvaluatedAt: r.EvaluatedAt, Trust: []string{}}
	for _, c := range r.Checks {
		x.Checks[c.Name] = c.Status
	}
	for _, l := range trust {
		x.Trust = append(x.Trust, listName(l))
	}
	return x
}

func listName(l verifier.TrustList) string {
	name := l.Name
	if name == "" {
		name = l.Source
	}
	if l.Version != "" {
		name += " " + l.Version
	}
	if !l.Date.IsZero() {
		name += " " + l.Date.UTC().Format(time.DateOnly)
	}
	return name
}

// Sign returns the receipt as a compact JWS by a key of the role "receipt". Its
// issuer is that of the key.
func (x Receipt) Sign(ctx context.Context, s keys.Signer) ([]byte, error) {
	x.Issuer, _, _ = strings.Cut(s.VerificationMethod(), "#")
	return jose.SignOther(ctx, x.Value(), s, Type)
}

// Unsigned returns the receipt as a JSON object whose first member says that
// nobody signed it.
func (x Receipt) Unsigned() []byte {
	v := schema.ObjectValue(append([]schema.Member{{Name: "signed", Value: schema.BoolValue(false)}}, x.Value().Members...)...)
	return schema.Marshal(v)
}

// Value returns the payload.
func (x Receipt) Value() schema.Value {
	var checks []schema.Member
	for _, c := range verifier.Checks() {
		if o, ok := x.Checks[c.Name]; ok {
			checks = append(checks, schema.Member{Name: c.Name, Value: schema.StringValue(o.String())})
		}
	}
	trust := make([]schema.Value, len(x.Trust))
	for i, l := range x.Trust {
		trust[i] = schema.StringValue(l)
	}
	members := []schema.Member{
		{Name: "iss", Value: schema.StringValue(x.Issuer)},
		{Name: "iat", Value: schema.NumberValue(strconv.FormatInt(x.CheckedAt.Unix(), 10))},
		{Name: "sub", Value: schema.StringValue(subject + x.SHA256)},
		{Name: "verdict", Value: schema.StringValue(string(x.Verdict))},
		{Name: "checks", Value: schema.ObjectValue(checks...)},
		{Name: "evaluatedAt", Value: schema.StringValue(schema.FormatTime(x.EvaluatedAt))},
		{Name: "trust", Value: schema.ArrayValue(trust...)},
	}
	if x.Test {
		members = append(members, schema.Member{Name: "test", Value: schema.BoolValue(true)})
	}
	return schema.ObjectValue(members...)
}
