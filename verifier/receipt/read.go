package receipt

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"merkki/keys"
	"merkki/proof/jose"
	"merkki/schema"
	"merkki/verifier"
)

// limits bound a receipt: one with all checks has 1 KiB.
var limits = schema.Limits{Bytes: 64 << 10, Depth: 8, Values: 500}

// A Reading is what became of a receipt that somebody shows. Its verdict is about
// the receipt: Valid means that its issuer wrote it as it stands. What the receipt
// says of a credential is Receipt.Verdict.
type Reading struct {
	Verdict verifier.Verdict
	Signed  bool // it claims to be signed
	Receipt Receipt
	Method  string // of the key, as the header names it
	// Fault is what stood in the way, nil when the verdict is Valid or nobody
	// signed.
	Fault *schema.Fault
}

// Recognise says whether b is a receipt, signed or not, by its header or its
// members. Everything else is for the verifier of credentials.
func Recognise(b []byte) bool {
	b = bytes.TrimSpace(b)
	if len(b) == 0 || len(b) > limits.Bytes {
		return false
	}
	if typ, _, ok := jose.HeaderOf(b); ok {
		return typ == Type
	}
	_, ok := unsigned(b)
	return ok
}

func unsigned(b []byte) (schema.Value, bool) {
	if schema.Recognise(b) != schema.FormJSON {
		return schema.Value{}, false
	}
	doc, err := schema.Parse(b, limits)
	if err != nil {
		return schema.Value{}, false
	}
	signed, there := doc.Root().Get("signed")
	return doc.Root(), there && signed.Kind == schema.Bool && !signed.True && strings.HasPrefix(doc.Root().GetString("sub"), subject)
}

// Parse reads a receipt that nobody signed. The error is a [*schema.Fault].
func Parse(b []byte) (Receipt, error) {
	root, ok := unsigned(b)
	if !ok {
		return Receipt{}, wrong("signed", "boolean")
	}
	return parse(root)
}

// Read reads a receipt that [Recognise] recognised, and asks the one it names
// for the key. The error is about us: ctx is done.
func Read(ctx context.Context, b []byte, resolver keys.Resolver) (Reading, error) {
	b = bytes.TrimSpace(b)
	typ, kid, signed := jose.HeaderOf(b)
	if !signed {
		root, _ := unsigned(b)
		x, err := parse(root)
		return Reading{Verdict: verifier.Indeterminate, Receipt: x, Fault: faultOf(err)}.judged(), nil
	}
	reading := Reading{Signed: true, Method: kid}
	if typ != Type { // nobody asked Recognise
		reading.Fault = schema.Found("format.type", "", map[string]any{"found": typ})
		return reading.judged(), nil
	}
	method, err := resolver.Resolve(ctx, kid)
	if ctx.Err() != nil {
		return Reading{}, ctx.Err()
	}
	if err != nil {
		reading.Fault = faultOf(err)
		return reading.judged(), nil
	}
	doc, err := jose.OpenSigned(b, method.Key, limits, "EdDSA", "ES256")
	if err == nil {
		reading.Receipt, err = parse(doc.Root())
	}
	if err == nil {
		err = fits(reading.Receipt, method)
	}
	reading.Fault = faultOf(err)
	return reading.judged(), nil
}

// fits asks whether the key is the issuer's, is one for receipts and was in
// force.
func fits(x Receipt, m *keys.Method) error {
	args := map[string]any{"method": m.ID, "issuer": x.Issuer}
	switch {
	case m.Controller != x.Issuer || !strings.HasPrefix(m.ID, x.Issuer+"#"):
		return schema.Found("key.unbound", "", args)
	case len(m.Relationships) > 0: // a key that signs credentials, or logs somebody in
		return schema.Found("key.relationship", "", map[string]any{"method": m.ID, "purpose": "receipt"})
	case !m.Revoked.IsZero():
		return schema.Found("key.revoked", "", map[string]any{"method": m.ID, "revoked": schema.FormatTime(m.Revoked)})
	}
	return nil
}

// MarshalJSON writes the reading for programs: the verdict about the receipt, what
// it says (null where it could not be read), and what stood in the way.
func (r Reading) MarshalJSON() ([]byte, error) {
	out := struct {
		Verdict verifier.Verdict `json:"verdict"`
		Signed  bool             `json:"signed"`
		Method  string           `json:"verificationMethod,omitempty"`
		Code    schema.Code      `json:"code,omitempty"`
		Finding string           `json:"finding,omitempty"`
		Receipt json.RawMessage  `json:"receipt"`
	}{Verdict: r.Verdict, Signed: r.Signed, Method: r.Method, Receipt: json.RawMessage("null")}
	if r.Fault != nil {
		out.Code, out.Finding = r.Fault.Code, r.Fault.Finding
	}
	if r.Receipt.SHA256 != "" {
		out.Receipt = schema.Marshal(r.Receipt.Value())
	}
	return json.Marshal(out)
}

// judged computes the verdict.
func (r Reading) judged() Reading {
	switch {
	case r.Fault != nil && r.Fault.Outcome == schema.Fail:
		r.Verdict, r.Receipt = verifier.Invalid, Receipt{} // what is not its issuer's word is not shown as one
	case r.Fault != nil || !r.Signed:
		r.Verdict = verifier.Indeterminate
	default:
		r.Verdict = verifier.Valid
	}
	return r
}

// faultOf finds the fault in an error; one that has none says nothing against the
// receipt.
func faultOf(err error) *schema.Fault {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*schema.Fault](err); ok {
		return f
	}
	return schema.Found("key.unreachable", "", map[string]any{"reason": "unknown"})
}

// parse reads the payload strictly: what is missing or has another form makes it
// no receipt.
func parse(v schema.Value) (Receipt, error) {
	x := Receipt{Issuer: v.GetString("iss"), Verdict: verifier.Verdict(v.GetString("verdict")), Checks: map[string]schema.Outcome{}, Trust: []string{}}
	iat, _ := v.Get("iat")
	seconds, err := strconv.ParseInt(iat.Text, 10, 64)
	if err != nil || iat.Kind != schema.Number || seconds < 0 || seconds > 1<<38 {
		return Receipt{}, wrong("iat", "number")
	}
	x.CheckedAt = time.Unix(seconds, 0).UTC()
	if x.EvaluatedAt, err = schema.ParseTime(v.GetString("evaluatedAt")); err != nil {
		return Receipt{}, wrong("evaluatedAt", "date-time")
	}
	var digest bool
	x.SHA256, digest = strings.CutPrefix(v.GetString("sub"), subject)
	if sum, err := hex.DecodeString(x.SHA256); !digest || err != nil || len(sum) != 32 {
		return Receipt{}, wrong("sub", "sha-256:HEX")
	}
	if !slices.Contains([]verifier.Verdict{verifier.Valid, verifier.Invalid, verifier.Indeterminate}, x.Verdict) {
		return Receipt{}, wrong("verdict", "valid, invalid, indeterminate")
	}
	checks, _ := v.Get("checks")
	for _, m := range checks.Members {
		var o schema.Outcome
		if o.UnmarshalText([]byte(m.Value.Text)) != nil {
			return Receipt{}, wrong("checks", "outcomes")
		}
		x.Checks[m.Name] = o
	}
	for _, l := range v.GetList("trust") {
		x.Trust = append(x.Trust, l.Text)
	}
	test, _ := v.Get("test")
	x.Test = test.True
	return x, nil
}

func wrong(member, expected string) *schema.Fault {
	return schema.Found("schema.shape", "/"+member, map[string]any{"member": member, "rule": "type", "expected": expected})
}
