package jcs_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jcs"
)

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// parse reads any JSON, also numbers that the strict parser refuses because their
// spelling says more than a double holds.
func parse(t testing.TB, b []byte) schema.Value {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return tree(v)
}

func tree(v any) schema.Value {
	switch v := v.(type) {
	case bool:
		return schema.BoolValue(v)
	case json.Number:
		return schema.NumberValue(v.String())
	case string:
		return schema.StringValue(v)
	case []any:
		var items []schema.Value
		for _, item := range v {
			items = append(items, tree(item))
		}
		return schema.ArrayValue(items...)
	case map[string]any:
		var members []schema.Member
		for name, item := range v {
			members = append(members, schema.Member{Name: name, Value: tree(item)})
		}
		return schema.ObjectValue(members...)
	}
	return schema.Value{}
}

// The files of the author of RFC 8785, byte for byte.
func TestVectors(t *testing.T) {
	dir := judge.Data(t, "vectors", "jcs")
	inputs, err := filepath.Glob(filepath.Join(dir, "input", "*.json"))
	if err != nil || len(inputs) != 6 {
		t.Fatalf("%d inputs, %v", len(inputs), err)
	}
	for _, in := range inputs {
		name := strings.TrimSuffix(filepath.Base(in), ".json")
		t.Run(name, func(t *testing.T) {
			got, err := jcs.Marshal(parse(t, readFile(t, in)))
			if err != nil {
				t.Fatal(err)
			}
			if want := readFile(t, filepath.Join(dir, "output", name+".json")); !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			spelled := strings.Join(strings.Fields(string(readFile(t, filepath.Join(dir, "outhex", name+".txt")))), "")
			if hex.EncodeToString(got) != spelled {
				t.Error("other bytes than in the hexadecimal file")
			}
		})
	}
	judge.Score{Suite: "RFC 8785, files of its author", How: "byte for byte",
		Passed: len(inputs)}.Report(t)
}

// Three and a half thousand doubles as Node.js writes them.
func TestNumbers(t *testing.T) {
	lines := bytes.Fields(readFile(t, judge.Data(t, "vectors", "jcs", "numbers.csv")))
	if len(lines) < 3500 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, l := range lines {
		bits, want, _ := strings.Cut(string(l), ",")
		n, err := strconv.ParseUint(bits, 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		f := math.Float64frombits(n)
		for _, spelling := range []string{
			strconv.FormatFloat(f, 'e', -1, 64), strconv.FormatFloat(f, 'e', 17, 64), strconv.FormatFloat(f, 'f', -1, 64), want,
		} {
			if got, err := jcs.Marshal(schema.NumberValue(spelling)); err != nil || string(got) != want {
				t.Errorf("%s spelled %s: %s, %v, want %s", bits, spelling, got, err, want)
			}
		}
	}
}

// Names are in the order of UTF-16 units, which is not that of code points.
func TestOrderOfNames(t *testing.T) {
	names := []string{"", "\u0000", "1", "A", "a", "aa", "a\U0001f600", "a\uffff", "é", "\ud7ff", "\U00010000", "\U0001f600", "\U0010ffff", "\ue000", "\ufffd", "\uffff"}
	if !slices.IsSortedFunc(names, byUnits) {
		t.Fatal("the list of this test is not in order")
	}
	var v schema.Value
	v.Kind = schema.Object
	for _, i := range []int{9, 3, 12, 0, 15, 7, 1, 11, 5, 14, 2, 8, 13, 4, 10, 6} {
		v.Members = append(v.Members, schema.Member{Name: names[i]})
	}
	got, err := jcs.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var want schema.Value
	want.Kind = schema.Object
	for _, n := range names {
		want.Members = append(want.Members, schema.Member{Name: n})
	}
	if !bytes.Equal(got, schema.Marshal(want)) {
		t.Errorf("order is %s", got)
	}
}

func byUnits(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// What is no JSON has no form.
func TestRefuses(t *testing.T) {
	for name, v := range map[string]schema.Value{
		"not a number":     schema.NumberValue("NaN"),
		"infinity":         schema.NumberValue("Infinity"),
		"beyond a double":  schema.NumberValue("1e999"),
		"hexadecimal":      schema.NumberValue("0x10"),
		"underscore":       schema.NumberValue("1_0"),
		"no text":          schema.NumberValue(""),
		"invalid UTF-8":    schema.StringValue("a\xff"),
		"invalid name":     schema.ObjectValue(schema.Member{Name: "\xc3"}),
		"one name twice":   schema.ObjectValue(schema.Member{Name: "a"}, schema.Member{Name: "b"}, schema.Member{Name: "a"}),
		"deep in an array": schema.ArrayValue(schema.ArrayValue(schema.NumberValue("Inf"))),
	} {
		if b, err := jcs.Marshal(v); err == nil {
			t.Errorf("%s: %s", name, b)
		}
	}
}

// model is RFC 8785 by other means: the standard library reads the text, writes
// its numbers and strings, and UTF-16 is spelled out.
func model(v any) string {
	switch v := v.(type) {
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, model(item))
		}
		return "[" + strings.Join(items, ",") + "]"
	case map[string]any:
		var members []string
		names := make([]string, 0, len(v))
		for n := range v {
			names = append(names, n)
		}
		slices.SortFunc(names, byUnits)
		for _, n := range names {
			members = append(members, model(n)+":"+model(v[n]))
		}
		return "{" + strings.Join(members, ",") + "}"
	case float64:
		if v == 0 {
			return "0"
		}
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Sprint("error: ", err)
	}
	// The encoder spells these two out for the sake of old JavaScript.
	return strings.NewReplacer(`\\`, `\\`, `\u2028`, "\u2028", `\u2029`, "\u2029").Replace(strings.TrimSuffix(b.String(), "\n"))
}

// Whatever the strict parser reads has one form, which says the same, is its own
// form, and is the one that other means give.
func FuzzMarshal(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"b":1,"a":[null,true,false,"\u0000\u001f\u007f\u2028\"\\\/"]}`, `{"\ud83d\ude00":1,"\ufb33":2,"é":1e21,"z":-0}`,
		`{"n":[1e-7,1E400,0.000001,123456789012345680000,5e-324,-1.5e300]}`, `{"a":{"a":{"a":{"":""}}}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := schema.Parse(b, schema.Limits{})
		if err != nil {
			return
		}
		got, err := jcs.Marshal(doc.Root())
		if err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		var v any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		if want := model(v); string(got) != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		again, err := schema.Parse(got, schema.Limits{})
		if err != nil {
			t.Fatalf("the form is not read back: %v", err)
		}
		if twice, err := jcs.Marshal(again.Root()); err != nil || !bytes.Equal(twice, got) {
			t.Fatalf("the form of the form is %s, %v", twice, err)
		}
	})
}

func Example() {
	doc, err := schema.Parse([]byte(`{"b": 10e-1, "a": "\u00e9"}`), schema.Limits{})
	if err != nil {
		panic(err)
	}
	b, err := jcs.Marshal(doc.Root())
	fmt.Println(string(b), err)
	// Output: {"a":"é","b":1} <nil>
}
