package schema_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"merkki/schema"
)

func TestParseRefuses(t *testing.T) {
	nest := func(n int) string {
		return `{"a":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}`
	}
	for _, c := range []struct {
		in, finding, pointer string
		offset               int // -1: the fault has none
	}{
		{"", "container.empty", "", -1},
		{" \n", "syntax.not-json", "", 2},
		{"\xEF\xBB\xBF{}", "syntax.encoding", "", 0},
		{"\xFF\xFE{\x00}\x00", "syntax.encoding", "", 0},
		{"{\x00}\x00", "syntax.encoding", "", 0},
		{"\x00{\x00}", "syntax.encoding", "", 0},
		{"{\"\uFFFDa\":\"\xC3\x28\"}", "syntax.encoding", "", 9},
		{"{\"a\":\"\xED\xA0\x80\"}", "syntax.encoding", "", 6}, // a surrogate in UTF-8
		{"{\"a\":\"\xC0\x80\"}", "syntax.encoding", "", 6},     // overlong
		{`{"a":"\uD800"}`, "syntax.encoding", "/a", 6},
		{`{"a":"x\uD800\uD800"}`, "syntax.encoding", "/a", 7},
		{`{"a":["\uDC00\uD800"]}`, "syntax.encoding", "/a/0", 7},
		{`{"\uD800":1}`, "syntax.encoding", "/", 2},
		{`{"a":1,"a":2}`, "syntax.duplicate-name", "/a", 7},
		{`{"a/~":1,"\u0061\/\u007e":2}`, "syntax.duplicate-name", "/a~1~0", 9},
		{`{"b":{"":1,"":1}}`, "syntax.duplicate-name", "/b/", 11},
		{`[]`, "syntax.not-an-object", "", 0},
		{` "a"`, "syntax.not-an-object", "", 1},
		{`null`, "syntax.not-an-object", "", 0},
		{`[1,]`, "syntax.not-json", "/1", 3},
		{`nul`, "syntax.not-json", "", 0},
		{`{} x`, "syntax.trailing-data", "", 3},
		{`{}{}`, "syntax.trailing-data", "", 2},
		{`{"a":1`, "syntax.not-json", "/a", 6},
		{`{"a":tru}`, "syntax.not-json", "/a", 5},
		{`{"a":"` + "\n" + `"}`, "syntax.not-json", "/a", 6},
		{`{"a":"\u00zz"}`, "syntax.not-json", "/a", 10},
		{`{"a":"\x"}`, "syntax.not-json", "/a", 7},
		{`{'a':1}`, "syntax.not-json", "/", 1},
		{`{"a":1,}`, "syntax.not-json", "/a", 7},
		{`{"a" 1}`, "syntax.not-json", "/a", 5},
		{`{"a":1}/**/`, "syntax.trailing-data", "", 7},
		{`{"a":NaN}`, "syntax.not-json", "/a", 5},
		{`{"a":01}`, "syntax.not-json", "/a", 6},
		{`{"a":+1}`, "syntax.not-json", "/a", 5},
		{`{"a":1.}`, "syntax.not-json", "/a", 7},
		{`{"a":.5}`, "syntax.not-json", "/a", 5},
		{`{"a":1e}`, "syntax.not-json", "/a", 7},
		{nest(65), "syntax.depth", "/a" + strings.Repeat("/0", 63), 5 + 63},
		{`{"payload":"e30","signatures":[]}`, "container.jws-malformed", "", -1},
		{`{"payload":"e30","signature":"","protected":""}`, "container.jws-malformed", "", -1},
	} {
		_, err := schema.Parse([]byte(c.in), schema.Limits{})
		f, ok := errors.AsType[*schema.Fault](err)
		if !ok {
			t.Errorf("%q: %v, want %s", c.in, err, c.finding)
			continue
		}
		offset := -1
		if o, has := f.Args["offset"]; has {
			offset = o.(int)
		}
		if f.Finding != c.finding || f.Pointer != c.pointer || offset != c.offset {
			t.Errorf("%q: %s at %q offset %d, want %s at %q offset %d",
				c.in, f.Finding, f.Pointer, offset, c.finding, c.pointer, c.offset)
		}
	}
}

