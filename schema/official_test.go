package schema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/schematest"
)

// The official JSON Schemas and ours decide alike over generated and mutated
// documents: array-strict, and with single values in place of lists of one. The
// rules below, and no others, are read differently on purpose, and every
// difference has to be shown to be one of them.
func TestOurSchemasDecideLikeTheOfficialOnes(t *testing.T) {
	documents := 2_000
	if os.Getenv("MERKKI_LONG") == "1" {
		documents = 20_000
	}
	for _, class := range []struct {
		name string
		make func(*rand.Rand) schema.Value
		ours func(schema.Value) []*schema.Fault
	}{
		{"achievementcredential", richCredential, schema.ShapeOfAchievementCredential},
		{"endorsementcredential", endorsement, schema.ShapeOfEndorsementCredential},
	} {
		t.Run(class.name, func(t *testing.T) {
			file := judge.Data(t, "schemas", "ob_v3p0_"+class.name+"_schema.vcdm2.json.c73e966.json")
			strict, tolerant := official(t, file, false), official(t, file, true)
			tally := map[string]int{}
			for seed := range documents / 2 {
				rnd := rand.New(rand.NewPCG(uint64(seed), 5))
				v := class.make(rnd)
				for range rnd.IntN(4) {
					v = disturb(rnd, v)
				}
				faults := class.ours(v)
				compare(t, tally, "strict", v, strict, faults, true)
				compare(t, tally, "tolerant", v, tolerant, faults, false)
			}
			for _, verdict := range []string{"strict accepted", "strict refused", "tolerant accepted", "tolerant refused"} {
				if tally[verdict] < documents/20 {
					t.Errorf("only %d documents %s: the comparison says too little", tally[verdict], verdict)
				}
			}
			for _, rule := range rules {
				if tally[rule] == 0 {
					t.Errorf("no document showed the rule %q", rule)
				}
			}
			t.Logf("%d documents: %v", documents/2, tally)
		})
	}
}

func compare(t *testing.T, tally map[string]int, name string, v schema.Value, official *jsonschema.Schema, faults []*schema.Fault, strict bool) {
	t.Helper()
	var mine []*schema.Fault
	for _, f := range faults {
		if strict || f.Outcome == schema.Fail {
			mine = append(mine, f)
		}
	}
	theirs := accepts(official, v)
	switch {
	case theirs && len(mine) == 0:
		tally[name+" accepted"]++
	case !theirs && len(mine) > 0:
		tally[name+" refused"]++
	case theirs:
		for _, f := range mine {
			rule := stricterRule(v, f)
			if rule == "" {
				t.Errorf("%s: we refuse what the official schema accepts: %v\n%s", name, f, schema.Marshal(v))
			}
			tally["stricter: "+rule]++
		}
	default:
		rule := tolerantRule(v, official)
		if rule == "" {
			t.Errorf("%s: we accept what the official schema refuses: %v\n%s", name, refusal(official, v), schema.Marshal(v))
		}
		tally["more tolerant: "+rule]++
	}
}

// rules are the readings that differ on purpose.
var rules = []string{
	"stricter: identifiers", "stricter: dates", "stricter: ext: names",
	"more tolerant: credentialStatus as an array",
}

var (
	timeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)
	extForm  = regexp.MustCompile(`^ext:[A-Za-z0-9._-]+$`)
)

// stricterRule names the rule by which we refuse what the official schema lets
// pass, judged without our own code, or returns "".
func stricterRule(v schema.Value, f *schema.Fault) string {
	at, ok := schema.Resolve(v, f.Pointer)
	if !ok || at.Kind != schema.String {
		return ""
	}
	switch f.Finding {
	case "schema.identifier":
		u, err := url.Parse(at.Text)
		if err != nil || !u.IsAbs() || u.Host+u.Opaque+u.Path == "" || strings.ContainsAny(at.Text, " <>\"{}|\\^`\n\t") {
			return "identifiers"
		}
	case "schema.time":
		_, err := time.Parse(time.RFC3339, at.Text)
		if err != nil || !timeForm.MatchString(at.Text) || strings.HasPrefix(at.Text, "0000") || at.Text[len(at.Text)-6:] > "+14:00" {
			return "dates"
		}
	case "schema.shape":
		if strings.Contains(at.Text, "ext:") && !extForm.MatchString(at.Text) {
			return "ext: names"
		}
	}
	return ""
}

// tolerantRule names the rule by which we accept what the official schema
// refuses: without it, the official schema has to accept as well.
func tolerantRule(v schema.Value, official *jsonschema.Schema) string {
	if accepts(official, withSingleStatus(v)) {
		return "credentialStatus as an array"
	}
	return ""
}

