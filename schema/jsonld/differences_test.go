package jsonld_test

import (
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"merkki/internal/judge"
	"merkki/schema"
	"merkki/schema/jsonld"
)

// TestDifferences: compiled tables, reader with json-gold, and jsonld.js make the
// same of credentials that vary in everything by which a document can vary.
func TestDifferences(t *testing.T) {
	judge.Peers(t)
	r := jsonld.Embedded()
	total, batch, compared, quads := count(300, 100_500), 1_500, 0, 0
	for first := 0; first < total; first += batch {
		var lines []any
		var ours []string
		lines = append(lines, judge.Documents(byURL(r)))
		for i := first; i < min(first+batch, total); i++ {
			v := pruned(t, r, varied(rand.New(rand.NewPCG(77, uint64(i))), i))
			fast, covered := r.Walk(t.Context(), v)
			slow, err := r.ReadTwice(t.Context(), v)
			if err != nil || !covered || fast.String() != slow.String() {
				t.Fatalf("document %d: covered %v, careful %v: %s\n%v\n%v", i, covered, err, schema.Marshal(v), fast, slow)
			}
			c, err := fast.Canonicalize(t.Context(), crypto.SHA256)
			if err != nil {
				t.Fatalf("document %d: %v: %s", i, err, schema.Marshal(v))
			}
			quads += fast.Len()
			ours = append(ours, string(c.Bytes()))
			lines = append(lines, map[string]any{"document": json.RawMessage(schema.Marshal(v))})
		}
		for i, a := range judge.Node(t, "canonize.mjs", lines...) {
			var peer struct{ Canonical, Error string }
			if err := json.Unmarshal(a, &peer); err != nil {
				t.Fatal(err)
			}
			if peer.Error != "" || peer.Canonical != ours[i] {
				t.Fatalf("document %d: peer: %s\n%s\nours\n%speer\n%s", first+i, peer.Error, lines[i+1], ours[i], peer.Canonical)
			}
			compared++
		}
		_, _ = fmt.Fprintln(os.Stderr, compared, "documents compared")
	}
	if compared != total {
		t.Errorf("%d of %d documents were compared", compared, total)
	}
	t.Logf("%d documents with %d statements: 0 differences between compiled tables, json-gold and jsonld.js", compared, quads)
}

// pruned takes out what is lost under the contexts that a document has got.
func pruned(t *testing.T, r *jsonld.Register, v schema.Value) schema.Value {
	for range 100 {
		if f := r.CheckContexts(v); len(f) > 0 {
			t.Fatalf("%v: %s", f[0], schema.Marshal(v))
		}
		_, err := r.Dataset(t.Context(), v)
		faults, ok := errors.AsType[jsonld.Faults](err)
		if !ok {
			return v
		}
		v = removed(v, faults[0].Pointer)
	}
	t.Fatalf("nothing is left of %s", schema.Marshal(v))
	return v
}

const contextMC = "https://w3id.org/merkki/mc/v1"

