package proof_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/keys/did"
	"merkki/proof"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// An attack is a row of the attack sample.
type attack struct {
	Path, Op, Encoding, Verdict, Check, Code, Finding string
	Checks                                            map[string]string
	Accept                                            []struct{ Verdict, Code string }
}

func attacks(t *testing.T, dirs ...string) (rows []attack) {
	t.Helper()
	sc := bufio.NewScanner(bytes.NewReader(readFile(t, judge.Data(t, "attacks", "index.jsonl"))))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var a attack
		if err := json.Unmarshal(sc.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		for _, d := range dirs {
			if strings.HasPrefix(a.Path, d+"/") && a.Op == "verify" {
				rows = append(rows, a)
			}
		}
	}
	return rows
}

func (a attack) read(t *testing.T) []byte {
	t.Helper()
	b := readFile(t, judge.Data(t, "attacks", filepath.FromSlash(a.Path)))
	if a.Encoding != "gzip" {
		return b
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if b, err = io.ReadAll(z); err != nil {
		t.Fatal(err)
	}
	return b
}

// The one call answers each attack with the finding of its row where the
// decision is about syntax, contexts, terms, proofs or keys by themselves; what only
// the report of package verifier says (whose key, when, revoked) it leaves open, and
// then the signature holds.
func TestAttacks(t *testing.T) {
	decides := map[string]bool{
		"document.syntax": true, "document.contexts": true, "document.terms": true,
		"proof.format": true, "key.resolved": true, "proof.signature": true,
	}
	later := map[string]bool{
		"key.controller": true, "proof.purpose": true, "credential.validity": true, "issuer.trusted": true, "": true,
	}
	for _, a := range attacks(t, "baseline", "di", "rdf", "benign") {
		if !strings.Contains(a.Path, ".json") {
			continue
		}
		t.Run(a.Path, func(t *testing.T) {
			_, err := proof.Open(t.Context(), a.read(t), did.New(nothing{}))
			switch {
			case decides[a.Check]:
				if !isFinding(err, a.Finding) && !a.accepts(err) {
					t.Errorf("opened: %v, want %s", err, a.Finding)
				}
			case later[a.Check]:
				if err != nil && a.Checks["proof.signature"] == "pass" || err != nil && a.Check == "" {
					t.Errorf("the signature holds, opened: %v", err)
				}
			}
		})
	}
}

// accepts reports whether another answer of the row has the code of err.
func (a attack) accepts(err error) bool {
	f, ok := errors.AsType[*schema.Fault](err)
	if fs, many := errors.AsType[jsonld.Faults](err); many {
		f, ok = fs[0], true
	}
	for _, other := range a.Accept {
		if ok && string(f.Code) == other.Code {
			return true
		}
	}
	return false
}
