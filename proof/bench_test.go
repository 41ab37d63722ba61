package proof_test

import (
	"crypto"
	"testing"

	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
)

// benchCredential is of the usual size: about five kilobytes.
func benchCredential(b *testing.B) (signer, schema.Value, *schema.Document) {
	b.Helper()
	key, issuer := didKey(b, "issuer")
	v := unsigned(1, issuer)
	doc := secure(b, v, key)
	b.ReportAllocs()
	b.SetBytes(int64(len(doc.Raw())))
	return key, v, doc
}

func BenchmarkSecure(b *testing.B) {
	key, v, _ := benchCredential(b)
	for b.Loop() {
		secure(b, v, key)
	}
}

// BenchmarkOpen reads bytes and checks the signature with a key at hand.
func BenchmarkOpen(b *testing.B) {
	key, _, doc := benchCredential(b)
	for b.Loop() {
		parsed, err := schema.Parse(doc.Raw(), schema.Limits{})
		if err != nil {
			b.Fatal(err)
		}
		s, err := proof.Read(parsed)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Open(b.Context(), jsonld.Embedded(), s.Proofs[0], key.public()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCanonicalise(b *testing.B) {
	_, v, _ := benchCredential(b)
	for b.Loop() {
		quads, err := jsonld.Embedded().Quads(b.Context(), v)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := rdfcanon.Canonicalize(b.Context(), quads, crypto.SHA256); err != nil {
			b.Fatal(err)
		}
	}
}