// varied is a generated credential, disturbed.
func varied(rnd *rand.Rand, i int) schema.Value {
	g := variation{rnd}
	v := generated(i)
	switch g.IntN(8) {
	case 0:
		v = v.With("@context", texts(jsonld.BaseV2, url303))
	case 1:
		v = v.With("@context", texts(jsonld.BaseV2, url303, contextMC, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"))
	case 2:
		v = v.With("@context", texts(jsonld.BaseV1, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"))
	case 3:
		v = v.With("@context", texts(jsonld.BaseV2, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"))
	case 4:
		v = v.With("@context", texts(jsonld.BaseV1))
	}
	v = g.vary("", v)
	contexts, _ := v.Get("@context")
	base := contexts.Items[0]
	if g.IntN(6) == 0 {
		v = v.With("endorsement", schema.ArrayValue(g.endorsement(contexts), g.endorsement(contexts)))
	}
	if base.Text == jsonld.BaseV2 && g.IntN(8) == 0 {
		v = v.With("proof", g.proof())
	}
	if g.IntN(8) == 0 {
		other := pieces(fmt.Sprintf(`{"@context": %q, "id": "urn:x:%d", "type": "VerifiableCredential"}`, base.Text, i))
		v = pieces(fmt.Sprintf(`{"@context": [%q], "type": ["VerifiablePresentation"], "holder": "did:example:holder"}`, base.Text)).
			With("verifiableCredential", schema.ArrayValue(v, other))
	}
	return v
}

// A variation disturbs documents without making anything lose its meaning.
type variation struct{ *rand.Rand }

func (g variation) vary(name string, v schema.Value) schema.Value {
	switch v.Kind {
	case schema.Object:
		return g.object(name, v)
	case schema.Array:
		return g.array(name, v)
	case schema.String:
		if (name == "name" || name == "description" || name == "narrative") && g.IntN(6) == 0 {
			return g.tagged(v)
		}
	}
	return v
}

func (g variation) object(name string, v schema.Value) schema.Value {
	out := schema.Value{Kind: schema.Object}
	for _, m := range v.Members {
		switch {
		case m.Name == "@context":
		case m.Name == "id" && len(v.Members) > 2 && g.IntN(8) == 0:
			continue // a node without a name
		case m.Name == "type":
			if len(m.Value.Items) == 1 && g.IntN(3) == 0 {
				m.Value = m.Value.Items[0]
			}
		default:
			m.Value = g.vary(m.Name, m.Value)
		}
		out.Members = append(out.Members, m)
	}
	if name == "achievement" && g.IntN(3) == 0 {
		out = out.With("type", texts("Achievement", "McAchievement")).
			With("titleByLanguage", pieces(`{"sv": "Titel", "fi": ["Nimi", "Toinen"], "en-GB": "T\u0001\"\\"}`)).
			With("volumeOfLearning", schema.StringValue("P5W"))
	}
	if g.IntN(2) == 0 {
		g.Shuffle(len(out.Members), func(i, j int) { out.Members[i], out.Members[j] = out.Members[j], out.Members[i] })
	}
	return out
}

// array varies the elements, and adds equal and nearly equal ones.
func (g variation) array(name string, v schema.Value) schema.Value {
	items := make([]schema.Value, 0, len(v.Items)+2)
	for _, item := range v.Items {
		item = g.vary("", item)
		items = append(items, item)
		if len(items) > 4 {
			continue
		}
		switch g.IntN(10) {
		case 0:
			items = append(items, item)
		case 1:
			items = append(items, item.Without("id"), item.Without("id"))
		case 2:
			items = append(items, nearly(item))
		}
	}
	if len(items) == 1 && g.IntN(4) == 0 {
		return items[0]
	}
	if name == "tag" && len(items) > 1 && g.IntN(3) == 0 {
		return schema.ArrayValue(items[0], schema.ArrayValue(items[1:]...))
	}
	g.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
	return schema.ArrayValue(items...)
}

// nearly differs from v in one text.
func nearly(v schema.Value) schema.Value {
	for _, m := range slices.Backward(v.Members) {
		if m.Value.Kind == schema.String && m.Name != "type" {
			return v.With(m.Name, schema.StringValue(m.Value.Text+"x"))
		}
	}
	return v
}

func (g variation) tagged(v schema.Value) schema.Value {
	out := schema.ObjectValue(schema.Member{Name: "@value", Value: v})
	if k := g.IntN(3); k != 0 {
		out = out.With("@language", schema.StringValue([]string{"fi", "sv-FI", "zh-Hant-TW", "EN"}[g.IntN(4)]))
		if k == 1 {
			return out
		}
	}
	return out.With("@direction", schema.StringValue([]string{"ltr", "rtl"}[g.IntN(2)]))
}

func (g variation) endorsement(contexts schema.Value) schema.Value {
	return pieces(fmt.Sprintf(`{"@context": %s, "id": "urn:uuid:0b2f7f52-1f0e-4bd5-9e4e-33333333333%d", "type": ["VerifiableCredential", "EndorsementCredential"],
		"issuer": {"id": "did:example:2", "type": ["Profile"], "name": "Endorser"},
		"credentialSubject": {"id": "https://merkki.example/a/1", "type": ["EndorsementSubject"], "endorsementComment": "Good %d"}}`,
		schema.Marshal(contexts), g.IntN(3), g.IntN(3)))
}

func (g variation) proof() schema.Value {
	return pieces(fmt.Sprintf(`{"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": "2026-01-0%dT00:00:00Z",
		"verificationMethod": "did:example:2#%d", "proofPurpose": "assertionMethod", "proofValue": "z1"}`, 1+g.IntN(9), g.IntN(9)))
}

// pieces parses the text of this file.
func pieces(text string) schema.Value {
	doc, err := schema.Parse([]byte(text), schema.Limits{})
	if err != nil {
		panic(err)
	}
	return doc.Root()
}

func texts(all ...string) schema.Value {
	v := schema.Value{Kind: schema.Array}
	for _, s := range all {
		v.Items = append(v.Items, schema.StringValue(s))
	}
	return v
}
