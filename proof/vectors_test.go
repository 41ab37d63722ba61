package proof_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/mr-tron/base58"

	"merkki/internal/judge"
	"merkki/internal/judge/vectorcontexts"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// A vector is a secured document with all that lies between it and its proof.
type vector struct {
	name                               string
	signed                             string // path
	key                                crypto.Signer
	canonDocument, canonProof          string
	documentHash, proofHash, proofHexs string
	proofValue                         string
}

// vectors are those of the specifications of the suites (W3C) and of the
// implementation guide of Open Badges 3.0 (1EdTech).
func vectors(t *testing.T) []vector {
	text := func(elem ...string) string { return string(readFile(t, filepath.Join(elem...))) }
	var vs []vector
	for _, c := range []struct{ spec, dir, suffix, keys string }{
		{"vc-di-eddsa", "eddsa-rdfc-2022", "DataInt", "keyPair.json"},
		{"vc-di-eddsa", "eddsa-rdfc-2022/employ", "DataInt", "keyPair.json"},
		{"vc-di-eddsa", "eddsa-jcs-2022", "JCS", "keyPair.json"},
		{"vc-di-eddsa", "Ed25519Signature2020", "EdSig", "keyPair.json"},
		{"vc-di-ecdsa", "ecdsa-rdfc-2019-p256", "ECDSAP256", "p256KeyPair.json"},
		{"vc-di-ecdsa", "ecdsa-rdfc-2019-p256/employ", "ECDSAP256", "p256KeyPair.json"},
		{"vc-di-ecdsa", "ecdsa-rdfc-2019-p384", "ECDSAP384", "p384KeyPair.json"},
		{"vc-di-ecdsa", "ecdsa-rdfc-2019-p384/employ", "ECDSAP384", "p384KeyPair.json"},
		{"vc-di-ecdsa", "ecdsa-jcs-2019-p256", "JCSECDSAP256", "p256KeyPair.json"},
		{"vc-di-ecdsa", "ecdsa-jcs-2019-p384", "JCSECDSAP384", "p384KeyPair.json"},
	} {
		root := judge.Data(t, "vectors", c.spec)
		d := filepath.Join(root, c.dir)
		v := vector{
			name: c.dir, signed: filepath.Join(d, "signed"+c.suffix+".json"), key: secretKey(t, filepath.Join(root, c.keys)),
			canonDocument: text(d, "canonDoc"+c.suffix+".txt"), canonProof: text(d, "proofCanon"+c.suffix+".txt"),
			documentHash: text(d, "docHash"+c.suffix+".txt"), proofHash: text(d, "proofHash"+c.suffix+".txt"),
			proofHexs: text(d, "sigHex"+c.suffix+".txt"), proofValue: text(d, "sigBTC58"+c.suffix+".txt"),
		}
		if got := text(d, "combinedHash"+c.suffix+".txt"); got != v.proofHash+v.documentHash {
			t.Errorf("%s: the combined hash is not proof hash and document hash", c.dir)
		}
		vs = append(vs, v)
	}
	guide := judge.Data(t, "openbadges", "impl-guide")
	for _, name := range []string{"obv3p0", "clrv2p0"} {
		var v struct{ PrivateKeyHex, DocumentHashHex, ProofHashHex, SignatureHex, ProofValue string }
		readJSON(t, filepath.Join(guide, name+"-vector.json"), &v)
		priv, err := hex.DecodeString(v.PrivateKeyHex)
		if err != nil {
			t.Fatal(err)
		}
		vs = append(vs, vector{
			name: name, signed: filepath.Join(guide, name+"-signed.json"), key: ed25519.NewKeyFromSeed(priv[:ed25519.SeedSize]),
			canonDocument: text(guide, name+"-document-canon.nq"), canonProof: text(guide, name+"-proof-canon.nq"),
			documentHash: v.DocumentHashHex, proofHash: v.ProofHashHex, proofHexs: v.SignatureHex, proofValue: v.ProofValue,
		})
	}
	return vs
}