func TestParseLimits(t *testing.T) {
	l := schema.Limits{Bytes: 60, Depth: 3, Values: 6, Objects: 3, Members: 4}
	for _, c := range []struct {
		within, beyond, limit string
		max                   int
	}{
		{`{"a":"` + strings.Repeat("x", 52) + `"}`, `{"a":"` + strings.Repeat("x", 53) + `"}`, "document.bytes", 60},
		{`{"a":[{}]}`, `{"a":[{"b":[]}]}`, "json.depth", 3},
		{`{"a":[1,2,3,4]}`, `{"a":[1,2,3,4,5]}`, "json.values", 6},
		{`{"a":{},"b":{}}`, `{"a":{},"b":{},"c":{}}`, "json.objects", 3},
		{`{"a":1,"b":1,"c":1,"d":1}`, `{"a":1,"b":1,"c":1,"d":1,"e":1}`, "json.members", 4},
	} {
		if _, err := schema.Parse([]byte(c.within), l); err != nil {
			t.Errorf("%s: %v", c.within, err)
		}
		_, err := schema.Parse([]byte(c.beyond), l)
		f, _ := errors.AsType[*schema.Fault](err)
		if f == nil || f.Code != schema.CodeLimitExceeded || f.Outcome != schema.Unknown || f.Args["limit"] != c.limit || f.Args["max"] != c.max {
			t.Errorf("%s: %v, want %s", c.beyond, err, c.limit)
		}
	}
}

func TestParseCounts(t *testing.T) {
	many := func(name, item string, n int) string {
		return `"` + name + `":[` + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + `]`
	}
	nested := func(n int) string {
		return strings.Repeat(`{"endorsement":[`, n) + "{}" + strings.Repeat("]}", n)
	}
	for _, c := range []struct{ within, beyond, limit string }{
		{"{" + many("proof", "{}", 16) + "}", "{" + many("proof", "{}", 17) + "}", "proof"},
		{`{"proof":{` + many("previousProof", `"u"`, 16) + "}}", `{"proof":{` + many("previousProof", `"u"`, 17) + "}}", "previousProof"},
		{"{" + many("credentialStatus", "{}", 16) + "}", "{" + many("credentialStatus", "{}", 17) + "}", "credentialStatus"},
		{"{" + many("verifiableCredential", "{}", 64) + "}", "{" + many("verifiableCredential", "{}", 65) + "}", "verifiableCredential"},
		{
			fmt.Sprintf(`{%s,"issuer":{%s}}`, many("endorsement", "{}", 32), many("endorsementJwt", `"a.b.c"`, 32)),
			fmt.Sprintf(`{%s,"issuer":{%s}}`, many("endorsement", "{}", 32), many("endorsementJwt", `"a.b.c"`, 33)), "endorsement",
		},
		{nested(3), nested(4), "endorsement.nesting"},
	} {
		if _, err := schema.Parse([]byte(c.within), schema.Limits{}); err != nil {
			t.Errorf("%.80s: %v", c.within, err)
		}
		_, err := schema.Parse([]byte(c.beyond), schema.Limits{})
		if f, _ := errors.AsType[*schema.Fault](err); f == nil || f.Finding != "syntax.count" || f.Args["limit"] != c.limit {
			t.Errorf("%.80s: %v, want syntax.count of %s", c.beyond, err, c.limit)
		}
	}
}

func TestParseNumbers(t *testing.T) {
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{"0", true}, {"-0", true}, {"0.0", true}, {"0e999", true}, {"0E-5", true},
		{"9007199254740991", true}, {"-9007199254740991", true}, {"9007199254740992", false}, {"9007199254740993", false},
		{"10000000000000000", false},
		{"1e14", true}, {"1e15", false}, {"999999999999999.0", false}, {"99999999999999.9", true}, {"0.001e17", true}, {"0.001e18", false},
		{"0.000001", true}, {"0.00000099", false}, {"1e-6", true}, {"9.99e-7", false}, {"1E+2", true},
		{"1.23456789012345", true}, {"1.234567890123456", false}, {"0.00123456789012345", true},
		{"1e400", false}, {"-1e-400", false}, {"1e99999999999999999999", false},
		{"0." + strings.Repeat("0", 62), true}, {"0." + strings.Repeat("0", 63), false},
	} {
		d, err := schema.Parse([]byte(`{"n":`+c.text+`}`), schema.Limits{})
		if c.ok {
			if err != nil {
				t.Errorf("%s: %v", c.text, err)
			} else if n, _ := d.Root().Get("n"); n.Kind != schema.Number || n.Text != c.text {
				t.Errorf("%s: read as %+v", c.text, n)
			}
			continue
		}
		if f, _ := errors.AsType[*schema.Fault](err); f == nil || f.Finding != "syntax.number-range" || f.Pointer != "/n" {
			t.Errorf("%s: %v, want syntax.number-range at /n", c.text, err)
		}
	}
}

