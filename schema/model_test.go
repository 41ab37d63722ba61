package schema_test

import (
	"slices"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
)

// badge11 is plainBadge as a credential over VC Data Model 1.1.
func badge11() schema.Value {
	v := set(plainBadge(), "/@context", `["https://www.w3.org/2018/credentials/v1","https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld"]`)
	v = set(set(v, "/validFrom", ""), "/issuanceDate", `"2026-01-01T00:00:00Z"`)
	return set(v, "/name", `"Tietoturva"`)
}

// ruleSet runs cases over a document that has no fault.
func ruleSet(t *testing.T, base func() schema.Value, check func(schema.Value) []*schema.Fault, cases []ruleCase) {
	t.Helper()
	if got := findings(check(base())); got != "" {
		t.Fatalf("the document to start with is no good: %s", got)
	}
	for _, c := range cases {
		if got := findings(check(set(base(), c.pointer, c.value))); got != c.want {
			t.Errorf("%s = %s:\n got %s\nwant %s", c.pointer, c.value, got, c.want)
		}
	}
}

func TestDataModelOf(t *testing.T) {
	const v1, v2 = `"https://www.w3.org/2018/credentials/v1"`, `"https://www.w3.org/ns/credentials/v2"`
	for in, want := range map[string]schema.DataModel{
		`[` + v1 + `,` + v2 + `]`:             schema.VC11,
		`[` + v2 + `,` + v1 + `]`:             schema.VC20,
		v1:                                    schema.VC11,
		`["https://else.example",` + v2 + `]`: schema.NoDataModel,
		`[{},` + v2 + `]`:                     schema.NoDataModel,
		`[]`:                                  schema.NoDataModel,
		`"https://www.w3.org/ns/credentials/v2/"`: schema.NoDataModel,
	} {
		if got := schema.DataModelOf(schema.ObjectValue(schema.Member{Name: "@context", Value: parsed(in)})); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
	if schema.DataModelOf(parsed(`{}`)) != schema.NoDataModel {
		t.Error("a document without contexts has a data model")
	}
}

func TestCheckCredentialOverVC11(t *testing.T) {
	ruleSet(t, badge11, schema.CheckCredential, []ruleCase{
		{"/expirationDate", `"2026-01-01T00:00:00Z"`, ""},
		{"/expirationDate", `"2025-01-01T00:00:00Z"`, "schema.period /expirationDate"},
		{"/issuanceDate", ``, "schema.shape  member=issuanceDate expected=present found=absent"},
		{"/issuanceDate", `"2026-01-01"`, "schema.time /issuanceDate member=issuanceDate expected=date-time found=2026-01-01"},
		{"/validFrom", `"2026-01-01T00:00:00Z"`, "schema.shape /validFrom member=validFrom expected=absent found=present"},
		{"/validUntil", `"2026-01-01T00:00:00Z"`, "schema.shape /validUntil member=validUntil expected=absent found=present"},
		{"/name", ``, "schema.shape  member=name expected=present found=absent"},
		{"/issuer", `"https://koulu.example"`, "schema.shape /issuer member=issuer expected=object found=string"},
		{"/image", `"https://koulu.example/k.png"`, "schema.shape /image member=image expected=object found=string"},
		{"/@context", `["https://www.w3.org/2018/credentials/v1","https://w3id.org/security/suites/ed25519-2020/v1","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"]`, ""},
		{"/@context", `["https://www.w3.org/2018/credentials/v1","https://w3id.org/security/suites/ed25519-2020/v1"]`,
			"schema.shape /@context member=@context expected=OpenBadgesContext found=absent"},
		{"/@context/0", `"https://www.w3.org/ns/credentials/v2"`, // another data model: other contexts, other dates
			"schema.shape  member=validFrom expected=present found=absent\n" +
				"schema.shape /@context/1 member=1 expected=OpenBadgesContext found=https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld\n" +
				"schema.shape /issuanceDate member=issuanceDate expected=absent found=present"},
		{"/credentialSubject/type", `"AchievementSubject"`, "schema.compacted /credentialSubject/type member=type"},
		{"/credentialSubject/type", `["Person"]`, "schema.shape /credentialSubject/type member=type expected=AchievementSubject found=absent"},
	})
}

func endorsement20() schema.Value {
	return parsed(`{
		"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
		"id": "urn:uuid:e1", "type": ["VerifiableCredential", "EndorsementCredential"], "name": "Suositus",
		"issuer": {"id": "did:web:liitto.example", "type": ["Profile"]},
		"validFrom": "2026-01-01T00:00:00Z",
		"credentialSubject": {"id": "https://koulu.example/a/1", "type": ["EndorsementSubject"], "endorsementComment": "Hyvä."},
		"proof": [{"type": "DataIntegrityProof"}]
	}`)
}

func endorsement11() schema.Value {
	v := set(endorsement20(), "/@context", `["https://www.w3.org/2018/credentials/v1","https://purl.imsglobal.org/spec/ob/v3p0/context.json"]`)
	return set(set(v, "/validFrom", ""), "/issuanceDate", `"2026-01-01T00:00:00Z"`)
}

// An endorsement follows the data model of the document it stands in, however
// deep.
func TestEndorsementsFollowTheOuterDataModel(t *testing.T) {
	for _, place := range []string{"/endorsement", "/issuer/endorsement", "/credentialSubject/achievement/endorsement"} {
		for _, c := range []struct {
			name               string
			outer, endorsement schema.Value
			fits               bool
		}{
			{"2.0 in 2.0", plainBadge(), endorsement20(), true},
			{"1.1 in 1.1", badge11(), endorsement11(), true},
			{"1.1 in 2.0", plainBadge(), endorsement11(), false},
			{"2.0 in 1.1", badge11(), endorsement20(), false},
		} {
			v := set(c.outer, place, "["+string(schema.Marshal(c.endorsement))+"]")
			if got := schema.CheckCredential(v); (len(got) == 0) != c.fits {
				t.Errorf("%s at %s: %s", c.name, place, findings(got))
			}
		}
	}
}

func record() schema.Value {
	held := string(schema.Marshal(plainBadge()))
	return parsed(`{
		"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
			"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
		"id": "https://koulu.example/r/1", "type": ["VerifiableCredential", "ClrCredential"], "name": "Opintosuoritukset",
		"issuer": {"id": "did:web:koulu.example", "type": ["Profile"]}, "validFrom": "2026-01-01T00:00:00Z", "partial": true,
		"credentialSubject": {"id": "urn:uuid:1f0e", "type": ["ClrSubject"], "verifiableCredential": [` + held + `],
			"achievement": [{"id": "urn:a:1", "type": ["Achievement"], "name": "A", "description": "A", "criteria": {}}],
			"association": [{"type": "Association", "associationType": "isParentOf", "sourceId": "urn:a:1", "targetId": "https://koulu.example/a/1"}]}
	}`)
}

func TestCheckClrCredential(t *testing.T) {
	const subject = "/credentialSubject"
	const held = subject + "/verifiableCredential/0"
	ruleSet(t, record, schema.CheckCredential, []ruleCase{
		{"/partial", `"true"`, "schema.shape /partial member=partial expected=boolean found=string"},
		{"/name", ``, "schema.shape  member=name expected=present found=absent"},
		{"/@context/1", `"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"`,
			"schema.shape /@context/1 member=1 expected=ClrContext found=https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json\n" +
				"schema.duplicate-item /@context/2 found=https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"},
		{subject + "/verifiableCredential", `[]`, "schema.shape /credentialSubject/verifiableCredential member=verifiableCredential expected=1 items found=0"},
		{subject + "/association/0/associationType", `"isBetterThan"`,
			"schema.shape /credentialSubject/association/0/associationType member=associationType expected=AssociationType found=isBetterThan"},
		{subject + "/association/0/targetId", `"x"`, "schema.identifier /credentialSubject/association/0/targetId member=targetId expected=uri found=x"},
		{held + "/validFrom", `5`, "schema.shape " + held + "/validFrom member=validFrom expected=string found=number"},
		{held + "/id", `"x"`, "schema.identifier " + held + "/id member=id expected=uri found=x"},
		{held + "/id", `5`, "schema.shape " + held + "/id member=id expected=string found=number"},
		{held + "/proof", `{}`, ""},
		{held + "/credentialStatus/statusListIndex", `"x"`,
			"schema.status-entry " + held + "/credentialStatus/statusListIndex member=statusListIndex expected=decimal string found=x"},
		{held, string(schema.Marshal(badge11())), ""}, // each follows its own data model; contexts are not judged here
	})
}

// The record of the implementation guide is read: compacted in places, and with
// an official schema by name, which is nowhere to be had to compare ours with.
func TestPublishedRecord(t *testing.T) {
	const want = "schema.compacted /credentialSubject/verifiableCredential/0/credentialSubject/achievement/creator/type member=type\n" +
		"schema.compacted /credentialSubject/achievement/0/creator/type member=type\n" +
		"schema.not-checked /credentialSchema/0"
	d := document(t, judge.Data(t, "openbadges", "impl-guide", "clrv2p0-signed.json"))
	if got := findings(schema.CheckCredential(d.Root())); got != want {
		t.Error(got)
	}
}

func TestClrSubjectOf(t *testing.T) {
	s := schema.ClrSubjectOf(record())
	if s.ID != "urn:uuid:1f0e" || len(s.Credential) != 1 || s.Credential[0].Subject.Achievement.Name != "Tietoturva" || len(s.Achievement) != 1 ||
		len(s.Association) != 1 || s.Association[0].AssociationType != "isParentOf" || s.Association[0].TargetID != "https://koulu.example/a/1" {
		t.Errorf("%+v", s)
	}
	if !schema.CredentialOf(record()).IsPartial() || schema.CredentialOf(plainBadge()).IsPartial() {
		t.Error("partial is misread")
	}
	if len(schema.ClrSubjectOf(plainBadge()).Type) != 0 {
		t.Error("a badge has the subject of a record")
	}
}

func TestDatesOfTheTypedView(t *testing.T) {
	v := set(set(badge11(), "/expirationDate", `"2027-01-01T00:00:00Z"`), "/validFrom", `"2020-01-01T00:00:00Z"`)
	c := schema.CredentialOf(v)
	if c.Model != schema.VC11 || c.ValidFrom != "2026-01-01T00:00:00Z" || c.ValidUntil != "2027-01-01T00:00:00Z" {
		t.Errorf("%v %s %s", c.Model, c.ValidFrom, c.ValidUntil)
	}
	if c := schema.CredentialOf(set(plainBadge(), "/issuanceDate", `"2020-01-01T00:00:00Z"`)); c.Model != schema.VC20 || c.ValidFrom != "2026-01-01T00:00:00Z" {
		t.Errorf("%v %s", c.Model, c.ValidFrom)
	}
}

// Any credential is judged by its data model alone, its proof with it.
func TestCheckVerifiableCredential(t *testing.T) {
	plain20 := func() schema.Value {
		return parsed(`{"@context":["https://www.w3.org/ns/credentials/v2",{"x":"https://koulu.example/#x"}],"type":["VerifiableCredential","OpenBadgeCredential"],
			"issuer":"did:web:koulu.example","credentialSubject":{"id":"urn:x:1"},"proof":{"type":"DataIntegrityProof"},
			"relatedResource":[{"id":"https://koulu.example/a","digestSRI":"sha384-x"},{"id":"https://koulu.example/b","digestMultibase":"ux"}]}`)
	}
	ruleSet(t, plain20, schema.CheckVerifiableCredential, []ruleCase{
		{"/proof", `{}`, "schema.shape /proof member=type expected=present found=absent"},
		{"/proof", `null`, "schema.shape /proof member=proof expected=object found=null"},
		{"/proof", `[{"type":"a"},{"type":"b"}]`, ""},
		{"/issuanceDate", `"2026-01-01T00:00:00Z"`, "schema.shape /issuanceDate member=issuanceDate expected=absent found=present"},
		{"/issuer", `{"name":"x"}`, "schema.shape /issuer member=id expected=present found=absent"},
		{"/relatedResource/1/id", `"https://koulu.example/a"`, "schema.duplicate-item /relatedResource/1/id found=https://koulu.example/a"},
		{"/relatedResource/1", `{"id":"https://koulu.example/b"}`, "schema.shape /relatedResource/1 member=1 expected=RelatedResource found=object"},
		{"/relatedResource/1", `"https://koulu.example/b"`, "schema.shape /relatedResource/1 member=1 expected=object found=string"},
	})
	plain11 := func() schema.Value {
		return set(set(plain20(), "/@context/0", `"https://www.w3.org/2018/credentials/v1"`), "/issuanceDate", `"2026-01-01T00:00:00Z"`)
	}
	ruleSet(t, plain11, schema.CheckVerifiableCredential, []ruleCase{
		{"/issuanceDate", ``, "schema.shape  member=issuanceDate expected=present found=absent"},
		{"/credentialStatus", `{"type":"x"}`, "schema.shape /credentialStatus member=id expected=present found=absent"},
		{"/credentialStatus", `{"id":"urn:x:1","type":"StatusList2021Entry"}`, ""},
		{"/credentialSubject", `[]`, "schema.shape /credentialSubject member=credentialSubject expected=1 items found=0"},
		{"/type", `["StatusList2021Credential"]`, "schema.shape /type member=type expected=VerifiableCredential found=absent"},
	})
}

func TestCheckPresentation(t *testing.T) {
	const held = "/verifiableCredential/0"
	show := func() schema.Value {
		return parsed(`{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"],"holder":"did:key:z6Mk",
			"verifiableCredential":[{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"id":"no url"},
			{"@context":"https://www.w3.org/ns/credentials/v2","type":"EnvelopedVerifiableCredential","id":"data:application/vc+jwt,a.b.c"}]}`)
	}
	ruleSet(t, show, schema.CheckPresentation, []ruleCase{
		{"/type", `["VerifiableCredential"]`, "schema.shape /type member=type expected=VerifiablePresentation found=absent"},
		{"/type", `"VerifiablePresentation"`, "schema.compacted /type member=type"},
		{"/holder", `"z6Mk"`, "schema.identifier /holder member=holder expected=uri found=z6Mk"},
		{"/holder", `{"id":"did:key:z6Mk","name":"x"}`, ""},
		{"/holder", `{}`, "schema.shape /holder member=id expected=present found=absent"},
		{"/verifiableCredential", ``, ""},
		{"/verifiableCredential", `"a.b.c"`, "schema.shape /verifiableCredential member=verifiableCredential expected=object found=string"},
		{held + "/type", `["Diploma"]`, "schema.shape " + held + "/type member=type expected=VerifiableCredential found=absent"},
		{held + "/@context", ``, "schema.shape " + held + " member=@context expected=present found=absent"},
		{"/verifiableCredential/1/id", `"https://koulu.example"`,
			"schema.shape /verifiableCredential/1/id member=id expected=Envelope found=https://koulu.example"},
		{"/verifiableCredential/1/id", `"data:application/vc+jwt,"`,
			"schema.shape /verifiableCredential/1/id member=id expected=Envelope found=data:application/vc+jwt,"},
		{"/verifiableCredential/1/@context", `"https://else.example"`,
			"schema.shape /verifiableCredential/1/@context member=@context expected=https://www.w3.org/ns/credentials/v2 found=https://else.example"},
		{"/proof", `{}`, "schema.shape /proof member=type expected=present found=absent"},
		{"/id", `"x"`, "schema.identifier /id member=id expected=uri found=x"},
	})
	show11 := func() schema.Value {
		return parsed(`{"@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiablePresentation"],"verifiableCredential":["a.b.c",{"type":["VerifiableCredential"]}]}`)
	}
	ruleSet(t, show11, schema.CheckPresentation, []ruleCase{
		{held, `"a b c"`, "schema.shape " + held + " member=0 expected=PresentedCredential found=a b c"},
		{held, `5`, "schema.shape " + held + " member=0 expected=object found=number"},
	})
	enveloped := func() schema.Value {
		return parsed(`{"@context":["https://www.w3.org/ns/credentials/v2"],"type":"EnvelopedVerifiablePresentation","id":"data:application/vp+jwt,a.b.c"}`)
	}
	ruleSet(t, enveloped, schema.CheckPresentation, []ruleCase{
		{"/id", ``, "schema.shape  member=id expected=present found=absent"},
		{"/id", `"urn:x:1"`, "schema.shape /id member=id expected=Envelope found=urn:x:1"},
		{"/@context/0", `"https://www.w3.org/2018/credentials/v1"`,
			"schema.shape /@context/0 member=0 expected=https://www.w3.org/ns/credentials/v2 found=https://www.w3.org/2018/credentials/v1"},
	})
}

func TestEnveloped(t *testing.T) {
	for _, c := range []struct{ in, mediaType, token string }{
		{`{"type":"EnvelopedVerifiableCredential","id":"data:application/vc+jwt,a.b.c"}`, "application/vc+jwt", "a.b.c"},
		{`{"type":["EnvelopedVerifiableCredential"],"id":"data:Application/VC+JWT;charset=utf-8,a,b"}`, "application/vc+jwt", "a,b"},
		{`{"type":"EnvelopedVerifiablePresentation","id":"data:,x"}`, "", "x"},
		{`{"type":"EnvelopedVerifiableCredential","id":"data:application/vc+jwt,"}`, "", ""},
		{`{"type":"EnvelopedVerifiableCredential","id":"https://x,y"}`, "", ""},
		{`{"type":"VerifiableCredential","id":"data:application/vc+jwt,a.b.c"}`, "", ""},
	} {
		mediaType, token, ok := schema.Enveloped(parsed(c.in))
		if mediaType != c.mediaType || token != c.token || ok != (c.token != "") {
			t.Errorf("%s: %q %q %v", c.in, mediaType, token, ok)
		}
	}
	p := schema.PresentationOf(parsed(`{"type":["VerifiablePresentation"],"holder":{"id":"did:key:z6Mk"},"verifiableCredential":{"id":"urn:x:1"}}`))
	if p.Holder.ID != "did:key:z6Mk" || len(p.Credential) != 1 || !slices.Equal(p.Type, []string{"VerifiablePresentation"}) || !schema.IsPresentation(p.Source) {
		t.Errorf("%+v", p)
	}
}

func TestAPIClasses(t *testing.T) {
	info := schema.StatusInfo{
		CodeMajor: "failure", Severity: "error", Description: "ei löydy", CodeMinor: []schema.CodeMinorField{{Name: "Merkki", Value: "not_found"}},
	}
	ruleSet(t, info.Value, schema.CheckStatusInfo, []ruleCase{
		{"/imsx_codeMajor", `"broken"`, "schema.shape /imsx_codeMajor member=imsx_codeMajor expected=CodeMajor found=broken"},
		{"/imsx_severity", ``, "schema.shape  member=imsx_severity expected=present found=absent"},
		{"/more", `1`, "schema.shape /more member=more expected=absent found=present"},
		{"/imsx_codeMinor/imsx_codeMinorField", `[]`,
			"schema.shape /imsx_codeMinor/imsx_codeMinorField member=imsx_codeMinorField expected=1 items found=0"},
	})
	if back := schema.StatusInfoOf(info.Value()); back.Description != info.Description || !slices.Equal(back.CodeMinor, info.CodeMinor) {
		t.Errorf("%+v", back)
	}
	answer := schema.CredentialsResponse{Credential: []schema.Value{plainBadge(), badge11()}, CompactJWSString: []string{"a.b.c"}}
	ruleSet(t, answer.Value, schema.CheckCredentialsResponse, []ruleCase{
		{"/compactJwsString/0", `"a.b"`, "schema.shape /compactJwsString/0 member=0 expected=CompactJws found=a.b"},
		{"/compactJwsStrings", `["a.b.c"]`, "schema.shape /compactJwsStrings member=compactJwsStrings expected=absent found=present"},
		{"/credential/1/name", ``, "schema.shape /credential/1 member=name expected=present found=absent"},
	})
	if back := schema.CredentialsResponseOf(answer.Value()); len(back.Credential) != 2 || len(back.CompactJWSString) != 1 {
		t.Errorf("%+v", back)
	}
	if got := string(schema.Marshal(schema.CredentialsResponse{}.Value())); got != "{}" {
		t.Errorf("nothing is written as %s", got)
	}
	profile := func() schema.Value {
		return parsed(`{"id":"https://koulu.example/p","type":["Profile"],"name":"Koulu"}`)
	}
	ruleSet(t, profile, schema.CheckProfile, []ruleCase{
		{"/id", `"p"`, "schema.identifier /id member=id expected=uri found=p"},
		{"/type", `["Person"]`, "schema.shape /type member=type expected=Profile found=absent"},
		{"/parentOrg", `"https://koulu.example"`, "schema.shape /parentOrg member=parentOrg expected=object found=string"},
	})
}