// withSingleStatus replaces each list of status entries by its one entry, after
// seeing that the others are entries too.
func withSingleStatus(v schema.Value) schema.Value {
	return rewrite(v, func(name string, v schema.Value) schema.Value {
		if name != "credentialStatus" || len(v.Items) == 0 {
			return v
		}
		for _, entry := range v.Items {
			id, _ := entry.Get("id")
			kind, _ := entry.Get("type")
			if id.Kind != schema.String || kind.Kind != schema.String {
				return v
			}
		}
		return schema.ObjectValue(
			schema.Member{Name: "id", Value: schema.StringValue("urn:x:1")}, schema.Member{Name: "type", Value: schema.StringValue("x")})
	})
}

func rewrite(v schema.Value, each func(name string, v schema.Value) schema.Value) schema.Value {
	return rewriteMember("", v, each)
}

func rewriteMember(name string, v schema.Value, each func(string, schema.Value) schema.Value) schema.Value {
	switch v.Kind {
	case schema.Array:
		items := make([]schema.Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = rewriteMember("", item, each)
		}
		v.Items = items
	case schema.Object:
		members := make([]schema.Member, len(v.Members))
		for i, m := range v.Members {
			members[i] = schema.Member{Name: m.Name, Value: rewriteMember(m.Name, m.Value, each)}
		}
		v.Members = members
	}
	return each(name, v)
}

func accepts(s *jsonschema.Schema, v schema.Value) bool { return refusal(s, v) == nil }

func refusal(s *jsonschema.Schema, v schema.Value) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Marshal(v)))
	if err != nil {
		return err
	}
	return s.Validate(doc)
}

