// Package vectorcontexts is the register of contexts that published test vectors
// need, also those that the product refuses. Tests use it, and nothing else may.
package vectorcontexts

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// Register returns the register, or skips where the reference data is missing.
func Register(t testing.TB) *jsonld.Register {
	t.Helper()
	// Both are looked for before anything is remembered, so that each test skips.
	vectors := judge.Data(t, "vectors", "contexts")
	contexts := judge.Data(t, "contexts")
	once.Do(func() { register, failed = build(vectors, contexts) })
	if failed != nil {
		t.Fatal(failed)
	}
	return register
}

var (
	once     sync.Once
	register *jsonld.Register
	failed   error
)

// A row of an index file says which file serves which URLs.
type row struct {
	File string
	URL  string
	URLs []string
}

func build(vectors, contexts string) (*jsonld.Register, error) {
	var listed []row
	var index struct{ Contexts []row }
	if err := readJSON(filepath.Join(vectors, "index.json"), &listed); err != nil {
		return nil, err
	}
	if err := readJSON(filepath.Join(contexts, "index.json"), &index); err != nil {
		return nil, err
	}
	r, err := add(jsonld.Embedded(), contexts, index.Contexts)
	if err != nil {
		return nil, err
	}
	return add(r, vectors, listed)
}

// add registers what is not registered yet.
func add(r *jsonld.Register, dir string, rows []row) (*jsonld.Register, error) {
	for _, c := range rows {
		for _, u := range append(c.URLs, c.URL) {
			if _, have := r.Context(u); have || u == "" {
				continue
			}
			b, err := os.ReadFile(filepath.Join(dir, c.File))
			if err != nil {
				return nil, err
			}
			if r, err = r.WithUnsafe(u, b); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

func readJSON(path string, into any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// Inline puts the contexts that stand inside a document into the register and
// their addresses into the document, because inline contexts are refused. No
// signature over statements covers the difference.
func Inline(t testing.TB, r *jsonld.Register, root schema.Value) (schema.Value, *jsonld.Register) {
	t.Helper()
	var urls []schema.Value
	for i, c := range root.GetList("@context") {
		if c.Kind == schema.Object {
			// One level of wrapping occurs (vectors of proof chains).
			if _, wrapped := c.Get("@context"); !wrapped {
				c = schema.ObjectValue(schema.Member{Name: "@context", Value: c})
			}
			url := fmt.Sprintf("https://vectors.example/inline/%d", i)
			var err error
			if r, err = r.WithUnsafe(url, schema.Marshal(c)); err != nil {
				t.Fatal(err)
			}
			c = schema.StringValue(url)
		}
		urls = append(urls, c)
	}
	return root.With("@context", schema.ArrayValue(urls...)), r
}
