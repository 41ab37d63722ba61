package schema_test

import (
	"strings"
	"testing"

	"merkki/schema"
)

// plainBadge is the smallest credential with a result; rules are tested by one
// change to it.
func plainBadge() schema.Value {
	return parsed(`{
		"@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
		"id": "https://koulu.example/c/1",
		"type": ["VerifiableCredential", "OpenBadgeCredential"],
		"issuer": {"id": "did:web:koulu.example", "type": ["Profile"], "name": "Koulu"},
		"validFrom": "2026-01-01T00:00:00Z",
		"credentialSubject": {
			"id": "urn:uuid:1f0e", "type": ["AchievementSubject"],
			"achievement": {
				"id": "https://koulu.example/a/1", "type": ["Achievement"], "name": "Tietoturva", "description": "Perusteet",
				"criteria": {"narrative": "Tentti"},
				"tag": ["a", "b"],
				"resultDescription": [
					{"id": "urn:d:grade", "type": ["ResultDescription"], "name": "Arvosana", "resultType": "LetterGrade", "allowedValue": ["1", "2", "3"]},
					{"id": "urn:d:score", "type": ["ResultDescription"], "name": "Pisteet", "resultType": "RawScore", "valueMin": "0", "valueMax": "10.5"},
					{"id": "urn:d:status", "type": ["ResultDescription"], "name": "Tila", "resultType": "Status"},
					{"id": "urn:d:level", "type": ["ResultDescription"], "name": "Taso", "resultType": "RubricCriterionLevel", "rubricCriterionLevel": [
						{"id": "urn:l:1", "type": ["RubricCriterionLevel"], "name": "Alku"},
						{"id": "urn:l:2", "type": ["RubricCriterionLevel"], "name": "Taitaja"}]}]
			},
			"result": [{"type": ["Result"], "resultDescription": "urn:d:grade", "value": "3"}]
		},
		"credentialStatus": {"id": "https://koulu.example/status/1#5", "type": "BitstringStatusListEntry",
			"statusPurpose": "revocation", "statusListIndex": "5", "statusListCredential": "https://koulu.example/status/1"}
	}`)
}

// set returns v with another value at a pointer; "" removes the member.
func set(v schema.Value, pointer, text string) schema.Value {
	return setAt(v, strings.Split(pointer, "/")[1:], text)
}

func setAt(v schema.Value, path []string, text string) schema.Value {
	if len(path) == 0 {
		return parsed(text)
	}
	if v.Kind == schema.Array {
		items := append([]schema.Value(nil), v.Items...)
		i := int(path[0][0] - '0')
		items[i] = setAt(items[i], path[1:], text)
		return schema.ArrayValue(items...)
	}
	if len(path) == 1 && text == "" {
		return v.Without(path[0])
	}
	member, _ := v.Get(path[0])
	return v.With(path[0], setAt(member, path[1:], text))
}

