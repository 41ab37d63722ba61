package judge

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// An IndependentDocument is a credential with what other people's software
// computed from it: Digital Bazaar's Node packages, in the versions that stand
// in testdata/independent/versions.json.
type IndependentDocument struct {
	// Name says what it is: "made by merkki 12", "altered: removed /name, 3".
	Name       string          `json:"name"`
	Credential json.RawMessage `json:"credential"`
	// Now is the moment at which Verified was asked, RFC 3339.
	Now string `json:"now"`
	// Verified is Digital Bazaar's verdict: contexts, terms, dates, signature,
	// and that the key is the issuer's. It does not look at status. Error is its reason, if not.
	Verified bool   `json:"verified"`
	Error    string `json:"error,omitempty"`
	// Parts are what each proof signs, in the order of the proofs; empty
	// where the document cannot be canonicalised without loss.
	Parts []IndependentParts `json:"parts,omitempty"`
}

// IndependentParts are canonical N-Quads and their SHA-256 in hexadecimal.
type IndependentParts struct {
	CanonicalDocument string `json:"canonicalDocument"`
	DocumentHash      string `json:"documentHash"`
	CanonicalProof    string `json:"canonicalProof"`
	ProofHash         string `json:"proofHash"`
}

// IndependentFile is where the documents lie.
func IndependentFile() string {
	return filepath.Join(Root(), "testdata", "independent", "documents.jsonl.gz")
}

// Independent returns the documents of testdata/independent. They need
// neither Node nor network nor reference data, so nothing here ever skips.
func Independent(t testing.TB) []IndependentDocument {
	t.Helper()
	f, err := os.Open(IndependentFile())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var docs []IndependentDocument
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		var d IndependentDocument
		if err := json.Unmarshal(sc.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		docs = append(docs, d)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return docs
}
