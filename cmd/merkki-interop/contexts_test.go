package main

import (
	"bytes"
	"os"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jcs"
)

// What is written out says the same as what its address serves.
func TestContexts(t *testing.T) {
	index := list[struct{ URL, File string }](t, "contexts", "index.json")
	files := map[string]string{}
	for _, row := range index {
		files[row.URL] = row.File
	}
	r, err := suiteContexts()
	if err != nil {
		t.Fatal(err)
	}
	canonical := func(b []byte) []byte {
		doc, err := schema.Parse(b, schema.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		out, err := jcs.Marshal(doc.Root())
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	urls := []string{examples}
	for _, c := range writtenOut {
		urls = append(urls, c.url)
	}
	for _, url := range urls {
		want, err := os.ReadFile(judge.Data(t, "vectors", "contexts", files[url]))
		if err != nil {
			t.Fatal(err)
		}
		got, ok := r.Context(url)
		if !ok || !bytes.Equal(canonical(got), canonical(want)) {
			t.Errorf("%s says something else than its address", url)
		}
	}
}
