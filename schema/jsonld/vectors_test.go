package jsonld_test

import (
	"crypto"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
)

// TestDataIntegrityVectors compares canonical documents and proof options with
// the W3C's vectors byte for byte: eddsa-rdfc-2022, and ecdsa-rdfc-2019 with
// P-256 and P-384, which hashes with SHA-384 inside the canonicalisation too.
func TestDataIntegrityVectors(t *testing.T) {
	r := referenceRegister(t)
	n := 0
	for dir, h := range map[string]crypto.Hash{
		"vc-di-eddsa/eddsa-rdfc-2022":             crypto.SHA256,
		"vc-di-eddsa/eddsa-rdfc-2022/employ":      crypto.SHA256,
		"vc-di-eddsa/Ed25519Signature2020":        crypto.SHA256,
		"vc-di-ecdsa/ecdsa-rdfc-2019-p256":        crypto.SHA256,
		"vc-di-ecdsa/ecdsa-rdfc-2019-p256/employ": crypto.SHA256,
		"vc-di-ecdsa/ecdsa-rdfc-2019-p384":        crypto.SHA384,
		"vc-di-ecdsa/ecdsa-rdfc-2019-p384/employ": crypto.SHA384,
	} {
		files, err := filepath.Glob(filepath.Join(judge.Data(t, "vectors", filepath.FromSlash(dir)), "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			input, want := "", f
			switch base := filepath.Base(f); {
			case strings.HasPrefix(base, "canonDoc"):
				input = "signed" + strings.TrimPrefix(base, "canonDoc")
			case strings.HasPrefix(base, "proofCanon"):
				input = "proofConfig" + strings.TrimPrefix(base, "proofCanon")
			default:
				continue
			}
			n++
			t.Run(dir+"/"+filepath.Base(f), func(t *testing.T) {
				in := strings.TrimSuffix(filepath.Join(filepath.Dir(f), input), ".txt") + ".json"
				v := parse(t, string(read(t, in))).Without("proof")
				got, err := canonical(t.Context(), r, v, h)
				if err != nil {
					t.Fatal(err)
				}
				if want := string(read(t, want)); got != want {
					t.Errorf("canonical form\n%s\nwant\n%s", got, want)
				}
			})
		}
	}
	if n != 14 {
		t.Errorf("%d vectors were found, want 14", n)
	}
}

// TestGuideVectors does the same with the complete examples of the Open Badges
// and Comprehensive Learner Record implementation guides.
func TestGuideVectors(t *testing.T) {
	r := referenceRegister(t)
	dir := judge.Data(t, "openbadges", "impl-guide")
	for _, name := range []string{"obv3p0", "clrv2p0"} {
		signed := parse(t, string(read(t, dir, name+"-signed.json")))
		contexts, _ := signed.Get("@context")
		var options schema.Value
		for _, p := range signed.GetList("proof") {
			options = p.Without("proofValue").With("@context", contexts)
		}
		for file, v := range map[string]schema.Value{
			name + "-document-canon.nq": signed.Without("proof"),
			name + "-proof-canon.nq":    options,
		} {
			got, err := canonical(t.Context(), r, v, crypto.SHA256)
			if err != nil {
				t.Errorf("%s: %v", file, err)
				continue
			}
			if want := string(read(t, dir, file)); got != want {
				t.Errorf("%s: canonical form\n%swant\n%s", file, got, want)
			}
		}
	}
}
