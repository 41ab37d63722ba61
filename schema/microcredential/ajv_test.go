package microcredential_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
	mc "merkki/schema/microcredential"
	"merkki/schema/microcredential/examples"
)

// ajv asks ajv about instances under a schema; an answer is "" for valid, else
// the first pointer and keyword it objects to.
func ajv(t *testing.T, schemaBytes []byte, instances []schema.Value) []string {
	t.Helper()
	lines := []any{map[string]any{"schema": json.RawMessage(schemaBytes)}}
	for _, v := range instances {
		lines = append(lines, map[string]any{"instance": json.RawMessage(schema.Marshal(v))})
	}
	var said []string
	for _, b := range judge.Node(t, "ajv.mjs", lines...)[1:] {
		var a struct {
			Valid  bool
			Errors []struct{ Pointer, Keyword string }
			Error  string
		}
		if err := json.Unmarshal(b, &a); err != nil || a.Error != "" {
			t.Fatalf("%s: %v", b, err)
		}
		switch {
		case a.Valid:
			said = append(said, "")
		default:
			said = append(said, a.Errors[0].Pointer+" "+a.Errors[0].Keyword)
		}
	}
	if len(said) != len(instances) {
		t.Fatalf("%d answers to %d instances", len(said), len(instances))
	}
	return said
}

// credentials are a credential of each example, the golden one, and one in which
// every term of the profile stands.
func credentials(t *testing.T) map[string]schema.Value {
	t.Helper()
	every, err := os.ReadFile("testdata/every-term.json")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]schema.Value{"golden": golden(t).Without("proof"), "every term": parsed(t, every)}
	for _, name := range examples.Names() {
		all[name], _ = examples.Awarded(name, "did:web:pohjoinen.example")
	}
	return all
}

// TestAjvAcceptsExamples: the schema of the profile and the official one of Open
// Badges, which knows nothing of it, accept a credential of every example.
func TestAjvAcceptsExamples(t *testing.T) {
	official, err := os.ReadFile(judge.Data(t, "schemas", "ob_v3p0_achievementcredential_schema.vcdm2.json.c73e966.json"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var instances []schema.Value
	for name, v := range credentials(t) {
		names, instances = append(names, name), append(instances, v)
	}
	for which, b := range map[string][]byte{"the profile": mc.JSONSchema(), "Open Badges": official} {
		for i, objection := range ajv(t, b, instances) {
			if objection != "" {
				t.Errorf("%s under the schema of %s: %s", names[i], which, objection)
			}
		}
	}
}

// A mutation is a document in which one member of one node was changed.
type mutation struct {
	class, term, how string
	doc              schema.Value
}

// wrong are values that stand where something else should.
var wrong = map[string]string{
	"removed": "", "a number": "5", "an empty text": `""`, "a text": `"x y"`, "an empty list": "[]", "an empty object": "{}",
	"a list of a number": "[5]", "null": "null", "true": "true",
}

// mutations changes every member of every node of the profile in each way.
func mutations(root schema.Value) (all []mutation) {
	var visit func(v schema.Value, rebuild func(schema.Value) schema.Value)
	visit = func(v schema.Value, rebuild func(schema.Value) schema.Value) {
		for i, item := range v.Items {
			visit(item, func(n schema.Value) schema.Value {
				items := append([]schema.Value(nil), v.Items...)
				items[i] = n
				return rebuild(schema.ArrayValue(items...))
			})
		}
		for _, m := range v.Members {
			visit(m.Value, func(n schema.Value) schema.Value { return rebuild(v.With(m.Name, n)) })
		}
		for _, class := range v.GetList("type") {
			terms := mc.TermsOf(class.Text)
			if !strings.HasPrefix(class.Text, "Mc") {
				continue
			}
			for _, term := range append([]string{"id", "type"}, terms...) {
				if _, ok := v.Get(term); !ok {
					continue
				}
				for how, value := range wrong {
					n := v.Without(term)
					if value != "" {
						n = v.With(term, small(value))
					}
					all = append(all, mutation{class.Text, term, how, rebuild(n)})
				}
			}
		}
	}
	visit(root, func(v schema.Value) schema.Value { return v })
	return all
}

func small(text string) schema.Value {
	doc, err := schema.Parse([]byte(`{"v":`+text+`}`), schema.Limits{})
	if err != nil {
		panic(err)
	}
	v, _ := doc.Root().Get("v")
	return v
}

// differences are where the table and the schema do not decide alike, by what
// was changed and what the table wants; each for a reason.
var differences = map[string]string{
	"McAchievement.id address":                      "whether an Achievement has an id is a matter of Open Badges' own schema",
	"McAchievement.degreePart part-of":              "two places that have to agree, which no JSON Schema can say",
	"McAwardingBody.awardingShare shares-whole":     "a sum, which no JSON Schema can say",
	"McAwardingBody.mandate mandate":                "whether a body is the issuer, which no JSON Schema can say",
	"McAwardingProcess.approvalThreshold threshold": "a number of bodies, which no JSON Schema can say",
}

// TestAjvDecidesLikeTheTable: over every member of every class, removed or of a
// wrong form, ajv with the published schema decides like the table that decides
// in the program.
func TestAjvDecidesLikeTheTable(t *testing.T) {
	var cases []mutation
	changed := map[string]bool{}
	all := credentials(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, m := range mutations(all[name]) {
			// One document of each change is enough: the examples repeat themselves.
			if key := m.class + "." + m.term + m.how; !changed[key] {
				changed[key] = true
				cases = append(cases, m)
			}
		}
	}
	docs := make([]schema.Value, len(cases))
	for i, c := range cases {
		docs[i] = c.doc
	}
	shown := map[string]bool{}
	for i, objection := range ajv(t, mc.JSONSchema(), docs) {
		c, problems := cases[i], mc.CheckAward(cases[i].doc)
		if (len(problems) > 0) == (objection != "") {
			continue
		}
		what := c.class + "." + c.term
		if len(problems) > 0 {
			what += " " + problems[0].Want.Name
		}
		shown[what] = true
		if differences[what] == "" {
			t.Errorf("%s %s: the table finds %v, ajv %q", c.class, c.term, problems, objection)
		}
	}
	for what := range differences {
		if !shown[what] {
			t.Errorf("%s: no difference was met", what)
		}
	}
	for _, class := range mc.ClassNames() {
		for _, term := range mc.TermsOf(class) {
			if !changed[class+"."+term+"removed"] {
				t.Errorf("%s.%s was never changed", class, term)
			}
		}
	}
	t.Logf("%d changed documents", len(cases))
}