// A name must not become cheaper to repeat because the object is large.
func TestParseFindsDuplicatesInLargeObjects(t *testing.T) {
	for _, n := range []int{1, 15, 16, 17, 18, 511} {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"m%d":0,`, i)
		}
		if _, err := schema.Parse([]byte("{"+b.String()+`"x":0}`), schema.Limits{}); err != nil {
			t.Errorf("%d members: %v", n, err)
		}
		for _, again := range []int{0, n / 2, n - 1} {
			_, err := schema.Parse(fmt.Appendf(nil, `{%s"m%d":0}`, b.String(), again), schema.Limits{})
			if f, _ := errors.AsType[*schema.Fault](err); f == nil || f.Finding != "syntax.duplicate-name" {
				t.Errorf("m%d again after %d members: %v", again, n, err)
			}
		}
	}
}

func TestMarshalKeepsTheDocument(t *testing.T) {
	for _, in := range []string{
		`{}`,
		`{"b":1.50,"a":[true,false,null,-0,1E+2],"":{"é":"\"\\/<>&` + "\u2028\x7f\U0001F600" + `"}}`,
		`{"c":"\u0000\u001f\b\f\n\r\t"}`,
	} {
		d, err := schema.Parse([]byte(in), schema.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(schema.Marshal(d.Root())); got != in {
			t.Errorf("got  %s\nwant %s", got, in)
		}
		if string(d.Raw()) != in {
			t.Errorf("raw bytes changed: %s", d.Raw())
		}
	}
}

func TestBuildObeysTheRulesOfReading(t *testing.T) {
	for finding, v := range map[string]schema.Value{
		"syntax.not-an-object":  schema.ArrayValue(),
		"syntax.encoding":       schema.ObjectValue(schema.Member{Name: "a", Value: schema.StringValue("\xff")}),
		"syntax.not-json":       schema.ObjectValue(schema.Member{Name: "a", Value: schema.NumberValue("NaN")}),
		"syntax.number-range":   schema.ObjectValue(schema.Member{Name: "a", Value: schema.NumberValue("1e300")}),
		"syntax.duplicate-name": schema.ObjectValue(schema.Member{Name: "a"}, schema.Member{Name: "a"}),
	} {
		_, err := schema.Build(v)
		if f, _ := errors.AsType[*schema.Fault](err); f == nil || f.Finding != finding {
			t.Errorf("%v, want %s", err, finding)
		}
	}
}

func TestRecognise(t *testing.T) {
	for in, want := range map[string]schema.Form{
		"":                          schema.FormEmpty,
		"\x89PNG\r\n\x1a\nwhatever": schema.FormPNG,
		"\x89PNG":                   schema.FormJSON,
		" \n<svg/>":                 schema.FormSVG,
		"\ufeff<svg/>":              schema.FormSVG,
		"\ufeff{}":                  schema.FormJSON,
		"%PDF-1.7\n":                schema.FormPDF,
		"eyJhbGciOiJub25lIn0.e30.":  schema.FormJWS,
		"  .e30.":                   schema.FormJWS,
		"-_.":                       schema.FormJWS,
		"eyJhbGciOiJub25lIn0":       schema.FormJSON,
		`{"a":"b.c"}`:               schema.FormJSON,
		"\"a.b.c\"":                 schema.FormJSON,
		" ":                         schema.FormJSON,
	} {
		if got := schema.Recognise([]byte(in)); got != want {
			t.Errorf("%q is %v, want %v", in, got, want)
		}
	}
}
