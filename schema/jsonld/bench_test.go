package jsonld_test

import (
	"crypto"
	"strings"
	"testing"

	"merkki/schema/jsonld"
)

// BenchmarkQuads is the way from a parsed credential to its statements.
func BenchmarkQuads(b *testing.B) {
	r, v := jsonld.Embedded(), generated(1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Quads(b.Context(), v); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCanonical goes on to the canonical form.
func BenchmarkCanonical(b *testing.B) {
	r, v := jsonld.Embedded(), generated(1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := canonical(b.Context(), r, v, crypto.SHA256); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkManyContexts is the most expensive document that is not refused.
func BenchmarkManyContexts(b *testing.B) {
	r := jsonld.Embedded()
	v := parse(b, credentialWith(`"related": [{}`+strings.Repeat(`, {"type": ["Achievement", "Related", "Alignment"]}`, 240)+`]`))
	for b.Loop() {
		if _, err := r.Quads(b.Context(), v); err != nil {
			b.Fatal(err)
		}
	}
}
