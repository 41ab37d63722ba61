package schema

import (
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

// schemaBase is where the embedded files stand for each other. Nothing is ever
// asked of it.
const schemaBase = "merkki://schema/"

// schemaDocuments are the embedded files as the strict parser reads them.
var schemaDocuments = sync.OnceValue(func() map[string]Value {
	files, err := schemaFiles.ReadDir("jsonschema")
	if err != nil {
		panic(err)
	}
	documents := map[string]Value{}
	for _, f := range files {
		b, err := schemaFiles.ReadFile("jsonschema/" + f.Name())
		if err != nil {
			panic(err)
		}
		doc, err := Parse(b, Limits{})
		if err != nil {
			panic(err)
		}
		documents[schemaBase+f.Name()] = doc.Root()
	}
	return documents
})

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
	for url, doc := range schemaDocuments() {
		if err := c.AddResource(url, plain(doc)); err != nil {
			panic(err)
		}
	}
	compiled := map[class]*jsonschema.Schema{}
	for _, at := range classes {
		compiled[at] = c.MustCompile(schemaBase + string(at))
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

// wantedTypes reads what a contains keyword asks for: the value or values, or
// the name of a value type.
func wantedTypes(schemaURL string) []string {
	file, pointer, _ := strings.Cut(schemaURL, "#")
	at, _ := Resolve(schemaDocuments()[file], pointer)
	wanted := at.member("contains")
	if one := wanted.GetString("const"); one != "" {
		return []string{one}
	}
	if ref := wanted.GetString("$ref"); ref != "" {
		return []string{lastOf(ref)}
	}
	return wanted.texts("enum")
}
