package rdfcanon_test

import (
	"crypto"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"merkki/internal/judge"
	"merkki/schema/rdfcanon"
)

// TestManifest runs all 86 entries of the W3C's rdf-canon test suite: canonical
// forms, maps of issued identifiers, and the poison graph, which has to be
// refused.
func TestManifest(t *testing.T) {
	dir := judge.Data(t, "vectors", "rdf-canon")
	var manifest struct {
		Entries []struct{ ID, Type, HashAlgorithm, Action, Result string }
	}
	readJSON(t, filepath.Join(dir, "manifest.jsonld"), &manifest)
	if len(manifest.Entries) != 86 {
		t.Fatalf("the manifest has %d entries, want 86", len(manifest.Entries))
	}
	for _, e := range manifest.Entries {
		t.Run(e.ID[1:], func(t *testing.T) {
			hash := crypto.SHA256
			switch e.HashAlgorithm {
			case "SHA384":
				hash = crypto.SHA384
			case "":
			default:
				t.Fatalf("hash algorithm %q", e.HashAlgorithm)
			}
			quads, err := rdfcanon.ParseNQuads(readText(t, filepath.Join(dir, e.Action)))
			if err != nil {
				t.Fatal(err)
			}
			var c *rdfcanon.Canonical
			took := judge.CPUTime(func() { c, err = rdfcanon.Canonicalize(t.Context(), quads, hash) })
			switch e.Type {
			case "rdfc:RDFC10EvalTest":
				if err != nil {
					t.Fatal(err)
				}
				if want := readText(t, filepath.Join(dir, e.Result)); string(c.Bytes()) != want {
					t.Errorf("canonical form\n%swant\n%s", c.Bytes(), want)
				}
			case "rdfc:RDFC10MapTest":
				if err != nil {
					t.Fatal(err)
				}
				var want map[string]string
				readJSON(t, filepath.Join(dir, e.Result), &want)
				if len(want) != len(c.Labels()) {
					t.Errorf("%d labels, want %d", len(c.Labels()), len(want))
				}
				for from, to := range want {
					if got := c.Labels()["_:"+from]; got != "_:"+to {
						t.Errorf("label of %s is %s, want %s", from, got, to)
					}
				}
			case "rdfc:RDFC10NegativeEvalTest":
				if _, ok := errors.AsType[*rdfcanon.WorkError](err); !ok {
					t.Errorf("got %v, want a refusal for the work", err)
				}
				if took > 100*time.Millisecond {
					t.Errorf("the refusal took %v", took)
				}
			default:
				t.Fatalf("type %q", e.Type)
			}
		})
	}
	judge.Score{Suite: "W3C rdf-canon test suite", How: "all entries of the manifest: canonical form byte for byte, maps of identifiers, the poison graph refused",
		Passed: len(manifest.Entries)}.Report(t)
}

func readText(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func readJSON(t testing.TB, path string, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(readText(t, path)), v); err != nil {
		t.Fatal(err)
	}
}
