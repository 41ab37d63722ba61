package main

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mr-tron/base58"

	"merkki/internal/judge"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/statuslist"
)

func literal(t testing.TB, json string) schema.Value {
	t.Helper()
	v, _ := parse(t, `{"v":`+json+`}`).Get("v")
	return v
}

// orders are the conditions of the contract for issuing: members as JSON.
var orders = []struct{ member, value, code string }{
	{"@context", ``, "MALFORMED_VALUE_ERROR"},
	{"@context", `"https://www.w3.org/ns/credentials/v2"`, "MALFORMED_VALUE_ERROR"},
	{"@context", `4`, "MALFORMED_VALUE_ERROR"},
	{"@context", `{}`, "MALFORMED_VALUE_ERROR"},
	{"@context", `[]`, "MALFORMED_VALUE_ERROR"},
	{"@context", `["https://www.w3.org/ns/credentials/examples/v2","https://www.w3.org/ns/credentials/v2"]`, "MALFORMED_VALUE_ERROR"},
	{"@context", `["https://www.w3.org/ns/credentials/v2",4]`, "MALFORMED_VALUE_ERROR"},
	{"@context", `["https://www.w3.org/ns/credentials/v2","relative"]`, "MALFORMED_VALUE_ERROR UNSUPPORTED_CONTEXT"},
	{"@context", `["https://www.w3.org/ns/credentials/v2","https://unloadable.example/context"]`, "UNSUPPORTED_CONTEXT"},
	{"@context", `["https://www.w3.org/ns/credentials/v2",{"VerifiableCredential":"urn:x"}]`, "MALFORMED_VALUE_ERROR UNSUPPORTED_CONTEXT"},
	{"@context", `["https://www.w3.org/ns/credentials/v2",{"VerifiableCredential":null}]`, "MALFORMED_VALUE_ERROR UNSUPPORTED_CONTEXT"},
	{"type", ``, "MALFORMED_VALUE_ERROR"},
	{"type", `"VerifiableCredential"`, "MALFORMED_VALUE_ERROR"},
	{"type", `["AlumniCredential"]`, "MALFORMED_VALUE_ERROR"},
	{"type", `["VerifiableCredential",4]`, "MALFORMED_VALUE_ERROR"},
	{"type", `["VerifiableCredential","Unmapped"]`, "DATA_LOSS_DETECTION_ERROR"},
	{"id", `null`, "MALFORMED_VALUE_ERROR"},
	{"id", `["urn:a","urn:b"]`, "MALFORMED_VALUE_ERROR"},
	{"id", `"no address"`, "MALFORMED_VALUE_ERROR"},
	{"issuer", ``, "MALFORMED_VALUE_ERROR"},
	{"issuer", `null`, "MALFORMED_VALUE_ERROR"},
	{"issuer", `true`, "MALFORMED_VALUE_ERROR"},
	{"issuer", `4`, "MALFORMED_VALUE_ERROR"},
	{"issuer", `[]`, "MALFORMED_VALUE_ERROR"},
	{"issuer", `"no address"`, "MALFORMED_VALUE_ERROR"},
	{"issuer", `{"name":"Somebody"}`, "MALFORMED_VALUE_ERROR"},
	{"credentialSubject", ``, "MALFORMED_VALUE_ERROR"},
	{"credentialSubject", `null`, "MALFORMED_VALUE_ERROR"},
	{"credentialSubject", `true`, "MALFORMED_VALUE_ERROR"},
	{"credentialSubject", `4`, "MALFORMED_VALUE_ERROR"},
	{"credentialSubject", `"x"`, "MALFORMED_VALUE_ERROR"},
	{"credentialSubject", `[]`, "MALFORMED_VALUE_ERROR"},
	{"credentialSubject", `{}`, "MALFORMED_VALUE_ERROR"},
	{"credentialSubject", `[{"id":"did:example:a"},{}]`, "MALFORMED_VALUE_ERROR"},
	{"credentialSubject", `{"id":"did:example:a","undefinedTerm":1}`, "DATA_LOSS_DETECTION_ERROR"},
	{"credentialSubject", `{"id":["did:example:a","did:example:b"]}`, "MALFORMED_VALUE_ERROR"},
	{"validFrom", `"2026-01-01T00:00:00"`, "MALFORMED_VALUE_ERROR"},
	{"validFrom", `"someday"`, "MALFORMED_VALUE_ERROR"},
	{"validUntil", `"2026-13-01T00:00:00Z"`, "MALFORMED_VALUE_ERROR"},
	{"credentialStatus", `{"id":"https://status.example/1"}`, "MALFORMED_VALUE_ERROR"},
	{"credentialStatus", `{"type":"BitstringStatusListEntry","statusPurpose":"revocation","statusListIndex":7,"statusListCredential":"https://status.example/1"}`, "MALFORMED_VALUE_ERROR"},
	{"credentialStatus", `{"type":"BitstringStatusListEntry","statusListIndex":"7","statusListCredential":"https://status.example/1"}`, "MALFORMED_VALUE_ERROR"},
	{"credentialStatus", `{"type":"BitstringStatusListEntry","statusPurpose":"revocation","statusListIndex":"-7","statusListCredential":"https://status.example/1"}`, "MALFORMED_VALUE_ERROR"},
	{"termsOfUse", `{"id":"https://terms.example/"}`, "MALFORMED_VALUE_ERROR"},
	{"evidence", `{"id":"https://evidence.example/"}`, "MALFORMED_VALUE_ERROR"},
	{"refreshService", `{"id":"https://refresh.example/"}`, "MALFORMED_VALUE_ERROR"},
	{"credentialSchema", `{"id":"https://schema.example/"}`, "MALFORMED_VALUE_ERROR"},
	{"credentialSchema", `{"type":"JsonSchema"}`, "MALFORMED_VALUE_ERROR"},
	{"credentialSchema", `{"type":"JsonSchema","id":"no address"}`, "MALFORMED_VALUE_ERROR"},
	{"name", `4`, "MALFORMED_VALUE_ERROR"},
	{"name", `{"@value":"x","@language":"en","other":"y"}`, "MALFORMED_VALUE_ERROR"},
	{"description", `["x",{"no":"value"}]`, "MALFORMED_VALUE_ERROR"},
	{"relatedResource", `["https://x.example/"]`, "MALFORMED_VALUE_ERROR"},
	{"relatedResource", `[{"digestSRI":"sha256-x"}]`, "MALFORMED_VALUE_ERROR"},
	{"relatedResource", `[{"id":"https://x.example/"}]`, "MALFORMED_VALUE_ERROR"},
	{"relatedResource", `[{"id":"https://x.example/","digestSRI":"sha256-x"},{"id":"https://x.example/","digestSRI":"sha256-y"}]`, "MALFORMED_VALUE_ERROR"},
	{"relatedResource", `[{"id":"https://www.w3.org/ns/credentials/v2","digestSRI":"sha384-` + strings.Repeat("A", 64) + `"}]`, "CRYPTOGRAPHIC_SECURITY_ERROR"},
	{"relatedResource", `[{"id":"https://www.w3.org/ns/credentials/v2","digestMultibase":"uEi` + strings.Repeat("A", 43) + `"}]`, "CRYPTOGRAPHIC_SECURITY_ERROR"},

	{"id", ``, ""},
	{"credentialSubject", `{"id":"did:example:a"}`, ""},
	{"credentialSubject", `[{"id":"did:example:a"},{"id":"did:example:b"}]`, ""},
	{"validFrom", `"2026-01-01T00:00:00.123Z"`, ""},
	{"validFrom", `"2120-01-01T00:00:00+02:00"`, ""},
	{"credentialStatus", `[{"type":"urn:example:Status"},{"id":"urn:x:1","type":"urn:example:Status"}]`, ""},
	{"evidence", `[{"type":"urn:example:Evidence"}]`, ""},
	{"termsOfUse", `[{"type":"urn:example:Terms"}]`, ""},
	{"refreshService", `{"type":"urn:example:Refresh"}`, ""},
	{"credentialSchema", `[{"id":"https://schema.example/","type":"JsonSchema"}]`, ""},
	{"name", `[{"@value":"x","@language":"en"},{"@value":"y","@language":"ar","@direction":"rtl"}]`, ""},
	{"relatedResource", `[{"id":"https://x.example/","digestSRI":"sha256-x"}]`, ""},
	{"issuer", `{"id":"did:example:issuer","name":"Somebody"}`, ""},
}

