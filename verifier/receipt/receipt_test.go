package receipt_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"merkki/keys"
	"merkki/proof/jose"
	"merkki/schema"
	"merkki/verifier"
	"merkki/verifier/receipt"
)

const (
	checker = "did:web:checker.example"
	method  = checker + "#receipts"
)

// A key signs under a name of its choice.
type key struct {
	crypto.Signer
	id string
}

func (k key) VerificationMethod() string { return k.id }

// published answers for the methods there are.
type published map[string]*keys.Method

func (p published) Resolve(_ context.Context, id string) (*keys.Method, error) {
	if m, ok := p[id]; ok {
		return m, nil
	}
	return nil, schema.Found("key.unreachable", "", map[string]any{"reason": "dns"})
}

func newKey(t testing.TB, id string) key {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key{private, id}
}

func (k key) method() *keys.Method {
	return &keys.Method{ID: k.id, Controller: checker, Key: k.Public()}
}

var report = &verifier.Report{
	Verdict: verifier.Invalid, CheckedAt: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), EvaluatedAt: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
	Input: verifier.Input{Kind: "json", SHA256: strings.Repeat("ab", 32)},
	Checks: []verifier.CheckResult{
		{Name: "input.size", Status: schema.Pass}, {Name: "proof.signature", Status: schema.Fail, Args: map[string]any{"secret": "Aino"}},
		{Name: "credential.status", Status: schema.NotRun},
	},
	Credential: json.RawMessage(`{"name":"Aino"}`),
}

var lists = []verifier.TrustList{{Name: "Universities", Version: "7", Date: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}, {Source: "own.json"}}

// TestPayload: a receipt says what it has to and nothing of the content.
func TestPayload(t *testing.T) {
	want := `{"signed":false,"iss":"https://checker.example","iat":1795608000,"sub":"sha-256:` + strings.Repeat("ab", 32) +
		`","verdict":"invalid","checks":{"input.size":"pass","proof.signature":"fail","credential.status":"not-run"},` +
		`"evaluatedAt":"2026-03-01T00:00:00Z","trust":["Universities 7 2026-01-02","own.json"]}`
	if got := string(receipt.Of(report, "https://checker.example", lists).Unsigned()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestReading: what readers are told about a receipt, as it was signed and after
// something was done to it.
func TestReading(t *testing.T) {
	k := newKey(t, method)
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x := receipt.Of(report, "https://checker.example", lists)
	signed := func(k key) []byte {
		b, err := x.Sign(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	other := func(typ string) []byte {
		b, err := jose.SignOther(t.Context(), x.Value().With("iss", schema.StringValue(checker)), k, typ)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	with := func(change func(*keys.Method)) published {
		m := k.method()
		change(m)
		return published{method: m}
	}
	altered := func(b []byte) []byte {
		parts := strings.Split(string(b), ".")
		payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
		parts[1] = base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(payload), `"invalid"`, `"valid"`, 1)))
		return []byte(strings.Join(parts, "."))
	}
	world := published{method: k.method()}
	for _, c := range []struct {
		name    string
		b       []byte
		world   published
		verdict verifier.Verdict
		finding string
	}{
		{"as it was signed", signed(k), world, verifier.Valid, ""},
		{"with a line break of an editor", append(signed(k), '\n'), world, verifier.Valid, ""},
		{"signed with P-256", signed(key{p256, method}), published{method: {ID: method, Controller: checker, Key: p256.Public()}}, verifier.Valid, ""},
		{"verdict altered", altered(signed(k)), world, verifier.Invalid, "signature.mismatch"},
		{"another's key under the name", signed(newKey(t, method)), world, verifier.Invalid, "signature.mismatch"},
		{"the key of somebody else", signed(k), with(func(m *keys.Method) { m.Controller = "did:web:other.example" }), verifier.Invalid, "key.unbound"},
		{"a key that signs credentials", signed(k), with(func(m *keys.Method) { m.Relationships = []string{"assertionMethod"} }), verifier.Invalid, "key.relationship"},
		{"a key that was withdrawn", signed(k), with(func(m *keys.Method) { m.Revoked = time.Now() }), verifier.Invalid, "key.revoked"},
		{"a key that cannot be had", signed(k), published{}, verifier.Indeterminate, "key.unreachable"},
		{"not signed", x.Unsigned(), world, verifier.Indeterminate, ""},
	} {
		if !receipt.Recognise(c.b) {
			t.Errorf("%s: not recognised", c.name)
			continue
		}
		r, err := receipt.Read(t.Context(), c.b, c.world)
		finding := ""
		if r.Fault != nil {
			finding = r.Fault.Finding
		}
		if err != nil || r.Verdict != c.verdict || finding != c.finding {
			t.Errorf("%s: %v %s %s, want %s %s", c.name, err, r.Verdict, finding, c.verdict, c.finding)
		}
		if c.verdict == verifier.Invalid && r.Receipt.SHA256 != "" {
			t.Errorf("%s: it is shown as if it were its issuer's word", c.name)
		}
		if c.verdict == verifier.Valid && (r.Receipt.Issuer != checker || r.Receipt.Verdict != verifier.Invalid || r.Receipt.Checks["proof.signature"] != schema.Fail ||
			!slices.Equal(r.Receipt.Trust, x.Trust) || !r.Receipt.CheckedAt.Equal(report.CheckedAt) || !r.Receipt.EvaluatedAt.Equal(report.EvaluatedAt)) {
			t.Errorf("%s: read back as %+v", c.name, r.Receipt)
		}
	}
	for _, b := range [][]byte{other("trust+jwt"), []byte("{}"), []byte(`{"signed":true,"sub":"sha-256:"}`), nil, []byte("a.b.c"), report.Credential} {
		if receipt.Recognise(b) {
			t.Errorf("%.40q is taken for a receipt", b)
		}
	}
	for _, typ := range []string{"", "JWT", "vc+jwt", "vp+jwt"} {
		if _, err := jose.SignOther(t.Context(), x.Value(), k, typ); err == nil {
			t.Errorf("a receipt can be typed %q like a credential", typ)
		}
	}
	if tok, err := jose.Read(signed(k), jose.Options{}); err == nil && tok.Header.Fault == nil {
		t.Error("a receipt is taken for the token of a credential")
	}
}

// FuzzRead: whatever is shown as a receipt is read or faulted, and never valid
// unless our key signed it.
func FuzzRead(f *testing.F) {
	k := newKey(f, method)
	x := receipt.Of(report, "https://checker.example", lists)
	b, err := x.Sign(context.Background(), k)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(x.Unsigned())
	f.Add([]byte(`{"signed":false,"sub":"sha-256:00","iat":1e400,"checks":[],"trust":{}}`))
	world := published{method: k.method()}
	f.Fuzz(func(t *testing.T, in []byte) {
		if !receipt.Recognise(in) {
			return
		}
		r, err := receipt.Read(t.Context(), in, world)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict == verifier.Valid && strings.TrimSpace(string(in)) != string(b) {
			t.Errorf("valid, and never signed: %q", in)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
	})
}
