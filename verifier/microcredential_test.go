package verifier_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
	mc "merkki/schema/microcredential"
	"merkki/schema/microcredential/examples"
	"merkki/verifier"
)

// microFindings are what a report says about the profile, with their places.
func microFindings(r *verifier.Report) (all []string) {
	c := r.Check("document.schema")
	if strings.HasPrefix(c.Finding, "microcredential.") {
		all = append(all, c.Finding+" "+c.Pointer)
	}
	for _, a := range c.Also {
		if strings.HasPrefix(a.Finding, "microcredential.") {
			all = append(all, a.Finding+" "+a.Pointer)
		}
	}
	return all
}

// TestMicroCredentials: a credential of every example verifies, in both forms,
// with nothing to remark at its document; what it lacks of the profile is a
// remark and decides nothing.
func TestMicroCredentials(t *testing.T) {
	w := newWorld()
	verify := func(input []byte) *verifier.Report {
		t.Helper()
		r, err := w.v.Verify(t.Context(), verifier.Request{Input: input})
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != verifier.Valid {
			t.Errorf("%s: %+v", r.Verdict, r.Primary)
		}
		consistent(t, r)
		return r
	}
	for _, name := range examples.Names() {
		v, _ := examples.Awarded(name, w.uni.ID())
		v = v.With("validFrom", schema.StringValue("2026-05-01T00:00:00Z"))
		for form, input := range map[string][]byte{"data integrity": w.uni.Sign(v), "token": w.uni.Token(v)} {
			if c := verify(input).Check("document.schema"); c.Status != schema.Pass || len(c.Also) > 0 {
				t.Errorf("%s, %s: %s %s %v", name, form, c.Status, c.Finding, c.Also)
			}
		}
		subject, _ := v.Get("credentialSubject")
		a, _ := subject.Get("achievement")
		spoilt := v.With("credentialSubject", subject.With("achievement", a.Without("qualityAssurance").With("reviewDue", schema.StringValue("soon"))))
		want := "microcredential.missing /credentialSubject/achievement/qualityAssurance, microcredential.form /credentialSubject/achievement/reviewDue"
		if got := strings.Join(microFindings(verify(w.uni.Sign(spoilt))), ", "); got != want {
			t.Errorf("%s, spoilt: %q, want %q", name, got, want)
		}
	}
}

// TestMicroCredentialsByName: whoever names the schema of the profile is held to
// it; an Open Badge that does not is none of its business; and a report does not
// grow without end.
func TestMicroCredentialsByName(t *testing.T) {
	w := newWorld()
	badge := w.uni.Badge()
	named := badge.With("credentialSchema", schema.ArrayValue(schema.ObjectValue(
		schema.Member{Name: "id", Value: schema.StringValue(mc.SchemaURL)},
		schema.Member{Name: "type", Value: schema.StringValue("1EdTechJsonSchemaValidator2019")})))
	named = named.With("@context", schema.ArrayValue(append(badge.GetList("@context"),
		schema.StringValue("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"))...))
	for name, c := range map[string]struct {
		doc  schema.Value
		want int
	}{"plain": {badge, 0}, "named": {named, 10}} {
		r, err := w.v.Verify(t.Context(), verifier.Request{Input: w.uni.Sign(c.doc)})
		if err != nil {
			t.Fatal(err)
		}
		if got := microFindings(r); r.Verdict != verifier.Valid || len(got) != c.want {
			t.Errorf("%s: %s, %d findings %v, want %d", name, r.Verdict, len(got), got, c.want)
		}
		if c := r.Check("document.schema"); c.Finding == "schema.not-checked" {
			t.Errorf("%s: what is checked is said not to be", name)
		}
	}
}

// TestBrokenContext: a badge of SURF's educredential vocabulary is not refused
// without a reason. Its context is broken where it is published, and the report
// says that of the context, whatever branch it is taken from.
func TestBrokenContext(t *testing.T) {
	w := newWorld()
	input, err := os.ReadFile(judge.Data(t, "elm", "interop", "surf-uvh_at_microcredential_full_1.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"as published": input, "of another branch": bytes.ReplaceAll(input, []byte("refs/heads/main"), []byte("a5a6b6d")),
	} {
		r, err := w.v.Verify(t.Context(), verifier.Request{Input: b})
		if err != nil {
			t.Fatal(err)
		}
		c := r.Check("document.contexts")
		if r.Verdict == verifier.Valid || c.Finding != "contexts.broken" || c.Pointer != "/@context/2" {
			t.Errorf("%s: %s, %s at %s", name, r.Verdict, c.Finding, c.Pointer)
		}
	}
	// Another file of the same people is only unknown.
	r, err := w.v.Verify(t.Context(), verifier.Request{Input: bytes.ReplaceAll(input, []byte("educredential.json"), []byte("other.json"))})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Check("document.contexts"); c.Finding != "contexts.unregistered" {
		t.Errorf("another context: %s", c.Finding)
	}
}
