package rdfcanon_test

import (
	"crypto"
	"fmt"
	"testing"

	"merkki/schema/rdfcanon"
)

// credentialLike has the size and shape of an ordinary credential: 80 quads, 9
// blank nodes that differ in what is said about them.
func credentialLike() []rdfcanon.Quad {
	var out []rdfcanon.Quad
	for i := range 9 {
		node := fmt.Sprint(i)
		for j := range 8 {
			q := link(node, fmt.Sprintf("https://purl.imsglobal.org/spec/vc/ob/vocab.html#%d", j), "")
			q.Object = rdfcanon.Term{Kind: rdfcanon.Literal, Value: fmt.Sprintf("A sentence of usual length about %d and %d.", i, j)}
			out = append(out, q)
		}
		q := link(node, "linked", node)
		q.Subject = rdfcanon.Term{Kind: rdfcanon.IRI, Value: "https://merkki.example/a/7K2MQ9D4X1TBN8RWZ03FHJ5V6P/v1"}
		out = append(out, q)
	}
	return out
}

func BenchmarkCanonicalize(b *testing.B) {
	quads := credentialLike()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rdfcanon.Canonicalize(b.Context(), quads, crypto.SHA256); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPoison is what datasets cost whose search is long; most are refused.
func BenchmarkPoison(b *testing.B) {
	for _, c := range []struct {
		shape string
		n     int
	}{{"clique", 10}, {"clique", 140}, {"ring", 1_999}, {"chain", 1_999}, {"chain with a hub", 1_999}, {"two hubs", 1_999}, {"equal leaves", 1_999}} {
		quads := shapes[c.shape](c.n)
		b.Run(fmt.Sprintf("%s/%d", c.shape, c.n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				// Whether it is refused is TestPoison's business.
				_, _ = rdfcanon.Canonicalize(b.Context(), quads, crypto.SHA256)
			}
		})
	}
}
