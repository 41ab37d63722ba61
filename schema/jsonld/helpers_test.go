package jsonld_test

import (
	"context"
	"crypto"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
)

func read(t testing.TB, elem ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parse(t testing.TB, text string) schema.Value {
	t.Helper()
	d, err := schema.Parse([]byte(text), schema.Limits{})
	if err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
	return d.Root()
}

// canonical takes a document all the way.
func canonical(ctx context.Context, r *jsonld.Register, v schema.Value, h crypto.Hash) (string, error) {
	quads, err := r.Quads(ctx, v)
	if err != nil {
		return "", err
	}
	c, err := rdfcanon.Canonicalize(ctx, quads, h)
	if err != nil {
		return "", err
	}
	return string(c.Bytes()), nil
}

// referenceRegister is the product's register with what conformance vectors
// need besides: it lets @vocab in, which the product never does.
func referenceRegister(t testing.TB) *jsonld.Register {
	t.Helper()
	r := jsonld.Embedded()
	add := func(url, path string) {
		if _, there := r.Context(url); there || url == "" {
			return
		}
		n, err := r.WithUnsafe(url, read(t, path))
		if err != nil {
			t.Logf("not registered: %v", err)
			return
		}
		r = n
	}
	var contexts struct {
		Contexts []struct {
			File string
			URLs []string
		}
	}
	dir := judge.Data(t, "contexts")
	if err := json.Unmarshal(read(t, dir, "index.json"), &contexts); err != nil {
		t.Fatal(err)
	}
	for _, c := range contexts.Contexts {
		for _, u := range c.URLs {
			add(u, filepath.Join(dir, c.File))
		}
	}
	var vectors []struct{ URL, File string }
	dir = judge.Data(t, "vectors", "contexts")
	if err := json.Unmarshal(read(t, dir, "index.json"), &vectors); err != nil {
		t.Fatal(err)
	}
	for _, c := range vectors {
		add(c.URL, filepath.Join(dir, c.File))
	}
	return r
}

// byURL returns the bytes of a register for a peer's document loader.
func byURL(r *jsonld.Register) map[string][]byte {
	m := map[string][]byte{}
	for _, u := range r.URLs() {
		m[u], _ = r.Context(u)
	}
	return m
}

// jsonFiles returns the paths of the JSON files below a folder.
func jsonFiles(t testing.TB, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && !d.IsDir() && (ext == ".json" || ext == ".jsonld") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// removed returns v without what stands at a pointer.
func removed(v schema.Value, pointer string) schema.Value {
	name, rest, deeper := strings.Cut(pointer[1:], "/")
	name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
	if v.Kind == schema.Array {
		i, err := strconv.Atoi(name)
		if err != nil {
			panic(err)
		}
		items := slices.Clone(v.Items)
		if deeper {
			items[i] = removed(items[i], "/"+rest)
		} else {
			items = slices.Delete(items, i, i+1)
		}
		return schema.ArrayValue(items...)
	}
	if !deeper {
		return v.Without(name)
	}
	m, _ := v.Get(name)
	return v.With(name, removed(m, "/"+rest))
}
