package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/judge"
)

// The inputs of the suite are not published with the specification's vectors;
// these are of the same kinds: unsigned, with the date of data model 1.1 under
// the context of 2.0.
const (
	schemaText = `{"$id":"https://schema.example/email.json","$schema":"VERSION","type":"object","properties":{
		"credentialSubject":{"type":"object","properties":{"emailAddress":{"type":"string"}},"required":["emailAddress"]}}}`
	schemaCredential = `{"@context":["https://www.w3.org/ns/credentials/v2"],"id":"https://schema.example/credential","type":["VerifiableCredential","JsonSchemaCredential"],
		"issuer":"https://schema.example/","issuanceDate":"2024-01-01T00:00:00Z",
		"credentialSchema":{"id":"https://www.w3.org/2022/credentials/v2/json-schema-credential-schema.json","type":"JsonSchema","digestSRI":"sha384-S57yQDg1MTzF56Oi9DbSQ14u7jBy0RDdx0YbeV7shwhCS88G8SCXeFq82PafhCrW"},
		"credentialSubject":{"id":"https://schema.example/email.json","type":"JsonSchema","jsonSchema":` + schemaText + `}}`
	withSchema = `{"@context":["https://www.w3.org/ns/credentials/v2"],"id":"https://university.example/1","type":["VerifiableCredential"],"issuer":"https://university.example/",
		"issuanceDate":"2024-01-01T00:00:00Z","credentialSubject":{"id":"did:example:a","emailAddress":"a@university.example"},
		"credentialSchema":{"id":"SCHEMA","type":"FORMAT"}}`
)

var schemaVersions = map[string]string{
	"2020-12": "https://json-schema.org/draft/2020-12/schema",
	"2019-09": "https://json-schema.org/draft/2019-09/schema",
	"Draft-7": "http://json-schema.org/draft-07/schema#",
}

// TestJSONSchema asks each question of the suite, for each version, in either
// format.
func TestJSONSchema(t *testing.T) {
	n := 0
	for _, format := range []string{formatPlain, formatCredential} {
		for version, url := range schemaVersions {
			for _, row := range []struct {
				name       string
				in         string // what of the schema or, for "credential", of the credential
				old, new   string
				formatOnly string
				want       string
			}{
				{"as it should be", "schema", "", "", "", "success"},
				{"another type of credentialSchema", "credential", `"FORMAT"`, `"Other"`, "", "failure"},
				{"credentialSchema without type", "credential", `,"type":"FORMAT"`, ``, "", "failure"},
				{"another schema is named", "credential", `"SCHEMA"`, `"https://schema.example/other"`, "", "failure"},
				{"no schema is named", "credential", `"id":"SCHEMA",`, ``, "", "failure"},
				{"no $id", "schema", `"$id":"https://schema.example/email.json",`, ``, "", "failure"},
				{"$id is no reference", "schema", `"$id":"https://schema.example/email.json"`, `"$id":"%zz"`, "", "failure"},
				{"no $schema", "schema", `"$schema":"VERSION",`, ``, "", "failure"},
				{"a version that is not known", "schema", `"VERSION"`, `"http://json-schema.org/draft-04/schema#"`, "", "indeterminate"},
				{"a version of somebody's own", "schema", `"VERSION"`, `"https://schema.example/my-schema"`, "", "indeterminate"},
				{"the subject lacks a member", "credential", `"emailAddress"`, `"phone"`, "", "failure"},
				{"a member is of another type", "credential", `"a@university.example"`, `4`, "", "failure"},
				{"the schema is no schema", "schema", `"required":["emailAddress"]`, `"required":4`, "", "failure"},
				{"the schema refers elsewhere", "schema", `{"type":"string"}`, `{"$ref":"https://schema.example/elsewhere.json"}`, "", "failure"},
				{"the schema credential is about something else", "schema", `"type":"JsonSchema","jsonSchema"`, `"type":"Other","jsonSchema"`, formatCredential, "failure"},
				{"the schema credential holds none", "schema", `"jsonSchema"`, `"other"`, formatCredential, "failure"},
				{"the schema credential names another schema of its own", "schema", `https://www.w3.org/2022/credentials/v2/json-schema-credential-schema.json`, `https://schema.example/own.json`, formatCredential, "failure"},
				{"the schema credential names that of the text", "schema", `https://www.w3.org/2022/credentials/v2/json-schema-credential-schema.json`, `https://www.w3.org/ns/credentials/json-schema/v2.json`, formatCredential, "success"},
			} {
				if row.formatOnly != "" && row.formatOnly != format {
					continue
				}
				n++
				s, c := schemaText, withSchema
				if format == formatCredential {
					s = schemaCredential
				}
				if row.in == "schema" {
					s = replaced(t, s, row.old, row.new)
				} else {
					c = replaced(t, c, row.old, row.new)
				}
				named := map[string]string{formatPlain: "https://schema.example/email.json", formatCredential: "https://schema.example/credential"}[format]
				if row.name == "$id is no reference" && format == formatPlain {
					named = "%zz"
				}
				fill := strings.NewReplacer("VERSION", url, "SCHEMA", named, "FORMAT", format)
				r := runCommand(t, "vc-json-schema", "validate", "--format", format,
					"--schema", written(t, fill.Replace(s)), "--credential", written(t, fill.Replace(c)))
				if r.Result != row.want {
					t.Errorf("%s %s, %s: %s (%s), want %s", format, version, row.name, r.Result, r.Data, row.want)
				}
			}
		}
	}
	judge.Score{Suite: "After the W3C suite for VC JSON Schema", How: "inputs of the same kinds through the command line, for 2020-12, 2019-09 and Draft-7, JsonSchema and JsonSchemaCredential", Passed: n}.Report(t)
}

func replaced(t *testing.T, s, old, new string) string {
	t.Helper()
	if old != "" && !strings.Contains(s, old) {
		t.Fatalf("%s is not in %s", old, s)
	}
	return strings.Replace(s, old, new, 1)
}

func written(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "input.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
