package microcredential

import (
	_ "embed"
	"slices"
)

//go:embed mc-v1.schema.json
var profileSchema []byte

// JSONSchema returns the bytes of the profile's JSON Schema, which is served at
// [SchemaURL]. It says in another language what this package decides; a test
// holds both together, and nothing is decided with it.
func JSONSchema() []byte { return slices.Clone(profileSchema) }
