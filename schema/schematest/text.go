package schematest

import (
	"fmt"

	"merkki/schema"
)

func object(members ...schema.Member) schema.Value {
	v := schema.ObjectValue()
	for _, m := range members {
		if m.Name != "" { // what maybe left out
			v.Members = append(v.Members, m)
		}
	}
	return v
}

func member(name string, v schema.Value) schema.Member { return schema.Member{Name: name, Value: v} }

func membersOf(name string, items []schema.Value) schema.Member {
	if items == nil {
		return schema.Member{} // an empty array says nothing and is left out
	}
	return member(name, list(items...))
}

func text(s string) schema.Value { return schema.StringValue(s) }

func list(items ...schema.Value) schema.Value { return schema.ArrayValue(items...) }

func texts(all ...string) schema.Value {
	var items []schema.Value
	for _, s := range all {
		items = append(items, text(s))
	}
	return list(items...)
}

func pick(g *generator, from ...string) string { return from[g.IntN(len(from))] }

func (g *generator) maybe(name string, make func() schema.Value) schema.Member {
	if g.IntN(3) > 0 {
		return schema.Member{}
	}
	return member(name, make())
}

func (g *generator) some(make func() schema.Value) func() schema.Value {
	return func() schema.Value {
		var items []schema.Value
		for range 1 + g.IntN(2) {
			items = append(items, make())
		}
		return list(items...)
	}
}

// token returns 26 characters, enough never to meet twice.
func (g *generator) token() string {
	b := make([]byte, 26)
	for i := range b {
		b[i] = "0123456789abcdefghjkmnpqrstvwxyz"[g.IntN(32)]
	}
	return string(b)
}

func (g *generator) uuid() string {
	a, b := g.Uint64(), g.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%x%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, 8+b>>62, b>>48&0xfff, b&0xffffffffffff)
}

func (g *generator) word() schema.Value { return text(pick(g, words...)) }

func (g *generator) sentence() schema.Value {
	return text(pick(g, words...) + " " + pick(g, words...) + " " + pick(g, words...))
}

func (g *generator) markdown() schema.Value {
	return text("# " + pick(g, words...) + "\n\n* " + pick(g, words...) + "\n* [" + pick(g, words...) + "](https://example.com/)\n")
}

// words are what canonical forms, escapes and pages stumble over, besides
// ordinary ones. All of them may be issued.
var words = []string{
	"Tietoturva", "Opintopolku", "yrkeshögskola", "Ääkkösiä öisin", "5 op", "IT00-2026", "0", "-1.50", "true", "null",
	`"lainattu"`, `C:\temp`, "rivi\nja toinen", "sarkain\there", "\r\n", "</script>", "<b>&amp;</b>", "${x}{{.}}",
	"=cmd()", "O'Brien", "שלום", "中文課程", "e\u0301 ja \u00e9", "👩🏽‍🎓", "\U00010348", "\u2028", "\u00a0", "\u2066\u05d0\u2069",
	"javascript:alert(1)", "https://example.com/", "_:b0", "@id", "did:example:1", "2026-01-01T00:00:00Z", " väli ",
}