// TestIssuerRefuses asks for what an issuer has to refuse, and for what it must
// not.
func TestIssuerRefuses(t *testing.T) {
	c := start(t)
	n := 0
	for i, o := range orders {
		n++
		t.Run(strconv.Itoa(i)+" "+o.member, func(t *testing.T) {
			v := parse(t, credential20).Without(o.member)
			if o.value != "" {
				v = v.With(o.member, literal(t, o.value))
			}
			r := c.issue("eddsa-rdfc-2022", v)
			switch {
			case o.code == "" && r.status != http.StatusCreated, o.code != "" && r.status != http.StatusBadRequest:
				t.Errorf("%s: %d %s", o.value, r.status, r)
			case o.code != "" && !slices.Contains(strings.Fields(o.code), r.codes()):
				t.Errorf("%s: refused as %s, not %s: %s", o.value, r.codes(), o.code, r)
			case o.code != "" && !strings.HasPrefix(r.body.GetString("type"), "https://"):
				t.Errorf("type is %q", r.body.GetString("type"))
			}
		})
	}
	judge.Score{Suite: "After the CCG suite for VC API issuers and the W3C suite for VC Data Model 2.0: what an issuer refuses",
		How: "each condition of their contract, with the code of the answer, and what must not be refused", Passed: n}.Report(t)
}

