package main

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
)

// The credentials that suites send: of both data models, with words of an inline
// context.
const (
	credential20 = `{"@context":["https://www.w3.org/ns/credentials/v2",{"AlumniCredential":"urn:example:AlumniCredential","alumniOf":"https://schema.org#alumniOf"}],
		"id":"urn:uuid:86294362-4254-4f36-854f-3952fe42555d","type":["VerifiableCredential","AlumniCredential"],"issuer":"did:example:issuer",
		"credentialSubject":{"id":"did:key:z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b","alumniOf":"The School of Examples"}}`
	credential11 = `{"@context":["https://www.w3.org/2018/credentials/v1",{"AlumniCredential":"urn:example:AlumniCredential","alumniOf":"https://schema.org#alumniOf"}],
		"id":"urn:uuid:86294362-4254-4f36-854f-3952fe42555d","type":["VerifiableCredential","AlumniCredential"],"issuer":"did:example:issuer",
		"credentialSubject":{"id":"did:key:z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b","alumniOf":"The School of Examples"}}`
)

var dateTimeStamp = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)

// embedded are the profiles that put a proof into the document.
func embedded() (all []profile) {
	for _, p := range profiles {
		if p.name != "jose" {
			all = append(all, p)
		}
	}
	return all
}

// issueAny issues a credential and, of a base proof, derives what is shown.
func (c *client) issueAny(t *testing.T, p profile, credential string) (issued, shown schema.Value) {
	t.Helper()
	pointers := func(name string, list ...string) schema.Member {
		var items []schema.Value
		for _, s := range list {
			items = append(items, schema.StringValue(s))
		}
		return member(name, schema.ArrayValue(items...))
	}
	issued = c.issued(p.name, parse(t, credential), pointers("mandatoryPointers", "/issuer"))
	if p.format != "ecdsa-sd-2023" {
		return issued, issued
	}
	if r := c.verify(issued); r.status != http.StatusBadRequest {
		t.Errorf("a base proof is accepted: %s", r)
	}
	r := c.post("/credentials/derive", member("verifiableCredential", issued),
		member("options", schema.ObjectValue(pointers("selectivePointers", "/credentialSubject/id"))))
	shown, ok := r.body.Get("verifiableCredential")
	if r.status != http.StatusCreated || !ok {
		t.Fatalf("derive: %d %s", r.status, r)
	}
	return issued, shown
}

// TestIssuedShape asserts of each profile, over both data models, what the suites
// for cryptosuites ask of an issuer, and that its own verifier takes it.
func TestIssuedShape(t *testing.T) {
	c := start(t)
	issuers := c.do("GET", "/interop/issuers.json", nil).body
	headers := map[string]string{
		"eddsa-rdfc-2022": "did:key:z6Mk", "eddsa-jcs-2022": "did:key:z6Mk", "ecdsa-rdfc-2019-p256": "did:key:zDna", "ecdsa-rdfc-2019-p384": "did:key:z82L",
		"ecdsa-jcs-2019-p256": "did:key:zDna", "ecdsa-sd-2023": "did:key:zDna", "status": "did:key:z6Mk", "Ed25519Signature2020": "did:key:z6Mk",
	}
	for _, p := range embedded() {
		for model, credential := range map[string]string{"1.1": credential11, "2.0": credential20} {
			t.Run(p.name+" "+model, func(t *testing.T) {
				c := c.in(t)
				issued, shown := c.issueAny(t, p, credential)
				unchanged(t, parse(t, credential).Without("credentialStatus"), issued.Without("credentialStatus"))
				did := issuers.GetString(p.name)
				if !strings.HasPrefix(did, headers[p.name]) || issued.GetString("issuer") != did {
					t.Errorf("issuer %s, announced %s", issued.GetString("issuer"), did)
				}
				checkProof(t, p, did, issued)
				for route, r := range map[string]response{"strict": c.verify(shown), "proof only": c.verifyProof(shown)} {
					if r.status != http.StatusOK || string(schema.Marshal(r.body)) != `{"verified":true,"problemDetails":[]}` {
						t.Errorf("%s: %d %s", route, r.status, r)
					}
				}
			})
		}
	}
	judge.Score{
		Suite: "After the W3C suites for EdDSA, ECDSA with sd-2023 and Ed25519Signature2020: shape of issued proofs",
		How:   "every profile over VC 1.1 and 2.0: members, headers and lengths of the proof; both verify routes take it", Passed: 2 * len(embedded()),
	}.Report(t)
}

