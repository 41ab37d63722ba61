package main

import (
	"testing"

	"merkki/schema"
)

// The two ways on which the goals are set, for profiles.

func BenchmarkIssue(b *testing.B) {
	for _, c := range corpora {
		b.Run(c.name, func(b *testing.B) {
			k, docs := prepared(b, c)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := secure(b.Context(), docs[i%len(docs)], k, "eddsa-rdfc-2022"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, c := range corpora {
		b.Run(c.name, func(b *testing.B) {
			k, docs := prepared(b, c)
			var signed [][]byte
			for _, v := range docs {
				s, err := secure(b.Context(), v, k, "eddsa-rdfc-2022")
				if err != nil {
					b.Fatal(err)
				}
				signed = append(signed, s)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := open(b.Context(), signed[i%len(signed)], k.Public()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func prepared(tb testing.TB, c corpus) (signer, []schema.Value) {
	key, _, err := edKey()
	if err != nil {
		tb.Fatal(err)
	}
	k, err := newSigner(key)
	if err != nil {
		tb.Fatal(err)
	}
	return k, c.documents(50, k.did)
}