// official compiles an official schema: as it is, or with single values allowed
// where the specification's compacted form allows them. The tolerant file that
// is served today is not to be had; this is the rebuild its README describes.
func official(t *testing.T, file string, compacted bool) *jsonschema.Schema {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	doc["$schema"] = strings.TrimSuffix(doc["$schema"].(string), "#")
	if compacted {
		allowSingle(doc)
		for _, class := range doc["$defs"].(map[string]any) {
			allowSingle(class.(map[string]any))
		}
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.UseLoader(noLoader{})
	if err := c.AddResource("official:schema", doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("official:schema")
}

type noLoader struct{}

func (noLoader) Load(url string) (any, error) { return nil, errors.New("not here: " + url) }

func allowSingle(class map[string]any) {
	properties, _ := class["properties"].(map[string]any)
	for _, name := range []string{"type", "proof", "credentialSchema", "termsOfUse"} {
		if s, ok := properties[name].(map[string]any); ok {
			if all, ok := s["allOf"].([]any); ok {
				for i, part := range all {
					all[i] = singleOr(part.(map[string]any))
				}
			} else if s["type"] == "array" {
				properties[name] = singleOr(s)
			}
		}
	}
}

// singleOr accepts what the array schema accepts, or one item that an array of
// it alone would be accepted with.
func singleOr(array map[string]any) map[string]any {
	single := []any{map[string]any{"not": map[string]any{"type": "array"}}, array["items"]}
	if c, ok := array["contains"]; ok {
		single = append(single, c)
	}
	return map[string]any{"anyOf": []any{array, map[string]any{"allOf": single}}}
}

// richCredential is a credential with what Merkki reads but does not issue.
func richCredential(rnd *rand.Rand) schema.Value {
	v := schematest.Credential(rnd)
	if rnd.IntN(2) == 0 {
		v = v.With("endorsement", schema.ArrayValue(endorsement(rnd), endorsement(rnd)))
	}
	if rnd.IntN(2) == 0 {
		v = v.With("endorsementJwt", schema.ArrayValue(schema.StringValue("eyJh.eyJi.c2ln")))
	}
	if rnd.IntN(2) == 0 {
		v = v.With("refreshService", typed("1EdTechCredentialRefresh"))
		v = v.With("termsOfUse", schema.ArrayValue(typed("IssuerPolicy")))
	}
	return v
}

func typed(kind string) schema.Value {
	return schema.ObjectValue(
		schema.Member{Name: "id", Value: schema.StringValue("https://koulu.example/x")},
		schema.Member{Name: "type", Value: schema.StringValue(kind)})
}

func endorsement(rnd *rand.Rand) schema.Value {
	v := schematest.Credential(rnd).Without("evidence", "image")
	v = v.With("type", parsed(`["VerifiableCredential","EndorsementCredential"]`))
	v = v.With("credentialSubject", parsed(`{"id":"https://koulu.example/a/1","type":["EndorsementSubject"],"endorsementComment":"Hyvä."}`))
	return v.With("proof", parsed(`[{"type":"DataIntegrityProof","created":"2026-01-01T00:00:00Z","cryptosuite":"eddsa-rdfc-2022",
		"proofPurpose":"assertionMethod","proofValue":"z1","verificationMethod":"did:web:koulu.example#key"}]`))
}

// parsed reads a JSON value that a test holds.
func parsed(text string) schema.Value {
	d, err := schema.Parse(fmt.Appendf(nil, `{"v":%s}`, text), schema.Limits{})
	if err != nil {
		panic(err)
	}
	v, _ := d.Root().Get("v")
	return v
}

// disturb changes v at one random place in one random way.
func disturb(rnd *rand.Rand, v schema.Value) schema.Value {
	var pointers, special []string
	var collect func(v schema.Value, pointer string)
	collect = func(v schema.Value, pointer string) {
		for i, item := range v.Items {
			collect(item, fmt.Sprint(pointer, "/", i))
		}
		for _, m := range v.Members {
			collect(m.Value, schema.PointerTo(pointer, m.Name))
		}
		if pointer != "" {
			pointers = append(pointers, pointer)
		}
		if specialForm.MatchString(pointer) {
			special = append(special, pointer)
		}
	}
	collect(v, "")
	if rnd.IntN(2) == 0 {
		pointers = special // never empty: a credential has times
	}
	return disturbAt(rnd, v, "", pointers[rnd.IntN(len(pointers))])
}

// specialForm finds members whose text has a form, which chance alone would
// seldom meet.
var specialForm = regexp.MustCompile(`/(valid\w+|\w+Date|created|inLanguage|\w+Type|dateOfBirth|status|endorsementJwt/\d|credentialStatus|proof)$`)

var strangeValues = []schema.Value{
	parsed(`null`), parsed(`true`), parsed(`5`), parsed(`2.5`), parsed(`""`), parsed(`"x"`), parsed(`[]`), parsed(`{}`), parsed(`["x"]`),
	parsed(`"ext:x"`), parsed(`"ext:"`), parsed(`"xext:a b"`), parsed(`"Ext:x"`), parsed(`"not a uri"`), parsed(`"_:b0"`), parsed(`"urn:a:b"`),
	parsed(`"2026-02-29T00:00:00Z"`), parsed(`"2026-02-28T24:00:00Z"`), parsed(`"2026-02-28t00:00:00z"`), parsed(`"2026-02-28T00:00:00"`),
	parsed(`"2026-02-28T23:59:60Z"`), parsed(`"2026-02-28T00:00:00.5+14:00"`), parsed(`"2026-02-28T00:00:00+15:00"`), parsed(`"2026-02-28"`),
	parsed(`"fi"`), parsed(`"FI"`), parsed(`"a.b.c"`), parsed(`"a..c"`), parsed(`"Status"`), parsed(`"Completed"`), parsed(`"MicroCredential"`),
	parsed(`{"id":"urn:x:1","type":"Image"}`), parsed(`["VerifiableCredential","OpenBadgeCredential","x"]`), parsed(`"Achievement"`),
}

// disturbAt goes down to target and does something there.
func disturbAt(rnd *rand.Rand, v schema.Value, pointer, target string) schema.Value {
	if pointer == target {
		switch rnd.IntN(4) {
		case 0:
			return schema.ArrayValue(v)
		case 1:
			if v.Kind == schema.Array && len(v.Items) > 0 {
				return v.Items[0]
			}
		case 2:
			if v.Kind == schema.Object {
				return v.With([]string{"extra", "id", "type", "name"}[rnd.IntN(4)], strangeValues[rnd.IntN(len(strangeValues))])
			}
		}
		if form := specialForm.FindStringSubmatch(target); form != nil && strings.HasSuffix(form[1], "Type") {
			return parsed([]string{`"ext:x"`, `"ext:"`, `"xext:a b"`, `"Ext:x"`}[rnd.IntN(4)])
		}
		return strangeValues[rnd.IntN(len(strangeValues))]
	}
	if v.Kind == schema.Array {
		items := append([]schema.Value(nil), v.Items...)
		for i := range items {
			if at := fmt.Sprint(pointer, "/", i); at == target || strings.HasPrefix(target, at+"/") {
				items[i] = disturbAt(rnd, items[i], at, target)
			}
		}
		return schema.ArrayValue(items...)
	}
	for _, m := range v.Members {
		at := schema.PointerTo(pointer, m.Name)
		if at == target && rnd.IntN(5) == 0 {
			return v.Without(m.Name)
		}
		if at == target || strings.HasPrefix(target, at+"/") {
			return v.With(m.Name, disturbAt(rnd, m.Value, at, target))
		}
	}
	return v
}
