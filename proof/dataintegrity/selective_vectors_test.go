package dataintegrity

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mr-tron/base58"

	"merkki/internal/judge"
	"merkki/internal/judge/vectorcontexts"
	"merkki/keys"
	"merkki/schema"
)

// An sdVector is a folder of the W3C's vectors for ecdsa-sd-2023: every step
// of making a base proof, of deriving and of verifying.
type sdVector struct {
	dir, mandatory, selective string
}

func sdVectors(t *testing.T) []sdVector {
	root := judge.Data(t, "vectors", "vc-di-ecdsa")
	return []sdVector{
		{filepath.Join(root, "ecdsa-sd-2023", "employ"), filepath.Join(root, "employMandatory.json"), filepath.Join(root, "employSelective.json")},
		{filepath.Join(root, "ecdsa-sd-2023", "prc"), filepath.Join(root, "prCredMandatory.json"), filepath.Join(root, "prCredSelective.json")},
	}
}

func (v sdVector) read(t *testing.T, name string, into any) {
	t.Helper()
	readJSON(t, filepath.Join(v.dir, name), into)
}

func (v sdVector) document(t *testing.T, name string) (claims, proof schema.Value) {
	t.Helper()
	doc, err := schema.Parse(readFile(t, filepath.Join(v.dir, name)), schema.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	proof, _ = doc.Root().Get("proof")
	return doc.Root().Without("proof"), proof
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readJSON(t testing.TB, path string, into any) {
	t.Helper()
	if err := json.Unmarshal(readFile(t, path), into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func p256Secret(t testing.TB, multibase string) *ecdsa.PrivateKey {
	t.Helper()
	b, err := base58.Decode(strings.TrimPrefix(multibase, "z"))
	if err != nil || len(b) != 34 {
		t.Fatalf("no secret: %v", err)
	}
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), b[2:])
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// material reads the keys that all vectors were made with.
func (v sdVector) material(t *testing.T) (issuer crypto.Signer, s *secret) {
	t.Helper()
	var m struct {
		BaseKeyPair, ProofKeyPair struct{ SecretKeyMultibase string }
		HMACKeyString             string `json:"hmacKeyString"`
	}
	readJSON(t, filepath.Join(filepath.Dir(v.dir), "SDKeyMaterial.json"), &m)
	return p256Secret(t, m.BaseKeyPair.SecretKeyMultibase),
		&secret{hmacKey: unhex(t, m.HMACKeyString), scoped: p256Secret(t, m.ProofKeyPair.SecretKeyMultibase)}
}

// An indexed is a map from the index of a line to the line, as the vectors write it.
type indexed struct{ Value [][2]json.RawMessage }

func (m indexed) indices(t *testing.T, lines []string) (all []int) {
	t.Helper()
	for _, pair := range m.Value {
		i, err := strconv.Atoi(string(pair[0]))
		if err != nil {
			t.Fatal(err)
		}
		var line string
		if err := json.Unmarshal(pair[1], &line); err != nil {
			t.Fatal(err)
		}
		if i >= len(lines) || lines[i] != line {
			t.Errorf("line %d is not %q", i, line)
		}
		all = append(all, i)
	}
	return all
}

func hexes(list [][]byte) (out []string) {
	for _, b := range list {
		out = append(out, hex.EncodeToString(b))
	}
	return out
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if string(g) != string(w) {
		t.Errorf("%s:\n%s\nwant\n%s", what, g, w)
	}
}

// Every step of making a base proof, byte for byte: labels, groups, hashes,
// signatures, CBOR.
func TestSelectiveVectorsBase(t *testing.T) {
	for _, v := range sdVectors(t) {
		t.Run(filepath.Base(v.dir), func(t *testing.T) {
			suite, register := Lookup("ecdsa-sd-2023"), vectorcontexts.Register(t)
			issuer, secret := v.material(t)
			claims, proof := v.document(t, "addSignedSDBase.json")
			in := NewInput(register, claims)

			canonical, err := suite.Prepare(t.Context(), issuer.Public(), in)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			v.read(t, "addBaseDocCanon.json", &want)
			same(t, "canonical document", strings.SplitAfter(strings.TrimSuffix(string(canonical.Canonical()), "\n"), "\n"), trimLast(want))

			g, err := newGrouping(t.Context(), in, secret.hmacKey)
			if err != nil {
				t.Fatal(err)
			}
			v.read(t, "addBaseDocHMACCanon.json", &want)
			same(t, "with HMAC labels", g.lines, want)

			var mandatory []string
			readJSON(t, v.mandatory, &mandatory)
			var transform struct {
				MandatoryPointers       []string
				Mandatory, NonMandatory indexed
			}
			v.read(t, "addBaseTransform.json", &transform)
			same(t, "pointers", mandatory, transform.MandatoryPointers)
			must, err := g.matching(t.Context(), mandatory)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "mandatory lines", must.indices(), transform.Mandatory.indices(t, g.lines))
			if n := len(transform.NonMandatory.indices(t, g.lines)); n != len(g.lines)-len(must.at) {
				t.Errorf("%d lines are not mandatory, want %d", len(g.lines)-len(must.at), n)
			}

			_, config := suite.Split(claims, proof)
			configuration, err := suite.Prepare(t.Context(), issuer.Public(), NewInput(register, config))
			if err != nil {
				t.Fatal(err)
			}
			if want := string(readFile(t, filepath.Join(v.dir, "addProofConfigCanon.txt"))); strings.TrimSpace(want) != strings.TrimSpace(string(configuration.Canonical())) {
				t.Errorf("configuration:\n%s\nwant\n%s", configuration.Canonical(), want)
			}
			var hashes struct{ ProofHash, MandatoryHash string }
			v.read(t, "addHashData.json", &hashes)
			same(t, "hash of the configuration", hex.EncodeToString(configuration.Hash), hashes.ProofHash)
			document := parted(g.lines, func(i int) bool { return must.at[i] })
			same(t, "hash of what is mandatory", hex.EncodeToString(document.Hash), hashes.MandatoryHash)

			made, err := signBase(t.Context(), withP256, issuer, in, configuration, mandatory, secret)
			if err != nil {
				t.Fatal(err)
			}
			var raw struct {
				BaseSignature, PublicKey string
				Signatures               []string
			}
			v.read(t, "addRawBaseSignatureInfo.json", &raw)
			same(t, "signature of the issuer", hex.EncodeToString(made.signature), raw.BaseSignature)
			same(t, "scoped key", multikey(made.scoped), raw.PublicKey)
			same(t, "single signatures", hexes(made.signatures), raw.Signatures)
			same(t, "value", made.encode(), proof.GetString("proofValue"))
			if _, err := suite.DecodeValue(made.encode()); err != ErrBase {
				t.Errorf("a verifier reads a base proof: %v", err)
			}
		})
	}
	judge.Score{Suite: "W3C vc-di-ecdsa, ecdsa-sd-2023: base", How: "the base proof, every step byte for byte",
		Passed: len(sdVectors(t))}.Report(t)
}

func trimLast(lines []string) []string {
	lines = slices.Clone(lines)
	lines[len(lines)-1] = strings.TrimSuffix(lines[len(lines)-1], "\n")
	return lines
}

// Every step of deriving: what the base proof says, the arithmetic of indices,
// what is shown, and the value.
func TestSelectiveVectorsDerive(t *testing.T) {
	for _, v := range sdVectors(t) {
		t.Run(filepath.Base(v.dir), func(t *testing.T) {
			suite, register := Lookup("ecdsa-sd-2023"), vectorcontexts.Register(t)
			claims, proof := v.document(t, "addSignedSDBase.json")
			b, err := decodeBase(proof.GetString("proofValue"))
			if err != nil {
				t.Fatal(err)
			}
			same(t, "base value written again", b.encode(), proof.GetString("proofValue"))
			var recovered struct {
				BaseSignature, ProofPublicKey string
				HMACKey                       string `json:"hmacKey"`
				Signatures, MandatoryPointers []string
			}
			v.read(t, "derivedRecoveredBaseData.json", &recovered)
			same(t, "base signature", hex.EncodeToString(b.signature), recovered.BaseSignature)
			same(t, "scoped key", multikey(b.scoped), recovered.ProofPublicKey)
			same(t, "HMAC key", hex.EncodeToString(b.hmacKey), recovered.HMACKey)
			same(t, "single signatures", hexes(b.signatures), recovered.Signatures)
			same(t, "mandatory pointers", b.mandatory, recovered.MandatoryPointers)

			var selective []string
			readJSON(t, v.selective, &selective)
			in := NewInput(register, claims)
			g, err := newGrouping(t.Context(), in, b.hmacKey)
			if err != nil {
				t.Fatal(err)
			}
			var indexes struct{ CombinedIndexes, MandatoryIndexes, NonMandatoryIndexes, SelectiveIndexes []int }
			v.read(t, "derivedGroupIndexes.json", &indexes)
			for _, c := range []struct {
				name     string
				pointers []string
				want     []int
			}{
				{"mandatory", b.mandatory, indexes.MandatoryIndexes},
				{"selective", selective, indexes.SelectiveIndexes},
				{"combined", slices.Concat(b.mandatory, selective), indexes.CombinedIndexes},
			} {
				m, err := g.matching(t.Context(), c.pointers)
				if err != nil {
					t.Fatal(err)
				}
				same(t, c.name, m.indices(), c.want)
			}

			derived, err := b.derive(t.Context(), withP256, in, selective)
			if err != nil {
				t.Fatal(err)
			}
			var adjusted struct{ AdjMandatoryIndexes []uint64 }
			v.read(t, "derivedAdjMandatoryIndexes.json", &adjusted)
			same(t, "adjusted indices", derived.disclosed.mandatory, adjusted.AdjMandatoryIndexes)
			var filtered struct{ FilteredSignatures []string }
			v.read(t, "derivedAdjSignatures.json", &filtered)
			same(t, "signatures kept", hexes(derived.disclosed.signatures), filtered.FilteredSignatures)
			var data struct {
				LabelMap struct{ Value [][2]string }
			}
			v.read(t, "derivedDisclosureData.json", &data)
			same(t, "labels", labelsOf(derived), data.LabelMap.Value)

			shown, value, err := suite.Derive(t.Context(), in, proof.GetString("proofValue"), selective)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "unsigned part", plain(t, shown), plain(t, first(v.document(t, "derivedUnsignedReveal.json"))))
			wantShown, wantProof := v.document(t, "derivedRevealDocument.json")
			same(t, "part shown", plain(t, shown), plain(t, wantShown))
			same(t, "value", value, wantProof.GetString("proofValue"))
		})
	}
	judge.Score{Suite: "W3C vc-di-ecdsa, ecdsa-sd-2023: derive", How: "derivation, every step byte for byte",
		Passed: len(sdVectors(t))}.Report(t)
}

func first(v, _ schema.Value) schema.Value { return v }

// plain is a document as JSON, in which the order of members means nothing.
func plain(t *testing.T, v schema.Value) (out any) {
	t.Helper()
	if err := json.Unmarshal(schema.Marshal(v), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// labelsOf writes the labels as the vectors do.
func labelsOf(v *Value) (pairs [][2]string) {
	for _, n := range sortedKeys(v.disclosed.labels) {
		pairs = append(pairs, [2]string{"c14n" + strconv.FormatUint(n, 10), strings.TrimPrefix(blankLabel(v.disclosed.labels[n]), "_:")})
	}
	return pairs
}

// Every step of verifying; the issuer's signature holds under the issuer's key
// and not under the scoped one, whatever section 3.6.7 says.
func TestSelectiveVectorsVerify(t *testing.T) {
	for _, v := range sdVectors(t) {
		t.Run(filepath.Base(v.dir), func(t *testing.T) {
			suite, register := Lookup("ecdsa-sd-2023"), vectorcontexts.Register(t)
			issuer, _ := v.material(t)
			claims, proof := v.document(t, "derivedRevealDocument.json")
			value, err := suite.DecodeValue(proof.GetString("proofValue"))
			if err != nil {
				t.Fatal(err)
			}
			same(t, "written again", value.encode(), proof.GetString("proofValue"))
			var parsed struct {
				BaseSignature, PublicKey string
				Signatures               []string
				LabelMap                 [][2]string
				MandatoryIndexes         []uint64
			}
			v.read(t, "verifyDerivedProofValue.json", &parsed)
			same(t, "base signature", hex.EncodeToString(value.signature), parsed.BaseSignature)
			same(t, "scoped key", multikey(value.disclosed.scoped), parsed.PublicKey)
			same(t, "signatures", hexes(value.disclosed.signatures), parsed.Signatures)
			same(t, "labels", labelsOf(value), parsed.LabelMap)
			same(t, "mandatory indices", value.disclosed.mandatory, parsed.MandatoryIndexes)

			canonical, err := suite.Prepare(t.Context(), issuer.Public(), NewInput(register, claims))
			if err != nil {
				t.Fatal(err)
			}
			document, err := suite.Present(canonical, value)
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			v.read(t, "verifyNQuads.json", &lines)
			same(t, "statements", string(document.Canonical()), strings.Join(lines, ""))
			var data struct {
				ProofHash, MandatoryHash string
				NonMandatory             []string
			}
			v.read(t, "verifyCreateVerifyData.json", &data)
			same(t, "hash of what is mandatory", hex.EncodeToString(document.Hash), data.MandatoryHash)
			same(t, "single statements", len(document.single), len(data.NonMandatory))
			for i, l := range document.single {
				same(t, "single statement", string(l), data.NonMandatory[i])
			}
			_, config := suite.Split(claims, proof)
			configuration, err := suite.Prepare(t.Context(), issuer.Public(), NewInput(register, config))
			if err != nil {
				t.Fatal(err)
			}
			same(t, "hash of the configuration", hex.EncodeToString(configuration.Hash), data.ProofHash)
			if !suite.Verify(issuer.Public(), document, configuration, value) {
				t.Error("the derived proof does not hold")
			}
			scoped, err := keys.ParseMultikey(multikey(value.disclosed.scoped))
			if err != nil {
				t.Fatal(err)
			}
			if suite.Verify(scoped, document, configuration, value) {
				t.Error("it holds under the key that the holder brings along")
			}
		})
	}
	judge.Score{Suite: "W3C vc-di-ecdsa, ecdsa-sd-2023: verify", How: "what a verifier sees and verifies",
		Passed: len(sdVectors(t))}.Report(t)
}
