package schema

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The JSON Schemas are our own, written from the class tables of the
// specifications; the official ones judge them in tests. They are array-strict:
// the compacted form is read by [unfold].
//
//go:embed jsonschema/*.json
var schemaFiles embed.FS

// A class is a place in the embedded JSON Schemas.
type class string

const (
	classAchievementCredential class = "merkki:open-badges-3.0.json#/$defs/AchievementCredential"
	classEndorsementCredential class = "merkki:open-badges-3.0.json#/$defs/EndorsementCredential"
	classAchievement           class = "merkki:open-badges-3.0.json#/$defs/Achievement"
	classVerifiableCredential  class = "merkki:verifiable-credential-2.0.json#/$defs/VerifiableCredential"
)

// schemas are compiled once; that takes some milliseconds. A fault in them is
// ours and shows in every test.
var schemas = sync.OnceValue(func() map[class]*jsonschema.Schema {
	c := jsonschema.NewCompiler()
	c.UseLoader(refuseLoading{})
	c.AssertFormat()
	for name, valid := range formats {
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(v any) error {
			if s, ok := v.(string); ok && !valid(s) {
				return errFormat
			}
			return nil
		}})
	}
	for _, name := range []string{"open-badges-3.0.json", "verifiable-credential-2.0.json"} {
		b, err := schemaFiles.ReadFile("jsonschema/" + name)
		if err != nil {
			panic(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
		if err != nil {
			panic(err)
		}
		if err := c.AddResource("merkki:"+name, doc); err != nil {
			panic(err)
		}
	}
	compiled := map[class]*jsonschema.Schema{}
	for _, at := range []class{classAchievementCredential, classEndorsementCredential, classAchievement, classVerifiableCredential} {
		compiled[at] = c.MustCompile(string(at))
	}
	return compiled
})

// formats are asserted, and mean what the rest of this package means.
var formats = map[string]func(string) bool{
	"uri":       IsURI,
	"date":      isDate,
	"date-time": func(s string) bool { _, ok := parseTime(s); return ok },
}

var errFormat = errors.New("format")

// refuseLoading keeps the validator from files and the network, which a
// reference in a JSON Schema would otherwise open.
type refuseLoading struct{}

func (refuseLoading) Load(url string) (any, error) {
	return nil, fmt.Errorf("schema: %s is not embedded", url)
}

// plain turns v into the types that the validator knows. It refers to no
// struct, so that nothing is matched regardless of case.
func plain(v Value) any {
	switch v.Kind {
	case Bool:
		return v.True
	case Number:
		return json.Number(v.Text)
	case String:
		return v.Text
	case Array:
		items := make([]any, len(v.Items))
		for i := range v.Items {
			items[i] = plain(v.Items[i])
		}
		return items
	case Object:
		members := make(map[string]any, len(v.Members))
		for i := range v.Members {
			members[v.Members[i].Name] = plain(v.Members[i].Value)
		}
		return members
	}
	return nil
}

// wantedTypes reads the value or values that a contains keyword asks for.
func wantedTypes(schemaURL string) []string {
	name, pointer, _ := strings.Cut(strings.TrimPrefix(schemaURL, "merkki:"), "#")
	b, err := schemaFiles.ReadFile("jsonschema/" + name)
	if err != nil {
		return nil
	}
	doc, err := Parse(b, Limits{})
	if err != nil {
		return nil
	}
	at, _ := Resolve(doc.Root(), pointer)
	wanted := at.member("contains")
	if one := wanted.GetString("const"); one != "" {
		return []string{one}
	}
	return wanted.texts("enum")
}
