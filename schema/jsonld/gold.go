package jsonld

import (
	"fmt"
	"strconv"

	"github.com/piprate/json-gold/ld"

	"merkki/schema"
)

// This file is the only door to json-gold. It is used for expansion and for
// nothing else: its canonicaliser has no bound, and its own way to quads drops
// what it does not like. No loader of its own is reachable, and a context it
// gets is a registered one, because contexts were checked before.

// expand returns the expanded form of a document with these contexts: nil,
// an object, or a list of objects.
func (r *Register) expand(root schema.Value, contexts []entry) (expanded any, err error) {
	defer func() {
		if p := recover(); p != nil {
			expanded, err = nil, fmt.Errorf("jsonld: expansion failed: %v", p)
		}
	}()
	input, err := toGold(root.Without("@context"))
	if err != nil {
		return nil, err
	}
	c, err := r.goldTop(contexts)
	if err != nil {
		return nil, err
	}
	expanded, err = ld.NewJsonLdApi().Expand(c, "", input, r.goldOptions(), false, nil)
	if err != nil {
		return nil, fmt.Errorf("jsonld: %w", err)
	}
	return expanded, nil
}

func (r *Register) goldOptions() *ld.JsonLdOptions {
	return &ld.JsonLdOptions{ProcessingMode: ld.JsonLd_1_1, DocumentLoader: pinned{r}, SafeMode: true}
}

// goldTop is top in json-gold's terms.
func (r *Register) goldTop(contexts []entry) (c *ld.Context, err error) {
	defer func() {
		if p := recover(); p != nil {
			c, err = nil, fmt.Errorf("jsonld: a context could not be read: %v", p)
		}
	}()
	compute := func() (any, error) {
		list := make([]any, len(contexts))
		for i, e := range contexts {
			if e.url != "" {
				list[i] = e.url
				continue
			}
			var err error
			if list[i], err = toGold(e.value); err != nil {
				return nil, err
			}
		}
		return ld.NewContext(nil, r.goldOptions()).Parse(list)
	}
	parsed, err := r.gold.get(contexts, compute)
	if err != nil {
		return nil, fmt.Errorf("jsonld: %w", err)
	}
	return parsed.(*ld.Context), nil
}

// pinned is the one document loader: the register, and no further.
type pinned struct{ r *Register }

func (p pinned) LoadDocument(url string) (*ld.RemoteDocument, error) {
	s, ok := p.r.contexts[url]
	if !ok {
		return nil, fmt.Errorf("%q is not registered", url)
	}
	return &ld.RemoteDocument{DocumentURL: url, Document: s.gold}, nil
}

// toGold converts a value into the types that json-gold works on.
func toGold(v schema.Value) (any, error) {
	switch v.Kind {
	case schema.Null:
		return nil, nil
	case schema.Bool:
		return v.True, nil
	case schema.String:
		return v.Text, nil
	case schema.Number:
		f, err := strconv.ParseFloat(v.Text, 64)
		if err != nil {
			return nil, fmt.Errorf("jsonld: %w", err)
		}
		return f, nil
	case schema.Array:
		list := make([]any, len(v.Items))
		for i, item := range v.Items {
			g, err := toGold(item)
			if err != nil {
				return nil, err
			}
			list[i] = g
		}
		return list, nil
	}
	m := make(map[string]any, len(v.Members))
	for _, member := range v.Members {
		g, err := toGold(member.Value)
		if err != nil {
			return nil, err
		}
		m[member.Name] = g
	}
	return m, nil
}

// fromGold is the way back, for JSON literals.
func fromGold(x any) schema.Value {
	switch x := x.(type) {
	case bool:
		return schema.BoolValue(x)
	case string:
		return schema.StringValue(x)
	case float64:
		return schema.NumberValue(strconv.FormatFloat(x, 'g', -1, 64))
	case []any:
		list := make([]schema.Value, len(x))
		for i, item := range x {
			list[i] = fromGold(item)
		}
		return schema.ArrayValue(list...)
	case map[string]any:
		v := schema.Value{Kind: schema.Object}
		for name, item := range x {
			v.Members = append(v.Members, schema.Member{Name: name, Value: fromGold(item)})
		}
		return v
	}
	return schema.Value{}
}
