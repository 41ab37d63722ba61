package jsonld_test

import (
	"bytes"
	"crypto"
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
)

// TestAttacks gives every document of the attack table to this package. Where
// the table's finding is one that is decided here, it has to be found; where it
// is none of ours, nothing may be.
func TestAttacks(t *testing.T) {
	ours := map[string]bool{"document.contexts": true, "document.terms": true}
	dir := judge.Data(t, "attacks")
	seen := 0
	for line := range bytes.Lines(read(t, dir, "index.jsonl")) {
		var row struct{ Path, Op, Check, Finding, Encoding string }
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		if row.Op != "verify" || row.Encoding != "" {
			continue
		}
		doc, err := schema.Parse(read(t, dir, row.Path), schema.Limits{})
		if err != nil {
			continue // decided by the parser
		}
		var finding string
		took := judge.CPUTime(func() { finding = findingOf(t, doc.Root().Without("proof")) })
		want := ""
		switch {
		case ours[row.Check], row.Finding == "signature.work-limit":
			want, seen = row.Finding, seen+1
		case row.Path == "rdf/clique-8-official-contexts.json":
			// Its labels are refused by document.schema, before its signature is looked at.
			want = "signature.work-limit"
		}
		if finding != want {
			t.Errorf("%s: finding %q, want %q", row.Path, finding, want)
		}
		if took > 100*time.Millisecond {
			t.Errorf("%s took %v", row.Path, took)
		}
	}
	if seen < 9 {
		t.Errorf("only %d rows of the table were decided here", seen)
	}
}

// findingOf returns the primary finding about a document, or "".
func findingOf(t *testing.T, root schema.Value) string {
	r := jsonld.Embedded()
	if faults := r.CheckContexts(root); len(faults) > 0 {
		return faults[0].Finding
	}
	_, err := canonical(t.Context(), r, root, crypto.SHA256)
	if _, ok := errors.AsType[*rdfcanon.WorkError](err); ok {
		return "signature.work-limit"
	}
	if f, ok := errors.AsType[*schema.Fault](err); ok {
		return f.Finding
	}
	if err != nil {
		return "signature.transform"
	}
	return ""
}

// TestContextsAreBounded: a document that puts ever more contexts into force is
// refused, soon, and by count.
func TestContextsAreBounded(t *testing.T) {
	text := credentialWith(`"criteria": {"type": ["Achievement"` + strings.Repeat(`, "Achievement"`, 10_000) + `]}`)
	root := parse(t, text)
	var err error
	took := judge.CPUTime(func() { _, err = jsonld.Embedded().Quads(t.Context(), root) })
	f, ok := errors.AsType[*schema.Fault](err)
	if !ok || f.Finding != "signature.work-limit" || f.Args["limit"] != "jsonld.definitions" {
		t.Fatalf("got %v, want a refusal for the work", err)
	}
	if took > 100*time.Millisecond {
		t.Errorf("the refusal took %v", took)
	}
}

// TestLongNamesAreBounded: one long name over many values fits the limits of
// the parser, and would be many times the document as statements or as faults.
func TestLongNamesAreBounded(t *testing.T) {
	long := strings.Repeat("x", 400_000)
	values := strings.Repeat(`"a",`, 15_000) + `"a"`
	for name, c := range map[string]struct{ json, finding string }{
		"property":       {`"urn:` + long + `": [` + values + `]`, "signature.work-limit"},
		"undefined":      {`"related": {"id": "urn:x", "urn:` + long + `": [` + strings.Repeat(`{"b": null, "c": 1},`, 900) + `{}]}`, "terms.null"},
		"deep undefined": {`"urn:` + long + `": ` + strings.Repeat(`{"urn:y": `, 55) + `{"b": 1, "c": 1}` + strings.Repeat(`}`, 55), "terms.undefined"},
	} {
		root := parse(t, credentialWith(c.json))
		var err error
		took := judge.CPUTime(func() { _, err = jsonld.Embedded().Quads(t.Context(), root) })
		if f, ok := errors.AsType[*schema.Fault](err); !ok || f.Finding != c.finding {
			t.Errorf("%s: got %.300v, want %s", name, err, c.finding)
		}
		if took > 100*time.Millisecond {
			t.Errorf("%s: the refusal took %v", name, took)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = jsonld.Embedded().Quads(t.Context(), root)
		runtime.ReadMemStats(&after)
		if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > 64 {
			t.Errorf("%s: the refusal took %d MiB", name, mib)
		}
	}
}
