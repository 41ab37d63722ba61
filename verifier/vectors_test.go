package verifier_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merkki/internal/fetch"
	"merkki/keys/did"
	"merkki/schema/jsonld"
	"merkki/verifier"
)

// A vector is a file of testdata/vectors: a header, an empty line, an input.
type vector struct {
	v      verifier.Verifier
	web    fetch.Map
	ask    verifier.Request
	expect []string // verdict first
}

// parseVector fails on a header it does not know: a misspelt expectation must
// not turn into a test that expects nothing.
func parseVector(t *testing.T, file []byte) *vector {
	t.Helper()
	head, body, ok := bytes.Cut(file, []byte("\n\n"))
	if !ok {
		t.Fatal("no empty line after the header")
	}
	v := &vector{web: fetch.Map{}, ask: verifier.Request{Input: body}}
	for line := range strings.Lines(string(head)) {
		key, val, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "now":
			v.v.Now = fixed(val)
		case "at":
			v.ask.At = at(val)
		case "issuer":
			v.ask.Issuer = val
		case "trust":
			v.v.Trust = append(v.v.Trust, verifier.TrustList{Entries: []verifier.TrustEntry{{Issuer: val}}})
		case "policy":
			v.v.Policy.AnyIssuer = v.v.Policy.AnyIssuer || val == "any-issuer"
			v.v.Policy.Tolerant = v.v.Policy.Tolerant || val == "tolerant"
		case "serve":
			url, name, _ := strings.Cut(val, " ")
			b, err := os.ReadFile(filepath.Join("testdata", "vectors", "served", name))
			if err != nil {
				t.Fatal(err)
			}
			v.web[url] = fetch.Document{Bytes: b}
		case "expect":
			v.expect = append(v.expect, val)
		case "name", "cites", "comment":
		default:
			t.Fatalf("unknown header %q", key)
		}
	}
	if len(v.expect) == 0 || !strings.HasPrefix(v.expect[0], "verdict ") {
		t.Fatal("a vector has to say first which verdict it expects")
	}
	return v
}

func TestVectors(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "vectors", "*.txt"))
	if err != nil || len(files) < 15 {
		t.Fatal(len(files), err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			file, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			v := parseVector(t, file)
			source := fetch.NewStack(fetch.Rules{}, v.web)
			v.v.Contexts, v.v.Resolver, v.v.Lists = jsonld.Embedded(), did.New(did.FromSource(source)), verifier.FromSource(source)
			r, err := v.v.Verify(t.Context(), v.ask)
			if err != nil {
				t.Fatal(err)
			}
			consistent(t, r)
			expect(t, r, strings.TrimPrefix(strings.Join(v.expect, "; "), "verdict "))
		})
	}
}
