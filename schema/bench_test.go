package schema_test

import (
	"math/rand/v2"
	"testing"

	"merkki/schema"
	"merkki/schema/schematest"
)

func BenchmarkParse(b *testing.B) {
	in := schema.Marshal(schematest.Credential(rand.New(rand.NewPCG(1, 1))))
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := schema.Parse(in, schema.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheckCredential(b *testing.B) {
	v := schematest.Credential(rand.New(rand.NewPCG(1, 1)))
	schema.CheckCredential(v) // compiles the schemas
	b.ReportAllocs()
	for b.Loop() {
		if faults := schema.CheckCredential(v); len(faults) > 0 {
			b.Fatal(faults)
		}
	}
}