func checkProof(t *testing.T, p profile, did string, issued schema.Value) {
	t.Helper()
	proof, _ := issued.Get("proof")
	_, fragment, _ := strings.Cut(did, "did:key:")
	typ, suite, value := proof.GetString("type"), proof.GetString("cryptosuite"), proof.GetString("proofValue")
	if p.format == "Ed25519Signature2020" {
		typ, suite = map[string]string{p.format: "DataIntegrityProof"}[typ], p.format
	}
	switch {
	case proof.Kind != schema.Object, typ != "DataIntegrityProof", suite != p.format:
		t.Errorf("proof is %s", schema.Marshal(proof))
	case !dateTimeStamp.MatchString(proof.GetString("created")):
		t.Errorf("created is %q", proof.GetString("created"))
	case proof.GetString("verificationMethod") != did+"#"+fragment, proof.GetString("proofPurpose") != "assertionMethod":
		t.Errorf("proof is %s", schema.Marshal(proof))
	case p.format == "ecdsa-sd-2023" && !strings.HasPrefix(value, "u2V0A"): // CBOR tag d95d00
		t.Errorf("proofValue is %s", value)
	case p.format != "ecdsa-sd-2023" && !strings.HasPrefix(value, "z"):
		t.Errorf("proofValue is %s", value)
	}
	if contexts, has := proof.Get("@context"); has != strings.Contains(p.format, "-jcs-") {
		t.Errorf("@context of the proof: %s", schema.Marshal(contexts))
	}
}

// A change is something that a verifier has to notice.
type change struct {
	name string
	make func(v schema.Value) schema.Value
	code string // among those of the answer
}

// inProof changes a member of the proof; a zero value takes it away.
func inProof(name string, to schema.Value) func(schema.Value) schema.Value {
	return func(v schema.Value) schema.Value {
		p, _ := v.Get("proof")
		if to.Kind == schema.Null {
			return v.With("proof", p.Without(name))
		}
		return v.With("proof", p.With(name, to))
	}
}

func inDocument(name string, to schema.Value) func(schema.Value) schema.Value {
	return func(v schema.Value) schema.Value {
		if to.Kind == schema.Null {
			return v.Without(name)
		}
		return v.With(name, to)
	}
}

// valueWith alters the text of the proof value.
func valueWith(alter func(string) string) func(schema.Value) schema.Value {
	return func(v schema.Value) schema.Value {
		p, _ := v.Get("proof")
		return v.With("proof", p.With("proofValue", schema.StringValue(alter(p.GetString("proofValue")))))
	}
}

var (
	text   = schema.StringValue
	number = schema.NumberValue("4")
	null   = schema.Value{}
	array  = schema.ArrayValue()
	object = schema.ObjectValue()
)