// secretKey reads the published secret of a pair in Multikey form. The program
// itself reads no such thing.
func secretKey(t testing.TB, path string) crypto.Signer {
	t.Helper()
	var pair struct{ PrivateKeyMultibase, SecretKeyMultibase string }
	readJSON(t, path, &pair)
	return parseSecret(t, pair.PrivateKeyMultibase+pair.SecretKeyMultibase)
}

func parseSecret(t testing.TB, multibase string) crypto.Signer {
	t.Helper()
	b, err := base58.Decode(strings.TrimPrefix(multibase, "z"))
	if err != nil || len(b) < 2 {
		t.Fatalf("no secret: %v", err)
	}
	switch prefix := [2]byte(b); prefix {
	case [2]byte{0x80, 0x26}:
		return ed25519.NewKeyFromSeed(b[2:])
	case [2]byte{0x86, 0x26}, [2]byte{0x87, 0x26}:
		curve := elliptic.P256()
		if prefix[0] == 0x87 {
			curve = elliptic.P384()
		}
		k, err := ecdsa.ParseRawPrivateKey(curve, b[2:])
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	t.Fatalf("a secret of another kind: %x", b[:2])
	return nil
}

// Opening a vector finds every intermediate value, byte for byte.
func TestVectorsOpen(t *testing.T) {
	r := vectorcontexts.Register(t)
	for _, v := range vectors(t) {
		t.Run(v.name, func(t *testing.T) {
			s, err := proof.Read(parseFile(t, v.signed))
			if err != nil {
				t.Fatal(err)
			}
			o, err := s.Open(t.Context(), r, s.Proofs[0], v.key.Public())
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct{ what, got, want string }{
				{"canonical document", o.Evidence.CanonicalDocument(), v.canonDocument},
				{"canonical proof", o.Evidence.CanonicalProof(), v.canonProof},
				{"document hash", o.Evidence.DocumentHash, v.documentHash},
				{"proof hash", o.Evidence.ProofHash, v.proofHash},
			} {
				if c.got != c.want {
					t.Errorf("%s:\n%s\nwant\n%s", c.what, c.got, c.want)
				}
			}
		})
	}
	judge.Score{Suite: "W3C test vectors of the Data Integrity suites and 1EdTech implementation guides, opened", How: "canonical document and proof, both hashes, signature: every intermediate value byte for byte",
		Passed: len(vectors(t))}.Report(t)
}

// Signing the unsecured document with the options of the vector gives the
// secured one. Ed25519 is deterministic, and so is ECDSA after RFC 6979, so the
// signature is the same too.
func TestVectorsSecure(t *testing.T) {
	r := vectorcontexts.Register(t)
	for _, v := range vectors(t) {
		t.Run(v.name, func(t *testing.T) {
			s, err := proof.Read(parseFile(t, v.signed))
			if err != nil {
				t.Fatal(err)
			}
			p := s.Proofs[0]
			doc, err := proof.Secure(t.Context(), r, s.Claims, anySigner{v.key, p.Method}, proof.Options{
				Format: p.Format.Name, Purpose: p.Purpose, Created: p.Created,
			})
			if !p.Format.IssueToo {
				if doc != nil || !isFinding(err, "format.algorithm-unknown") {
					t.Errorf("a suite to read only signed: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, want := comparable(t, doc.Raw()), comparable(t, readFile(t, v.signed)); !reflect.DeepEqual(got, want) {
				t.Errorf("secured:\n%s\nwant\n%s", doc.Raw(), readFile(t, v.signed))
			}
			value := doc.Root().GetList("proof")[0].GetString("proofValue")
			raw, err := base58.Decode(value[1:])
			if err != nil {
				t.Fatal(err)
			}
			if value != v.proofValue || hex.EncodeToString(raw) != v.proofHexs {
				t.Errorf("proofValue %s, want %s", value, v.proofValue)
			}
		})
	}
	judge.Score{Suite: "W3C test vectors of the Data Integrity suites and 1EdTech implementation guides, signed", How: "the same keys and options give the same signature (ECDSA after RFC 6979); Ed25519Signature2020 is refused, because it is only read",
		Passed: len(vectors(t))}.Report(t)
}

// comparable is the JSON of a document with its proofs as a list.
func comparable(t *testing.T, b []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	if p, ok := m["proof"].(map[string]any); ok {
		m["proof"] = []any{p}
	}
	return m
}

// The specification's own sets and chains.
func TestVectorsChain(t *testing.T) {
	r := vectorcontexts.Register(t)
	dir := judge.Data(t, "vectors", "vc-di-eddsa", "proof-set-chain")
	for name, proofs := range map[string]int{
		"signedProofSet1.json": 1, "signedProofSet2.json": 2, "signedProofChain1.json": 3, "signedProofChain2.json": 4,
	} {
		t.Run(name, func(t *testing.T) {
			s, err := proof.Read(parseFile(t, filepath.Join(dir, name)))
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Proofs) != proofs {
				t.Fatalf("%d proofs, want %d", len(s.Proofs), proofs)
			}
			for _, p := range s.Proofs {
				if _, err := s.Open(t.Context(), r, p, keyOf(t, p.Method)); err != nil {
					t.Errorf("%s: %v", p.Pointer, err)
				}
			}
		})
	}
	// A dependent proof is over what it depends on: without that it does not hold.
	t.Run("stripped", func(t *testing.T) {
		root := parseFile(t, filepath.Join(dir, "signedProofChain2.json")).Root()
		ps := root.GetList("proof")
		last := ps[3].Without("previousProof")
		s, err := proof.Read(parse(t, string(schema.Marshal(root.With("proof", schema.ArrayValue(ps[0], last))))))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Open(t.Context(), r, s.Proofs[1], keyOf(t, s.Proofs[1].Method)); !isFinding(err, "signature.mismatch") {
			t.Errorf("a proof without what it was chained to: %v", err)
		}
	})
	judge.Score{Suite: "W3C vc-di-eddsa, proof sets and chains", How: "every proof of every document, and one without what it rests on",
		Passed: 5}.Report(t)
}

// Twelve documents of the W3C community's chain suite: the file name says
// whether all proofs hold, and the reason has to be the chain.
func TestVectorsProofChains(t *testing.T) {
	dir := judge.Data(t, "vectors", "di-proof-chains", "eddsa-rdfc-2022")
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) != 12 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), "-SimpleSigned2.json"), func(t *testing.T) {
			root, r := vectorcontexts.Inline(t, vectorcontexts.Register(t), parseFile(t, f).Root())
			s, err := proof.Read(parse(t, string(schema.Marshal(root))))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(f, "Ok-") {
				for _, p := range s.Proofs {
					if _, err := s.Open(t.Context(), r, p, keyOf(t, p.Method)); err != nil {
						t.Errorf("%s: %v", p.Pointer, err)
					}
				}
				return
			}
			if fault := s.Proofs[1].Fault; !isFinding(fault, "format.chain") {
				t.Errorf("the dependent proof: %v, want format.chain", fault)
			}
		})
	}
}

// Badges that others issued with the suite of 2020 and that are still around.
func TestLegacyBadges(t *testing.T) {
	for _, name := range []string{"validator-ob30/simple_v1.json", "dcc/v2Expired.json", "dcc/v2Revoked.json", "dcc/v2NoStatus.json", "served/dcc-status-e5WK8CbZ1GjycuPombrj.json"} {
		s, err := proof.Read(parseFile(t, judge.Data(t, "openbadges", filepath.FromSlash(name))))
		if err != nil {
			t.Fatal(err)
		}
		p := s.Proofs[0]
		if p.Fault != nil || p.Format.Name != "Ed25519Signature2020" {
			t.Errorf("%s: %v", name, p.Fault)
			continue
		}
		// The key is in the name of every method here; whether it is the
		// issuer's nobody asks in this test.
		if _, err := s.Open(t.Context(), jsonld.Embedded(), p, keyOf(t, p.Method)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
