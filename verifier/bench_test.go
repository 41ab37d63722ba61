package verifier_test

import (
	"math/rand/v2"
	"testing"

	"merkki/schema"
	"merkki/verifier"
	"merkki/verifier/virtual"
)

// BenchmarkVerify measures a whole verification: every check, nothing cached
// but the contexts.
func BenchmarkVerify(b *testing.B) {
	campus := virtual.New()
	uni := campus.Key("university")
	list := uni.List("revocation")
	v := campus.Verifier(uni)
	for name, badge := range map[string]schema.Value{
		"plain":  uni.Badge(),
		"status": virtual.WithStatus(uni.Badge(), list, 7),
		"rich":   awarded(rand.New(rand.NewPCG(20260601, 7)), uni, list),
	} {
		input := uni.Sign(badge)
		campus.Freeze()
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r, err := v.Verify(b.Context(), verifier.Request{Input: input}); err != nil || r.Verdict != verifier.Valid {
					b.Fatal(r.Verdict, err)
				}
			}
		})
	}
}