func TestIssuingPeriod(t *testing.T) {
	c := start(t)
	v := parse(t, credential20).With("validFrom", text("2026-02-01T00:00:00Z")).With("validUntil", text("2026-01-01T00:00:00Z"))
	if r := c.issue("eddsa-rdfc-2022", v); r.status != http.StatusBadRequest || r.codes() != "MALFORMED_VALUE_ERROR" {
		t.Errorf("%d: %s", r.status, r)
	}
}

// TestDigests of the base context, in each form that suites use. The bytes are
// those that the W3C serves, which are in the reference data.
func TestDigests(t *testing.T) {
	b, err := os.ReadFile(judge.Data(t, "vectors", "contexts", "credentials", "v2"))
	if err != nil {
		t.Fatal(err)
	}
	stale, err := os.ReadFile(judge.Data(t, "vectors", "contexts", "credentials", "v2.2024-07-20-suite-digest"))
	if err != nil {
		t.Fatal(err)
	}
	s256, s384, s512, old := sha256.Sum256(b), sha512.Sum384(b), sha512.Sum512(b), sha512.Sum384(stale)
	c := start(t)
	for _, row := range []struct {
		member, value string
		status        int
	}{
		{"digestSRI", "sha256-" + base64.StdEncoding.EncodeToString(s256[:]), 201},
		{"digestSRI", "sha384-" + base64.StdEncoding.EncodeToString(s384[:]), 201},
		{"digestSRI", "sha512-" + base64.StdEncoding.EncodeToString(s512[:]), 201},
		{"digestMultibase", "u" + base64.RawURLEncoding.EncodeToString(append([]byte{0x12, 0x20}, s256[:]...)), 201},
		{"digestMultibase", "u" + base64.RawURLEncoding.EncodeToString(s256[:]), 201},
		{"digestMultibase", "z" + base58.Encode(append([]byte{0x12, 0x20}, s256[:]...)), 201},
		{"digestSRI", "sha384-" + base64.StdEncoding.EncodeToString(old[:]), 400},
		{"digestSRI", "sha384-" + base64.StdEncoding.EncodeToString(s256[:]), 400},
		{"digestMultibase", "x" + base64.RawURLEncoding.EncodeToString(s256[:]), 400},
		{"digestMultibase", strings.Repeat("z", 4000), 400},
	} {
		resource := schema.ObjectValue(member("id", text(jsonld.BaseV2)), member(row.member, text(row.value)))
		v := parse(t, credential20).With("relatedResource", schema.ArrayValue(resource))
		if r := c.issue("eddsa-rdfc-2022", v); r.status != row.status {
			t.Errorf("%s %s: %d %s", row.member, row.value, r.status, r)
		}
	}
}

// TestStatusProfile asserts what the suite for Bitstring Status List asks of an
// entry and of the list, and that the verifier reads it.
func TestStatusProfile(t *testing.T) {
	c := start(t)
	seen := map[string]bool{}
	for range 8 {
		issued := c.issued("status", parse(t, credential20))
		entry, _ := issued.Get("credentialStatus")
		index, err := strconv.Atoi(entry.GetString("statusListIndex"))
		if entry.GetString("type") != "BitstringStatusListEntry" || entry.GetString("statusPurpose") != "revocation" || err != nil || index < 0 || index >= statuslist.MinEntries || seen[entry.GetString("statusListIndex")] {
			t.Fatalf("entry %s", schema.Marshal(entry))
		}
		seen[entry.GetString("statusListIndex")] = true
		for _, absent := range []string{"statusSize", "statusMessage"} {
			if _, has := entry.Get(absent); has {
				t.Errorf("the entry has %s", absent)
			}
		}
		path, ours := strings.CutPrefix(entry.GetString("statusListCredential"), c.base)
		if !ours || entry.GetString("id") == entry.GetString("statusListCredential") || !strings.HasPrefix(entry.GetString("statusReference"), "https://") {
			t.Fatalf("entry %s", schema.Marshal(entry))
		}
		checkList(t, c, path, issued.GetString("issuer"))
		if r := c.verify(issued); r.status != http.StatusOK {
			t.Errorf("%s", r)
		}
		// A place beyond the list is no answer.
		beyond := issued.With("credentialStatus", entry.With("statusListIndex", text("999999999")))
		if r := c.verify(beyond); r.status != http.StatusBadRequest {
			t.Errorf("an altered entry is accepted: %s", r)
		}
	}
	if r := c.do("GET", "/status/2", nil); r.status != http.StatusNotFound {
		t.Errorf("another list: %d", r.status)
	}
	judge.Score{Suite: "After the W3C suite for Bitstring Status List: entries and lists", Passed: len(seen),
		How: "credentials issued: members of entry and list, place, size, expansion, own verification. No statusSize and statusMessage: the suite counts messages otherwise than the specification"}.Report(t)
}

