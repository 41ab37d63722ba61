package main

import (
	"embed"
	"sync"

	"merkki/schema/jsonld"
)

// examples is a context that gives every word a meaning.
const examples = "https://www.w3.org/ns/credentials/examples/v2"

// The contexts that no package carries are written for Merkki and say the same as
// those that their addresses serve; a test compares.
//
//go:embed contexts/*.jsonld
var contextFiles embed.FS

// writtenOut are the addresses of the files.
var writtenOut = []struct{ url, file string }{
	{"https://w3id.org/security/jwk/v1", "jwk-v1.jsonld"},
	{"https://www.w3.org/ns/cid/v1", "cid-v1.jsonld"},
	{"https://w3id.org/citizenship/v4rc1", "citizenship-v4rc1.jsonld"},
}

// suiteContexts are the product's contexts and those that only suites use, with
// whatever stands in the documents themselves.
var suiteContexts = sync.OnceValues(func() (*jsonld.Register, error) {
	r, err := jsonld.Embedded().WithInlineUnsafe().WithUnsafe(examples, []byte(`{"@context":{"@vocab":"https://www.w3.org/ns/credentials/examples#"}}`))
	for _, c := range writtenOut {
		if err != nil {
			return nil, err
		}
		var b []byte
		if b, err = contextFiles.ReadFile("contexts/" + c.file); err == nil {
			r, err = r.WithUnsafe(c.url, b)
		}
	}
	return r, err
})
