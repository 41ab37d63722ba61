package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/schematest"
)

// Digital Bazaar's verifier accepts every credential of the demo, the revoked
// one included, since status is not its question; it refuses every altered one
// that our report refuses for its signature or for something that the
// signature does not cover. ajv finds them valid under the official schema.
func TestPeersJudgeDemo(t *testing.T) {
	judge.Peers(t)
	dir := t.TempDir()
	p, _, errs := newProgram()
	if got := p.run(context.Background(), []string{"demo", "--once", "--dir", dir}); got != 0 {
		t.Fatalf("exit status %d: %s", got, errs)
	}
	out := filepath.Join(dir, "out")
	lines := []any{demoDocuments(t, out)}
	var what []string
	ask := func(name string, b []byte) {
		what = append(what, name)
		lines = append(lines, map[string]any{"credential": json.RawMessage(b)})
	}
	credentials := []string{"valid.json", "expiring.json", "revoked.json"}
	for _, name := range credentials {
		ask(name, readFile(t, filepath.Join(out, name)))
	}
	for _, name := range credentials {
		for change, b := range refusedAlterations(t, out, name) {
			ask(change+" of "+name, b)
		}
	}
	answers := judge.Node(t, "verify.mjs", lines...)
	for i, b := range answers {
		var a struct {
			Verified bool
			Error    string
		}
		if err := json.Unmarshal(b, &a); err != nil {
			t.Fatal(err)
		}
		if a.Verified != (i < len(credentials)) {
			t.Errorf("%s: verified is %v %s", what[i], a.Verified, a.Error)
		}
		if strings.Contains(a.Error, "not among the given documents") { // a refusal of nothing
			t.Fatalf("%s: the peer lacks a document: %s", what[i], a.Error)
		}
	}
	if len(answers) != len(what) || len(what) < 30 {
		t.Errorf("%d answers to %d questions", len(answers), len(what))
	}
	t.Logf("%d credentials accepted, %d alterations refused", len(credentials), len(what)-len(credentials))
}

// refusedAlterations returns the altered forms of a credential that merkki
// verify refuses at proof.signature or document.terms, by what was done.
func refusedAlterations(t *testing.T, out, name string) map[string][]byte {
	t.Helper()
	doc, err := schema.Parse(readFile(t, filepath.Join(out, name)), schema.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	every := 4
	if os.Getenv("MERKKI_LONG") == "1" {
		every = 1
	}
	args := []string{"verify", "--json", "--bundle", filepath.Join(out, "bundle.json"), "--trust", filepath.Join(out, "trust.json")}
	var changes []string
	var altered [][]byte
	n, dir := 0, t.TempDir()
	for change, v := range schematest.Mutations(doc.Root()) {
		if n++; n%every != 0 {
			continue
		}
		file := filepath.Join(dir, fmt.Sprint(n, ".json"))
		b := schema.Marshal(v)
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		args, changes, altered = append(args, file), append(changes, change), append(altered, b)
	}
	p, stdout, errs := newProgram()
	if got := p.run(context.Background(), args); got != 1 {
		t.Fatalf("exit status %d: %s", got, errs)
	}
	refused := map[string][]byte{}
	i := 0
	for line := range bytes.Lines(stdout.Bytes()) {
		var r struct {
			Primary struct{ Check, Outcome string }
		}
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		if c := r.Primary.Check; r.Primary.Outcome == "fail" && (c == "proof.signature" || c == "document.terms") {
			refused[changes[i]] = altered[i]
		}
		i++
	}
	if i != len(changes) {
		t.Fatalf("%d reports on %d inputs", i, len(changes))
	}
	return refused
}

// demoDocuments are the contexts and what the demo's bundle serves.
func demoDocuments(t *testing.T, out string) any {
	t.Helper()
	byURL := map[string][]byte{"did:web:merkki.example": readFile(t, filepath.Join(out, "did.json"))}
	for _, u := range []string{
		"https://www.w3.org/ns/credentials/v2",
		"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
		"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
	} {
		b, ok := jsonld.Embedded().Context(u)
		if !ok {
			t.Fatalf("no context %s", u)
		}
		byURL[u] = b
	}
	return judge.Documents(byURL)
}

// The official JSON Schema, run by ajv, accepts what the demo issued; of a
// credential that can be suspended it names credentialStatus and nothing else.
func TestOfficialSchemaJudgesDemo(t *testing.T) {
	judge.Peers(t)
	official := readFile(t, judge.Data(t, "schemas", "ob_v3p0_achievementcredential_schema.vcdm2.json.c73e966.json"))
	dir := t.TempDir()
	p, _, errs := newProgram()
	if got := p.run(context.Background(), []string{"demo", "--once", "--dir", dir}); got != 0 {
		t.Fatalf("exit status %d: %s", got, errs)
	}
	lines := []any{map[string]any{"schema": json.RawMessage(official)}}
	var names []string
	for _, name := range []string{"valid.json", "expiring.json", "revoked.json"} {
		names = append(names, name)
		lines = append(lines, map[string]any{"instance": json.RawMessage(readFile(t, filepath.Join(dir, "out", name)))})
	}
	doc, err := schema.Parse(readFile(t, filepath.Join(dir, "out", "valid.json")), schema.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	status, _ := doc.Root().Get("credentialStatus")
	names = append(names, "suspendable")
	lines = append(lines, map[string]any{"instance": json.RawMessage(schema.Marshal(
		doc.Root().With("credentialStatus", schema.ArrayValue(status, status.With("statusPurpose", schema.StringValue("suspension"))))))})
	for i, b := range judge.Node(t, "ajv.mjs", lines...)[1:] {
		var a struct {
			Valid  bool
			Errors []struct{ Pointer, Keyword string }
		}
		if err := json.Unmarshal(b, &a); err != nil {
			t.Fatal(err)
		}
		if names[i] != "suspendable" {
			if !a.Valid {
				t.Errorf("%s: %v", names[i], a.Errors)
			}
			continue
		}
		if len(a.Errors) == 0 {
			t.Error("the official schema accepts two status entries by now: the warning of achievements add is wrong")
		}
		for _, e := range a.Errors {
			if !strings.HasPrefix(e.Pointer, "/credentialStatus") {
				t.Errorf("suspendable: %v", e)
			}
		}
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
