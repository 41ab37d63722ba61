package schema_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
)

// leftToContexts are inputs that the suite wants refused and that no shape shows:
// package jsonld knows why.
var leftToContexts = []string{
	"credential-context-combo3-fail",                            // an address that is not registered
	"credential-redef-type-fail", "credential-redef-type2-fail", // a protected term
	"credential-type-mapped-nonurl-fail", "credential-type-unmapped-fail", // types without meaning
}

// The inputs of the W3C test suite for VC Data Model 2.0 are decided as their
// names say, with the issuer and the times that the suite puts in.
func TestW3CInputs(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(judge.Data(t, "vectors", "vcdm2-input"), "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	texts, err := filepath.Glob(filepath.Join(judge.Data(t, "vectors", "vcdm2-input"), "names-and-descriptions", "*.json"))
	if err != nil || len(files)+len(texts) != 120 {
		t.Fatalf("%d inputs, %v", len(files)+len(texts), err)
	}
	for _, file := range slices.Concat(files, texts) {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		v := suiteInput(t, file, name)
		check := schema.CheckVerifiableCredential
		if strings.HasPrefix(name, "presentation-") {
			check = checkWhole
		}
		faults := check(v)
		refused := slices.ContainsFunc(faults, func(f *schema.Fault) bool { return f.Outcome == schema.Fail })
		if want := strings.Contains(name, "-fail") && !slices.Contains(leftToContexts, name); refused != want {
			t.Errorf("%s: refused %v, want %v\n%s", name, refused, want, findings(faults))
		}
	}
}

// checkWhole judges a presentation and what it presents.
func checkWhole(v schema.Value) []*schema.Fault {
	faults := schema.CheckPresentation(v)
	for _, c := range schema.PresentationOf(v).Credential {
		if _, _, enveloped := schema.Enveloped(c); !enveloped {
			faults = append(faults, schema.CheckVerifiableCredential(c)...)
		}
	}
	return faults
}

func suiteInput(t *testing.T, file, name string) schema.Value {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("PAST DATE", "2020-01-01T00:00:00Z", "FUTURE DATE", "2120-01-01T00:00:00Z").Replace(string(b))
	d, err := schema.Parse([]byte(text), schema.Limits{})
	if err != nil {
		t.Fatal(file, err)
	}
	v := d.Root()
	issuer, there := v.Get("issuer")
	_, named := issuer.Get("id")
	switch {
	case strings.HasPrefix(name, "presentation-") || name == "credential-no-issuer-fail":
	case !there:
		v = v.With("issuer", schema.StringValue("did:example:issuer"))
	case issuer.Kind == schema.Object && !named:
		v = v.With("issuer", issuer.With("id", schema.StringValue("did:example:issuer")))
	}
	return v
}

// What the specification of Bitstring Status Lists shows as a credential or a
// list is well formed.
func TestStatusListExamples(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(judge.Data(t, "vectors", "bitstring-status-list"), "spec-example-*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	seen := 0
	for _, file := range files {
		d := document(t, file)
		if schema.DataModelOf(d.Root()) == schema.NoDataModel {
			continue // an example of something else
		}
		seen++
		for _, f := range schema.CheckCredential(d.Root()) {
			if f.Outcome == schema.Fail {
				t.Errorf("%s: %v", filepath.Base(file), f)
			}
		}
	}
	if seen < 12 {
		t.Errorf("only %d whole examples", seen)
	}
}
