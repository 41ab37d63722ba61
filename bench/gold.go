package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/mr-tron/base58"
	"github.com/piprate/json-gold/ld"

	"merkki/schema"
	"merkki/schema/jsonld"
)

// A gold issues and verifies eddsa-rdfc-2022 the shortest way there is in Go:
// json-gold's Normalize of document and proof, two hashes, crypto/ed25519. It
// checks neither what expansion drops nor how much work canonicalisation is.
type gold struct {
	processor *ld.JsonLdProcessor
	options   *ld.JsonLdOptions
	key       signer
}

func newGold(s signer) (*gold, error) {
	contexts := served{}
	r := jsonld.Embedded()
	for _, u := range r.URLs() {
		b, _ := r.Context(u)
		var doc any
		if err := json.Unmarshal(b, &doc); err != nil {
			return nil, err
		}
		contexts[u] = &ld.RemoteDocument{DocumentURL: u, Document: doc}
	}
	o := ld.NewJsonLdOptions("")
	o.Algorithm, o.Format, o.DocumentLoader = ld.AlgorithmURDNA2015, "application/n-quads", contexts
	return &gold{ld.NewJsonLdProcessor(), o, s}, nil
}

// served is a loader that has everything in memory.
type served map[string]*ld.RemoteDocument

func (s served) LoadDocument(url string) (*ld.RemoteDocument, error) {
	if d, ok := s[url]; ok {
		return d, nil
	}
	return nil, fmt.Errorf("%s is not served", url)
}

// issues takes documents as encoding/json has them in memory.
func (g *gold) issues(docs []schema.Value) (turn, error) {
	in := make([]map[string]any, len(docs))
	for i, v := range docs {
		if err := json.Unmarshal(schema.Marshal(v), &in[i]); err != nil {
			return nil, err
		}
	}
	return timed(len(in), func(i int) error {
		config := map[string]any{
			"@context": in[i]["@context"], "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022",
			"created": schema.FormatTime(created), "verificationMethod": g.key.method, "proofPurpose": "assertionMethod",
		}
		data, err := g.data(in[i], config)
		if err != nil {
			return err
		}
		sig, err := g.key.Sign(rand.Reader, data, ed25519Hash)
		if err != nil {
			return err
		}
		delete(config, "@context")
		config["proofValue"] = "z" + base58.Encode(sig)
		signed := map[string]any{"proof": config}
		for name, v := range in[i] {
			signed[name] = v
		}
		_, err = json.Marshal(signed)
		return err
	}), nil
}

// data is what is signed: the hashes of proof configuration and document.
func (g *gold) data(doc, config map[string]any) ([]byte, error) {
	var data []byte
	for _, m := range []map[string]any{config, doc} {
		canonical, err := g.processor.Normalize(m, g.options)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256([]byte(canonical.(string)))
		data = append(data, sum[:]...)
	}
	return data, nil
}

func (g *gold) verifies(signed [][]byte) turn {
	return timed(len(signed), func(i int) error {
		var doc map[string]any
		if err := json.Unmarshal(signed[i], &doc); err != nil {
			return err
		}
		config := doc["proof"].([]any)[0].(map[string]any)
		delete(doc, "proof")
		sig, err := base58.Decode(config["proofValue"].(string)[1:])
		if err != nil {
			return err
		}
		delete(config, "proofValue")
		config["@context"] = doc["@context"]
		data, err := g.data(doc, config)
		if err == nil && !ed25519.Verify(g.key.Public().(ed25519.PublicKey), data, sig) {
			err = errors.New("json-gold's signature does not hold")
		}
		return err
	})
}
