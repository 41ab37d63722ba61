package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/schema"
)

// startWithVectors is start at a time at which the published vectors are valid.
func startWithVectors(t testing.TB) *client {
	t.Helper()
	return startServer(t, func(s *server) {
		s.now = func() time.Time { return time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC) } // some have expired since
	})
}

// TestPublishedSignatures verifies every signed document of the W3C's vectors over
// both routes. No key is that of the issuer that is named: whether somebody's key
// made the proof holds, and the strict verifier says whose it is not.
func TestPublishedSignatures(t *testing.T) {
	c := startWithVectors(t)
	n := 0
	for _, folder := range []string{"vc-di-eddsa", "vc-di-ecdsa"} {
		err := filepath.WalkDir(judge.Data(t, "vectors", folder), func(file string, _ os.DirEntry, err error) error {
			name := filepath.Base(file)
			isSigned := strings.HasPrefix(name, "signed") && !strings.Contains(file, "ecdsa-sd-2023") || name == "derivedRevealDocument.json" || name == "addSignedSDBase.json"
			if err != nil || !isSigned || filepath.Ext(name) != ".json" {
				return err
			}
			n++
			t.Run(strings.TrimPrefix(file, judge.Data(t, "vectors")+"/"), func(t *testing.T) {
				b, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				v := parse(t, string(b))
				want, codes := http.StatusOK, []string{"UNBOUND_KEY"}
				if name == "addSignedSDBase.json" { // for the holder alone
					want, codes = http.StatusBadRequest, []string{"PROOF_VERIFICATION_ERROR", "CRYPTOGRAPHIC_SECURITY_ERROR"}
				}
				if r := c.verifyProof(v); r.status != want {
					t.Errorf("proof only: %d %s", r.status, r)
				}
				r := c.verify(v)
				if r.status != http.StatusBadRequest || r.codes() != strings.Join(codes, " ") {
					t.Errorf("strict: %d %s", r.status, r)
				}
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 14 {
		t.Fatalf("only %d documents", n)
	}
	judge.Score{Suite: "W3C vc-di-eddsa and vc-di-ecdsa test vectors, over HTTP", Passed: n,
		How: "the proof-only route accepts every signed document (a base proof is refused); the strict route answers UNBOUND_KEY, because no key is the named issuer's"}.Report(t)
}

// TestProofChains sends the files of the chain tests as they are.
func TestProofChains(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(judge.Data(t, "vectors", "di-proof-chains", "eddsa-rdfc-2022"), "*.json"))
	if err != nil || len(files) != 12 {
		t.Fatal(len(files), err)
	}
	c := start(t)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := c.verify(parse(t, string(b)))
			if ok := r.status == http.StatusOK; ok == strings.Contains(file, "Fail") || !ok && r.status != http.StatusBadRequest {
				t.Errorf("%d: %s", r.status, r)
			}
			// Refused for the chain, not for something else in the file.
			if strings.Contains(file, "Fail") && !slices.ContainsFunc(findings(r), func(f string) bool { return f == "format.chain" || f == "format.member-malformed" }) {
				t.Errorf("refused for another reason: %s", r)
			}
		})
	}
	judge.Score{Suite: "CCG data-integrity-test-suite-assertion, proof chains", Passed: len(files),
		How: "sent to the strict route: Ok verifies, Fail is refused for its previousProof"}.Report(t)
}

func findings(r response) (all []string) {
	for _, p := range r.body.GetList("problemDetails") {
		all = append(all, p.GetString("finding"))
	}
	return all
}

// TestSelectiveDisclosure takes the documents and pointers of the ECDSA suite
// through issuing, deriving and verifying.
func TestSelectiveDisclosure(t *testing.T) {
	c := start(t)
	n := 0
	for _, kind := range []string{"valid", "achievement"} {
		for _, model := range []string{"vc1.1", "vc2.0"} {
			n++
			t.Run(kind+" "+model, func(t *testing.T) {
				c := c.in(t)
				folder := []string{"ecdsa-suite-mocks", kind, model}
				document := vector(t, append(folder, "document.json")...).With("issuer", schema.StringValue("did:example:issuer"))
				base := c.issued("ecdsa-sd-2023", document, pointersIn(t, "mandatoryPointers", append(folder, "mandatoryPointers.json")...))
				if r := c.verify(base); r.status != http.StatusBadRequest {
					t.Errorf("the base proof is accepted: %s", r)
				}
				options := schema.ObjectValue(pointersIn(t, "selectivePointers", append(folder, "selectivePointers.json")...))
				r := c.post("/credentials/derive", member("verifiableCredential", base), member("options", options))
				derived, _ := r.body.Get("verifiableCredential")
				if r.status != http.StatusCreated {
					t.Fatalf("%d: %s", r.status, r)
				}
				if r := c.verify(derived); r.status != http.StatusOK {
					t.Errorf("derived: %s", r)
				}
				subject, _ := derived.Get("credentialSubject")
				if r := c.verify(derived.With("credentialSubject", subject.With("name", schema.StringValue("Somebody Else")))); r.status != http.StatusBadRequest {
					t.Errorf("an altered one is accepted: %s", r)
				}
			})
		}
	}
	judge.Score{Suite: "W3C vc-di-ecdsa-test-suite, documents and pointers of its sd-2023 tests", Passed: n,
		How: "base proof issued and refused by the verifier, derived and accepted, altered and refused"}.Report(t)
}

func pointersIn(t *testing.T, name string, elem ...string) schema.Member {
	t.Helper()
	b, err := json.Marshal(list[string](t, elem...))
	if err != nil {
		t.Fatal(err)
	}
	v, _ := parse(t, `{"list":`+string(b)+`}`).Get("list")
	return member(name, v)
}