// findings writes faults as "finding pointer member expected found".
func findings(faults []*schema.Fault) string {
	var lines []string
	for _, f := range faults {
		line := f.Finding + " " + f.Pointer
		for _, name := range []string{"member", "expected", "found"} {
			if s, ok := f.Args[name].(string); ok {
				line += " " + name + "=" + s
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

type ruleCase struct{ pointer, value, want string }

func runRules(t *testing.T, check func(schema.Value) []*schema.Fault, cases []ruleCase) {
	t.Helper()
	if got := findings(check(plainBadge())); got != "" {
		t.Fatalf("the plain badge is no good: %s", got)
	}
	for _, c := range cases {
		if got := findings(check(set(plainBadge(), c.pointer, c.value))); got != c.want {
			t.Errorf("%s = %s:\n got %s\nwant %s", c.pointer, c.value, got, c.want)
		}
	}
}

// One cause, one finding, in words of the specification.
func TestCheckCredentialSaysWhatIsWrong(t *testing.T) {
	const subject = "/credentialSubject"
	const achievement = subject + "/achievement"
	runRules(t, schema.CheckCredential, []ruleCase{
		{"/name", ``, ""},
		{"/id", ``, "schema.shape  member=id expected=present found=absent"},
		{"/id", `"c/1"`, "schema.identifier /id member=id expected=uri found=c/1"},
		{"/id", `"_:c1"`, "schema.identifier /id member=id expected=uri found=_:c1"},
		{"/id", `["urn:a:b"]`, "schema.shape /id member=id expected=string found=array"},
		{"/issuer", `5`, "schema.shape /issuer member=issuer expected=object found=number"},
		{"/issuer", `"koulu"`, "schema.identifier /issuer member=issuer expected=uri found=koulu"},
		{"/issuer/type", `["Koulu"]`, "schema.shape /issuer/type member=type expected=Profile found=absent"},
		{"/type", `["OpenBadgeCredential"]`, "schema.shape /type member=type expected=VerifiableCredential found=absent"},
		{"/type", `["VerifiableCredential","AchievementCredential"]`, ""},
		{"/type", `"OpenBadgeCredential"`, "schema.shape /type member=type expected=VerifiableCredential found=absent"},
		{"/@context", `["https://www.w3.org/ns/credentials/v2"]`, "schema.shape /@context member=@context expected=2 items found=1"},
		{"/@context/1", `"https://purl.imsglobal.org/spec/clr/v2p0/context.json"`,
			"schema.shape /@context/1 member=1 expected=OpenBadgesContext found=https://purl.imsglobal.org/spec/clr/v2p0/context.json"},
		{"/validFrom", `"2026-01-01"`, "schema.time /validFrom member=validFrom expected=date-time found=2026-01-01"},
		{"/validFrom", `5`, "schema.shape /validFrom member=validFrom expected=string found=number"},
		{"/validUntil", `"2026-01-01T00:00:00Z"`, ""},
		{"/validUntil", `"2026-01-01T01:59:59+02:00"`, "schema.period /validUntil"},
		{"/credentialSubject", `[{}]`, "schema.shape /credentialSubject member=credentialSubject expected=object found=array"},
		{subject + "/type", `"AchievementSubject"`, "schema.compacted /credentialSubject/type member=type"},
		{subject + "/type", `5`,
			"schema.shape /credentialSubject/type member=type expected=AchievementSubject found=absent\n" +
				"schema.shape /credentialSubject/type member=type expected=string found=number"},
		{subject + "/identifier", `[{"type":"IdentityObject","hashed":"true","identityHash":"x","identityType":"nimi","note":1}]`,
			"schema.shape /credentialSubject/identifier/0/hashed member=hashed expected=boolean found=string\n" +
				"schema.shape /credentialSubject/identifier/0/identityType member=identityType expected=IdentifierType found=nimi\n" +
				"schema.shape /credentialSubject/identifier/0/note member=note expected=absent found=present"},
		{achievement + "/name", ``, "schema.shape /credentialSubject/achievement member=name expected=present found=absent"},
		{achievement + "/tag", `"a"`, "schema.shape /credentialSubject/achievement/tag member=tag expected=array found=string"},
		{achievement + "/tag", `["a","b","a"]`, "schema.duplicate-item /credentialSubject/achievement/tag/2 found=a"},
		{achievement + "/inLanguage", `"suomi"`, "schema.shape /credentialSubject/achievement/inLanguage member=inLanguage expected=LanguageCode found=suomi"},
		{achievement + "/achievementType", `"ext:Oma"`, ""},
		{achievement + "/achievementType", `"Oma"`,
			"schema.shape /credentialSubject/achievement/achievementType member=achievementType expected=AchievementType found=Oma"},
		{achievement + "/creditsAvailable", `"5"`, "schema.shape /credentialSubject/achievement/creditsAvailable member=creditsAvailable expected=number found=string"},
		{achievement + "/image", `"https://koulu.example/k.png"`, "schema.shape /credentialSubject/achievement/image member=image expected=object found=string"},
		{achievement + "/image", `{"id":"data:image/png;base64,AA==","type":"Kuva"}`,
			"schema.shape /credentialSubject/achievement/image/type member=type expected=Image found=Kuva"},
		{subject + "/result/0/status", `"Done"`, "schema.shape /credentialSubject/result/0/status member=status expected=ResultStatusType found=Done"},
		{"/somethingElse", `{"id":"relative"}`, "schema.identifier /somethingElse/id member=id expected=uri found=relative"},
		{"/credentialSchema", `[{"id":"https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json","type":"x"}]`, ""},
		{"/credentialSchema", `[{"id":"https://else.example/s.json","type":"JsonSchema"}]`, "schema.not-checked /credentialSchema/0"},
		{"/credentialSchema", `{"id":"https://else.example/s.json"}`,
			"schema.shape /credentialSchema member=type expected=present found=absent\nschema.not-checked /credentialSchema"},
		{"/proof", `[{}]`, ""},
		{"/proof", `{}`, ""}, // as good as a list of one
		{"/proof", `5`, ""},  // package proof says it
	})
}

func TestStatusEntries(t *testing.T) {
	const entry = "/credentialStatus"
	runRules(t, schema.CheckCredential, []ruleCase{
		{entry + "/statusListIndex", `"0"`, ""},
		{entry + "/statusListIndex", `"05"`, "schema.status-entry /credentialStatus/statusListIndex member=statusListIndex expected=decimal string found=05"},
		{entry + "/statusListIndex", `"-1"`, "schema.status-entry /credentialStatus/statusListIndex member=statusListIndex expected=decimal string found=-1"},
		{entry + "/statusListIndex", `""`, "schema.status-entry /credentialStatus/statusListIndex member=statusListIndex expected=decimal string found="},
		{entry + "/statusListIndex", `5`, "schema.status-entry /credentialStatus/statusListIndex member=statusListIndex expected=decimal string found=5"},
		{entry + "/statusListIndex", ``, "schema.status-entry /credentialStatus member=statusListIndex expected=decimal string found=absent"},
		{entry + "/statusPurpose", `["revocation"]`, "schema.status-entry /credentialStatus/statusPurpose member=statusPurpose expected=string found=array"},
		{entry + "/statusListCredential", `"list"`, "schema.status-entry /credentialStatus/statusListCredential member=statusListCredential expected=uri found=list"},
		{entry + "/statusSize", `1`, ""},
		{entry + "/statusSize", `0`, "schema.status-entry /credentialStatus/statusSize member=statusSize expected=integer above 0 found=0"},
		{entry + "/type", `"1EdTechRevocationList"`, ""}, // credential.status knows which types are read
		{entry, `[]`, "schema.shape /credentialStatus member=credentialStatus expected=1 items found=0"},
		{entry, `[{"id":"urn:x:1","type":"Other"},{"id":"urn:x:2","type":"BitstringStatusListEntry","statusPurpose":"suspension","statusListIndex":"1"}]`,
			"schema.status-entry /credentialStatus/1 member=statusListCredential expected=uri found=absent"},
	})
}

// A signature over RDF counts what has no id, and does not count the rest.
func TestDuplicateItems(t *testing.T) {
	const results = "/credentialSubject/result"
	const evidence = "/evidence"
	runRules(t, schema.CheckCredential, []ruleCase{
		{results, `[{"type":["Result"],"value":"1"},{"type":["Result"],"value":"1"}]`, ""},
		{evidence, `[{"id":"urn:e:1","type":["Evidence"],"name":"x"},{"name":"x","type":["Evidence"],"id":"urn:e:1"}]`,
			`schema.duplicate-item /evidence/1 found=object`},
		{evidence, `[{"id":"urn:e:1","type":["Evidence"],"name":"x"},{"id":"urn:e:1","type":["Evidence"],"name":"y"}]`, ""},
		{"/other", `[[1,[2]],[1,[2]]]`, "schema.duplicate-item /other/1 found=array"},
		{"/other", `[1,"1",true,"true",null,"null"]`, ""},
		{"/type", `["VerifiableCredential","OpenBadgeCredential","OpenBadgeCredential"]`, `schema.duplicate-item /type/2 found=OpenBadgeCredential`},
	})
}

func TestCheckConsistency(t *testing.T) {
	const result = "/credentialSubject/result/0"
	const description = "/credentialSubject/achievement/resultDescription"
	one := func(members string) string { return `{"type":["Result"],` + members + `}` }
	runRules(t, schema.CheckConsistency, []ruleCase{
		{result, one(`"resultDescription":"urn:d:none"`), "achievement.result-reference " + result + "/resultDescription member=resultDescription found=urn:d:none"},
		{result, one(`"resultDescription":"urn:d:grade","value":"4"`), "achievement.value-not-allowed " + result + "/value member=value found=4"},
		{result, one(`"resultDescription":"urn:d:score","value":"10.50"`), ""},
		{result, one(`"resultDescription":"urn:d:score","value":"10.51"`), "achievement.value-not-allowed " + result + "/value member=value found=10.51"},
		{result, one(`"resultDescription":"urn:d:score","value":"-1"`), "achievement.value-not-allowed " + result + "/value member=value found=-1"},
		{result, one(`"resultDescription":"urn:d:score","value":"hyvä"`), ""}, // no number: nothing to compare
		{result, one(`"resultDescription":"urn:d:score","value":"1e9"`), ""},
		{result, one(`"resultDescription":"urn:d:status"`), "achievement.status-missing " + result + " member=status"},
		{result, one(`"resultDescription":"urn:d:status","status":"Completed"`), ""},
		{result, one(`"resultDescription":"urn:d:level","achievedLevel":"urn:l:2"`), ""},
		{result, one(`"resultDescription":"urn:d:level","achievedLevel":"urn:l:3"`), "achievement.level-unknown " + result + "/achievedLevel member=achievedLevel found=urn:l:3"},
		{result, one(`"resultDescription":"urn:d:grade","achievedLevel":"urn:l:2"`), "achievement.level-unknown " + result + "/achievedLevel member=achievedLevel found=urn:l:2"},
		{result, one(`"achievedLevel":"urn:l:2"`), ""},
		{result, one(`"achievedLevel":"urn:l:3"`), "achievement.level-unknown " + result + "/achievedLevel member=achievedLevel found=urn:l:3"},
		{description + "/0/requiredValue", `"0"`, "achievement.value-not-allowed " + description + "/0/requiredValue member=requiredValue found=0"},
		{description + "/1/requiredValue", `"5"`, ""},
		{description + "/1/requiredValue", `"11"`, "achievement.value-not-allowed " + description + "/1/requiredValue member=requiredValue found=11"},
		{description + "/3/requiredLevel", `"urn:l:1"`, ""},
		{description + "/3/requiredLevel", `"urn:l:9"`, "achievement.level-unknown " + description + "/3/requiredLevel member=requiredLevel found=urn:l:9"},
		{description + "/1/id", `"urn:d:grade"`, "achievement.duplicate-id " + description + "/1/id member=id found=urn:d:grade"},
		{description + "/3/rubricCriterionLevel/1/id", `"urn:l:1"`, "achievement.duplicate-id " + description + "/3/rubricCriterionLevel/1/id member=id found=urn:l:1"},
		{description + "/3/rubricCriterionLevel/1/id", `"https://koulu.example/a/1"`,
			"achievement.duplicate-id " + description + "/3/rubricCriterionLevel/1/id member=id found=https://koulu.example/a/1"},
	})
}

func TestCheckIssuable(t *testing.T) {
	const hash = "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
	identity := func(hash, salt string) string {
		return `[{"type":"IdentityObject","hashed":true,"identityHash":"` + hash + `","identityType":"emailAddress","salt":"` + salt + `"}]`
	}
	const identifier = "/credentialSubject/identifier"
	const name = "/credentialSubject/achievement/name"
	runRules(t, schema.CheckIssuable, []ruleCase{
		{name, `"rivi\n\r\tja \u2066\u05d0\u2069 \u202b\u05d0\u202c"`, ""},
		{name, `"a\u0000"`, "schema.text " + name + " member=name found=U+0000"},
		{name, `"a\u009f"`, "schema.text " + name + " member=name found=U+009F"},
		{name, `"a\ufffe"`, "schema.text " + name + " member=name found=U+FFFE"},
		{name, `"a\ufdd0"`, "schema.text " + name + " member=name found=U+FDD0"},
		{name, `"a\ud83f\udfff"`, "schema.text " + name + " member=name found=U+1FFFF"},
		{name, `"a\u202e"`, "schema.text " + name + " member=name found=U+202C missing"},
		{name, `"\u2067a\u202c"`, "schema.text " + name + " member=name found=U+202C"},
		{name, `"a\u2069"`, "schema.text " + name + " member=name found=U+2069"},
		{"/oma\u202e", `"a"`, "schema.text  member=oma\u202e found=U+202C missing"},
		{"/evidence", `[]`, "schema.shape /evidence member=evidence expected=1 items found=0"},
		{"/credentialSubject/id", ``, "schema.shape /credentialSubject member=id expected=present found=absent"},
		{"/credentialSubject/achievement/criteria", `{}`, "schema.shape /credentialSubject/achievement/criteria member=narrative expected=present found=absent"},
		{"/credentialSubject/achievement/criteria", `{"id":"https://koulu.example/k"}`, ""},
		{identifier, identity(hash, "0123456789abcdefghijkl"), ""},
		{identifier, identity(hash, "Kosher"), "recipient.weak-hash " + identifier + "/0"},
		{identifier, identity("md5$0cc175b9c0f1b6a831c399e269772661", "0123456789abcdefghijkl"), "recipient.weak-hash " + identifier + "/0"},
		{identifier, identity("aino@koulu.example", "0123456789abcdefghijkl"), "recipient.weak-hash " + identifier + "/0"},
		{identifier, `[{"type":"IdentityObject","hashed":false,"identityHash":"Aino","identityType":"name"}]`, ""},
		{"/credentialSubject/id", `"https://koulu.example/c/1"`, "achievement.duplicate-id /credentialSubject/id member=id found=https://koulu.example/c/1"},
		{"/credentialSubject/achievement/id", `"did:web:koulu.example"`,
			"achievement.duplicate-id /credentialSubject/achievement/id member=id found=did:web:koulu.example"},
	})
	for _, f := range schema.CheckIssuable(set(plainBadge(), identifier, identity("md5$00", ""))) {
		if f.Outcome != schema.Fail {
			t.Errorf("%v is only %v", f, f.Outcome)
		}
	}
}

func TestCheckAchievement(t *testing.T) {
	achievement, _ := schema.Resolve(plainBadge(), "/credentialSubject/achievement")
	for _, c := range []ruleCase{
		{"/id", ``, ""},
		{"/name", ``, "schema.shape  member=name expected=present found=absent"},
		{"/criteria", `{}`, "schema.shape /criteria member=narrative expected=present found=absent"},
		{"/description", `"\u202e"`, "schema.text /description member=description found=U+202C missing"},
		{"/resultDescription/0/requiredValue", `"9"`, "achievement.value-not-allowed /resultDescription/0/requiredValue member=requiredValue found=9"},
		{"/tag", `["x","x"]`, `schema.duplicate-item /tag/1 found=x`},
	} {
		if got := findings(schema.CheckAchievement(set(achievement, c.pointer, c.value))); got != c.want {
			t.Errorf("%s = %s:\n got %s\nwant %s", c.pointer, c.value, got, c.want)
		}
	}
}

// Credentials that are no Open Badges are judged by VC Data Model 2.0 alone.
func TestPlainCredentials(t *testing.T) {
	list := parsed(`{"@context":["https://www.w3.org/ns/credentials/v2"],"id":"https://koulu.example/status/1",
		"type":["VerifiableCredential","BitstringStatusListCredential"],"issuer":"did:web:koulu.example","validFrom":"2026-01-01T00:00:00Z",
		"credentialSubject":{"id":"https://koulu.example/status/1#list","type":"BitstringStatusList","statusPurpose":"revocation","encodedList":"uH4sI"}}`)
	if got := findings(schema.CheckCredential(list)); got != "" {
		t.Fatal(got)
	}
	for _, c := range []ruleCase{
		{"/credentialSubject", `[]`, "schema.shape /credentialSubject member=credentialSubject expected=1 items found=0"},
		{"/credentialSubject", `{}`, "schema.shape /credentialSubject member=credentialSubject expected=object found={}"},
		{"/credentialSubject", `[{"id":"urn:a:b"},{"id":"urn:a:c"}]`, ""},
		{"/name", `{"@value":"Lista","@language":"fi"}`, ""},
		{"/name", `[{"@value":"Lista","@language":"fi"},"List"]`, ""},
		{"/name", `{"@value":"Lista","note":"x"}`, "schema.shape /name/note member=note expected=absent found=present"},
		{"/issuer", `{"name":"Koulu"}`, "schema.shape /issuer member=id expected=present found=absent"},
		{"/credentialStatus", `{"id":"urn:a:b"}`, "schema.shape /credentialStatus member=type expected=present found=absent"},
		{"/evidence", `[{"type":"A"},{"type":["A"]}]`, ""},
		{"/proof", `{}`, ""},
	} {
		if got := findings(schema.CheckCredential(set(list, c.pointer, c.value))); got != c.want {
			t.Errorf("%s = %s:\n got %s\nwant %s", c.pointer, c.value, got, c.want)
		}
	}
}

func TestIsURI(t *testing.T) {
	for in, want := range map[string]bool{
		"https://koulu.example": true, "HTTP://koulu.example/ä?q=%C3%A4#x": true, "urn:uuid:1f0e": true, "did:web:koulu.example": true,
		"mailto:a@b.example": true, "data:,x": true, "a+b-c.1:x": true, "https://[::1]/": true,
		"": false, "koulu": false, "koulu.example/c": false, "/c/1": false, "#x": false, "//koulu.example": false, ":x": false, "urn:": false,
		"_:b0": false, "1a:x": false, "ä:x": false, "not a uri": false, "urn:a b": false, "urn:a\tb": false, "urn:<x>": false, `urn:"x"`: false,
		"urn:{x}": false, "urn:a|b": false, `urn:a\b`: false, "urn:a^b": false, "urn:a`b": false, "urn:a\x7f": false, "urn:a\u0085": false,
		"https://": false, "https:///x": false, "https:x": false, "http://:80/": false, "urn:a%2": false, "urn:a%zz": false, "https://a:b/": false,
	} {
		if got := schema.IsURI(in); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

func TestResolve(t *testing.T) {
	v := parsed(`{"a/b":[{"~":1},2],"":3}`)
	for pointer, want := range map[string]string{"/a~1b/0/~0": "1", "/a~1b/1": "2", "/": "3"} {
		if got, ok := schema.Resolve(v, pointer); !ok || got.Text != want {
			t.Errorf("%q: %v %v", pointer, got, ok)
		}
	}
	for _, pointer := range []string{"a", "/x", "/a~1b/2", "/a~1b/-1", "/a~1b/01", "/a~1b/+1", "/a~1b/-", "/a~1b/1/0"} {
		if got, ok := schema.Resolve(v, pointer); ok {
			t.Errorf("%q: %v", pointer, got)
		}
	}
}
