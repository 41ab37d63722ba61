package schema_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"merkki/schema"
)

// The list is the one that our JSON Schema of Open Badges has, which the official
// one judges.
func TestIdentifierTypes(t *testing.T) {
	b, err := os.ReadFile("jsonschema/open-badges-3.0.json")
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Defs struct {
			IdentifierType struct {
				AnyOf []struct{ Enum []string }
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	if want := s.Defs.IdentifierType.AnyOf[0].Enum; !slices.Equal(schema.IdentifierTypes(), want) || len(want) < 19 {
		t.Errorf("%v, want %v", schema.IdentifierTypes(), want)
	}
	for s, want := range map[string]bool{"emailAddress": true, "ext:studentNumber": true, "ext:": false, "email": false, "id": false, "": false} {
		if schema.IsIdentifierType(s) != want {
			t.Errorf("IsIdentifierType(%q) is %v", s, !want)
		}
	}
}