func checkList(t *testing.T, c *client, path, issuer string) {
	t.Helper()
	r := c.do("GET", path, nil)
	list := r.body
	types, subject := list.GetList("type"), schema.Value{}
	subject, _ = list.Get("credentialSubject")
	issuerMember, _ := list.Get("issuer")
	switch {
	case r.status != http.StatusOK || r.header.Get("Content-Type") != "application/vc":
		t.Errorf("%d %s", r.status, r.header.Get("Content-Type"))
	case len(types) != 2 || list.GetList("@context")[0].Text != jsonld.BaseV2 || issuerMember.Kind != schema.String || issuerMember.Text != issuer:
		t.Errorf("list %s", list.Without("credentialSubject").GetString("issuer"))
	case subject.GetString("type") != "BitstringStatusList" || subject.GetString("statusPurpose") != "revocation" || list.GetString("id") != c.base+path:
		t.Errorf("list %s", list.GetString("id"))
	}
	if bits, err := statuslist.Decode(subject.GetString("encodedList")); err != nil || bits.Len() < statuslist.MinEntries {
		t.Errorf("encodedList: %v", err)
	}
	if r := c.verify(list); r.status != http.StatusOK {
		t.Errorf("the list does not verify: %s", r)
	}
}

// TestPresentations are bound to the occasion where both sides name one.
func TestPresentations(t *testing.T) {
	c := start(t)
	credential := sign(t, parse(t, credential20).With("issuer", text(holder(t).did)), holder(t), proof.Options{})
	v := parse(t, `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"]}`).
		With("holder", text(holder(t).did)).With("verifiableCredential", schema.ArrayValue(credential))
	signed := present(t, v, proof.Options{Challenge: "uYWJj", Domain: []string{"verifier.example"}})
	free := present(t, v, proof.Options{})
	subject, _ := credential.Get("credentialSubject")
	altered := present(t, v.With("verifiableCredential", schema.ArrayValue(credential.With("credentialSubject", subject.With("alumniOf", text("another school"))))), proof.Options{})
	assertion := sign(t, v, holder(t), proof.Options{})
	for _, row := range []struct {
		name              string
		v                 schema.Value
		challenge, domain string
		code              string
	}{
		{"as asked", signed, "uYWJj", "verifier.example", ""},
		{"asked for nothing", signed, "", "", ""},
		{"names nothing", free, "uYWJj", "verifier.example", ""},
		{"another challenge", signed, "uZGVm", "verifier.example", "INVALID_CHALLENGE_ERROR"},
		{"another domain", signed, "uYWJj", "other.example", "INVALID_DOMAIN_ERROR"},
		{"purpose of a credential", assertion, "", "", "PROOF_VERIFICATION_ERROR"},
		{"a credential inside is altered", altered, "", "", "CRYPTOGRAPHIC_SECURITY_ERROR"},
		{"changed proof value", valueWith(func(s string) string { return s[:len(s)-2] + "11" })(free), "", "", "CRYPTOGRAPHIC_SECURITY_ERROR PROOF_VERIFICATION_ERROR"},
		{"no type", free.Without("type"), "", "", "MALFORMED_VALUE_ERROR"},
		{"another type", free.With("type", schema.ArrayValue(text("VerifiableCredential"))), "", "", "MALFORMED_VALUE_ERROR"},
		{"no context", free.Without("@context"), "", "", "MALFORMED_VALUE_ERROR"},
		{"no proof", free.Without("proof"), "", "", "PARSING_ERROR"},
		{"holder is no address", free.With("holder", text("somebody")), "", "", "MALFORMED_VALUE_ERROR"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var options []schema.Member
			for name, value := range map[string]string{"challenge": row.challenge, "domain": row.domain} {
				if value != "" {
					options = append(options, member(name, text(value)))
				}
			}
			r := c.post("/presentations/verify", member("verifiablePresentation", row.v), member("options", schema.ObjectValue(options...)))
			if row.code == "" && r.status != http.StatusOK || row.code != "" && r.status != http.StatusBadRequest {
				t.Fatalf("%d: %s", r.status, r)
			}
			got := strings.Fields(r.codes())
			if row.code != "" && !slices.ContainsFunc(strings.Fields(row.code), func(w string) bool { return slices.Contains(got, w) }) {
				t.Errorf("refused for %v, not for %s: %s", got, row.code, r)
			}
		})
	}
}