// changes are what the suites for cryptosuites do to a proof, and what those for
// the VC API do to a credential.
var changes = []change{
	{"no proof", inDocument("proof", null), "PARSING_ERROR"},
	{"proof is an empty list", inDocument("proof", array), "PARSING_ERROR"},
	{"proof is a string", inDocument("proof", text("proof")), "PARSING_ERROR"},
	{"proof is a number", inDocument("proof", number), "PARSING_ERROR"},
	{"no type", inProof("type", null), "PROOF_VERIFICATION_ERROR"},
	{"unknown type", inProof("type", text("UnknownProofType")), "PROOF_VERIFICATION_ERROR DATA_LOSS_DETECTION_ERROR"},
	{"no verificationMethod", inProof("verificationMethod", null), "PROOF_VERIFICATION_ERROR"},
	{"another verificationMethod", inProof("verificationMethod", text("did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2")), "UNBOUND_KEY UNSUPPORTED_ALGORITHM"},
	{"verificationMethod is no URL", inProof("verificationMethod", text("not a url")), "INVALID_VERIFICATION_METHOD_URL"},
	{"no proofPurpose", inProof("proofPurpose", null), "PROOF_VERIFICATION_ERROR"},
	{"another proofPurpose", inProof("proofPurpose", text("authentication")), "PROOF_VERIFICATION_ERROR"},
	{"no proofValue", inProof("proofValue", null), "PROOF_VERIFICATION_ERROR"},
	{"proofValue is a number", inProof("proofValue", number), "PROOF_VERIFICATION_ERROR"},
	{"created is no date", inProof("created", text("yesterday")), "PROOF_VERIFICATION_ERROR"},
	{"expires is no date", inProof("expires", text("tomorrow")), "PROOF_VERIFICATION_ERROR"},
	{"expires is past", inProof("expires", text("2020-01-01T00:00:00Z")), "PROOF_VERIFICATION_ERROR"},
	{"proofValue without header", valueWith(func(s string) string { return s[1:] }), "PROOF_VERIFICATION_ERROR"},
	{"proofValue with another header", valueWith(func(s string) string { return "m" + s[1:] }), "PROOF_VERIFICATION_ERROR"},
	{"proofValue is shorter", valueWith(func(s string) string { return s[:len(s)-8] }), "PROOF_VERIFICATION_ERROR"},
	{"proofValue is empty", valueWith(func(s string) string { return "z" }), "PROOF_VERIFICATION_ERROR"},
	{"previousProof names nothing", inProof("previousProof", text("urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544")), "PROOF_VERIFICATION_ERROR UNSUPPORTED_ALGORITHM"},
	{"previousProof is a number", inProof("previousProof", number), "PROOF_VERIFICATION_ERROR UNSUPPORTED_ALGORITHM"},
	{"no @context", inDocument("@context", null), "MALFORMED_VALUE_ERROR"},
	{"no type of the credential", inDocument("type", null), "MALFORMED_VALUE_ERROR"},
	{"type is an object", inDocument("type", object), "MALFORMED_VALUE_ERROR"},
	{"no issuer", inDocument("issuer", null), "MALFORMED_VALUE_ERROR"},
	{"issuer is a number", inDocument("issuer", number), "MALFORMED_VALUE_ERROR"},
	{"another issuer", inDocument("issuer", text("did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2")), "UNBOUND_KEY"},
	{"no credentialSubject", inDocument("credentialSubject", null), "MALFORMED_VALUE_ERROR"},
	{"credentialSubject is a string", inDocument("credentialSubject", text("x")), "MALFORMED_VALUE_ERROR"},
	{"another credentialSubject", inDocument("credentialSubject", schema.ObjectValue(member("id", text("did:example:another")))), "CRYPTOGRAPHIC_SECURITY_ERROR"},
	{"an undefined term", inDocument("undefinedTerm", text("x")), "DATA_LOSS_DETECTION_ERROR"},
	{"an undefined type", inDocument("type", schema.ArrayValue(text("VerifiableCredential"), text("UndefinedType"))), "DATA_LOSS_DETECTION_ERROR"},
	{"a relative address", inDocument("id", text("/relative")), "MALFORMED_VALUE_ERROR DATA_LOSS_DETECTION_ERROR"},
}

// createdMissing is a fault only where the suite requires created.
var createdMissing = change{"no created", inProof("created", null), "PROOF_VERIFICATION_ERROR"}

// TestVerifierRefuses sends every change of what each profile issued, and asserts
// that the answer is exactly 400 and names a reason that fits.
func TestVerifierRefuses(t *testing.T) {
	c := start(t)
	n := 0
	for _, p := range embedded() {
		for model, credential := range map[string]string{"1.1": credential11, "2.0": credential20} {
			_, shown := c.issueAny(t, p, credential)
			var tries []change
			if p.format == "Ed25519Signature2020" {
				tries = append(slices.Clone(changes), createdMissing)
			} else {
				tries = append(slices.Clone(changes), change{"unknown cryptosuite", inProof("cryptosuite", text("unknown-2022")), "UNSUPPORTED_ALGORITHM"},
					change{"no cryptosuite", inProof("cryptosuite", null), "PROOF_VERIFICATION_ERROR"})
			}
			for _, ch := range tries {
				t.Run(fmt.Sprint(p.name, " ", model, " ", ch.name), func(t *testing.T) {
					n++
					r := c.verify(ch.make(shown))
					verified, _ := r.body.Get("verified")
					if r.status != http.StatusBadRequest || verified.Kind != schema.Bool || verified.True {
						t.Fatalf("%d: %s", r.status, r)
					}
					got, want := strings.Fields(r.codes()), ch.code
					if want == "DATA_LOSS_DETECTION_ERROR" && strings.Contains(p.format, "-jcs-") {
						want = "CRYPTOGRAPHIC_SECURITY_ERROR" // over text nothing is lost, and everything is signed
					}
					if !slices.ContainsFunc(strings.Fields(want), func(code string) bool { return slices.Contains(got, code) }) {
						t.Errorf("refused for %v, not for %s: %s", got, want, r)
					}
				})
			}
		}
	}
	judge.Score{
		Suite: "After the W3C suites for Data Integrity and the CCG suite for VC API verifiers: what a verifier refuses",
		How:   "every profile over VC 1.1 and 2.0, each member of proof and credential taken away, of another type or changed: 400, with a code that fits", Passed: n,
	}.Report(t)
}
