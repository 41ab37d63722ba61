package schema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
)

// Nicolas Seriot's suite. A value that is no object is judged as the value of a
// member, so that every file says something about the parser. What RFC 8259
// allows and we refuse is the finding that is listed here, and nothing else.
func TestParseJSONTestSuite(t *testing.T) {
	stricter := map[string]string{
		"y_number.json":                          "syntax.number-range",
		"y_number_real_capital_e.json":           "syntax.number-range",
		"y_number_real_exponent.json":            "syntax.number-range",
		"y_number_real_fraction_exponent.json":   "syntax.number-range",
		"y_object_extreme_numbers.json":          "syntax.number-range",
		"y_object_duplicated_key.json":           "syntax.duplicate-name",
		"y_object_duplicated_key_and_value.json": "syntax.duplicate-name",
		"y_number_double_close_to_zero.json":     "syntax.number-range",
	}
	files, err := filepath.Glob(filepath.Join(judge.Data(t, "vectors", "json-test-suite", "test_parsing"), "*.json"))
	if err != nil || len(files) < 300 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		_, asIs := schema.Parse(b, schema.Limits{})
		_, asMember := schema.Parse(slices.Concat([]byte(`{"member":`), b, []byte("\n}")), schema.Limits{})
		switch name[0] {
		case 'n':
			if asIs == nil {
				t.Errorf("%s was read", name)
			}
		case 'y':
			if f, _ := errors.AsType[*schema.Fault](asMember); f != nil && f.Finding != stricter[name] || f == nil && stricter[name] != "" {
				t.Errorf("%s: %v, want %q", name, asMember, stricter[name])
			}
		case 'i':
			// Whatever is decided, nothing may be replaced on the way.
			if asIs != nil && asMember != nil {
				continue
			}
			if !json.Valid(b) || bytes.ContainsRune(b, '\uFFFD') {
				t.Errorf("%s was read", name)
			}
		}
	}
	judge.Score{Suite: "JSONTestSuite", How: "n refused, y read, of i nothing replaced on the way",
		Passed: len(files) - len(stricter), Failed: len(stricter), Why: "valid JSON that I-JSON refuses: a name twice, numbers that no double holds"}.Report(t)
}

// Where encoding/json reads a document too, both have to read the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"a":[1,-0,2.50,1E+2,true,false,null,{"b":"c"}]}`, `{"a":"\ud83d\ude00\u0000\/"}`, `{"a":"\ud800"}`, "{\"\xff\":1}",
		`{"a":1,"\u0061":2}`, `{"a":9007199254740993}`, `{"payload":"e30","signature":""}`, strings.Repeat(`{"a":[`, 40), "\xef\xbb\xbf{}",
	} {
		f.Add([]byte(s))
	}
	seeds, _ := filepath.Glob(filepath.Join(judge.Root(), "testdata", "attacks", "json", "*"))
	for _, name := range seeds {
		if b, err := os.ReadFile(name); err == nil {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		schema.Recognise(b)
		d, err := schema.Parse(b, schema.Limits{})
		if err != nil {
			fault, ok := errors.AsType[*schema.Fault](err)
			if !ok || fault.Finding == "" {
				t.Fatalf("%v is no fault", err)
			}
			// What the standard library calls no JSON, we may call anything but JSON;
			// the other way round it must be a rule of ours.
			if fault.Finding == "syntax.not-json" && json.Valid(b) || fault.Finding == "syntax.trailing-data" && json.Valid(b) {
				t.Fatalf("%q is JSON, we say %v", b, err)
			}
			return
		}
		if !json.Valid(b) {
			t.Fatalf("%q is no JSON and was read", b)
		}
		written := schema.Marshal(d.Root())
		again, err := schema.Parse(written, schema.Limits{})
		if err != nil || !bytes.Equal(schema.Marshal(again.Root()), written) {
			t.Fatalf("%q does not survive being written: %s, %v", b, written, err)
		}
		if got, want := standard(t, written), standard(t, b); got != want {
			t.Fatalf("%q: we read %s, the standard library %s", b, got, want)
		}
	})
}

// standard is what encoding/json makes of b, members sorted, numbers as spelled.
func standard(t *testing.T, b []byte) string {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
