package jsonld_test

import (
	"crypto"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jsonld"
	"merkki/schema/rdfcanon"
	"merkki/schema/schematest"
)

func TestSmoke(t *testing.T) {
	r := jsonld.Embedded()
	for i := range 50 {
		v := schematest.Credential(rand.New(rand.NewPCG(1, uint64(i))))
		if f := r.CheckContexts(v); len(f) > 0 {
			t.Fatal(f)
		}
		q, err := r.Quads(t.Context(), v)
		if err != nil {
			t.Fatalf("%v\n%s", err, schema.Marshal(v))
		}
		c, err := rdfcanon.Canonicalize(t.Context(), q, crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			fmt.Println(string(c.Bytes()))
		}
	}
	dir := judge.Data(t, "attacks")
	for _, d := range []string{"di", "rdf", "json", "benign", "baseline"} {
		fs, _ := filepath.Glob(filepath.Join(dir, d, "*.json"))
		for _, f := range fs {
			b, _ := os.ReadFile(f)
			doc, err := schema.Parse(b, schema.Limits{})
			if err != nil {
				fmt.Println(filepath.Base(f), "PARSE", err)
				continue
			}
			root := doc.Root().Without("proof")
			if fl := r.CheckContexts(root); len(fl) > 0 {
				fmt.Println(filepath.Base(f), fl)
				continue
			}
			q, err := r.Quads(t.Context(), root)
			if err != nil {
				fmt.Println(filepath.Base(f), err)
				continue
			}
			_, err = rdfcanon.Canonicalize(t.Context(), q, crypto.SHA256)
			fmt.Println(filepath.Base(f), len(q), err)
		}
	}
}
