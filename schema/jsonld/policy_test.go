package jsonld_test

import (
	"strings"
	"testing"

	"merkki/schema/jsonld"
)

func TestContextPolicy(t *testing.T) {
	const v2, ob = `"https://www.w3.org/ns/credentials/v2"`, `"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"`
	const both = `"@context": [` + v2 + `, ` + ob + `]`
	for _, c := range []struct{ name, json, want string }{
		{"a string", `{"@context": ` + v2 + `}`, ""},
		{"a list", `{` + both + `}`, ""},
		{"none", `{"id": "x"}`, "contexts.missing "},
		{"an empty list", `{"@context": []}`, "contexts.missing "},
		{"null", `{"@context": null}`, "contexts.inline /@context"},
		{"an object", `{"@context": {"@vocab": "https://x.example/"}}`, "contexts.inline /@context"},
		{"an object in the list", `{"@context": [` + v2 + `, {"name": null}]}`, "contexts.inline /@context/1"},
		{"a list in the list", `{"@context": [` + v2 + `, [` + ob + `]]}`, "contexts.inline /@context/1"},
		{"another first", `{"@context": [` + ob + `, ` + v2 + `]}`, "contexts.order /@context/0"},
		{"base in capitals", `{"@context": "https://www.W3.org/ns/credentials/v2"}`, "contexts.order /@context"},
		{"base with a slash", `{"@context": ["https://www.w3.org/ns/credentials/v2/"]}`, "contexts.order /@context/0"},
		{"base 1.1", `{"@context": ["https://www.w3.org/2018/credentials/v1"]}`, ""},
		{"base 2.0 after 1.1 by an alias", `{"@context": ["https://www.w3.org/2018/credentials/v1/"]}`, "contexts.order /@context/0"},
		{"unknown", `{"@context": [` + v2 + `, "https://x.example/c"]}`, "contexts.unregistered /@context/1"},
		{"undefined terms", `{"@context": [` + v2 + `, "https://www.w3.org/ns/credentials/undefined-terms/v2"]}`, "contexts.unregistered /@context/1"},
		{"a path", `{"@context": [` + v2 + `, "/etc/passwd"]}`, "contexts.unregistered /@context/1"},
		{"two faults, the worse first", `{"@context": ["https://x.example/c", {}]}`, "contexts.order /@context/0, contexts.inline /@context/1"},
		{"nested", `{` + both + `, "issuer": {` + both + `}}`, "contexts.nested /issuer/@context"},
		{"nested in a list", `{` + both + `, "evidence": [{}, {"@context": null}]}`, "contexts.nested /evidence/1/@context"},
		{"nested in a list of lists", `{` + both + `, "evidence": [[{"@context": []}]]}`, "contexts.nested /evidence/0/0/@context"},
		{"endorsement", `{` + both + `, "issuer": {"endorsement": [{` + both + `}]}}`, ""},
		{"endorsement without", `{` + both + `, "endorsement": [{"id": "x"}]}`, "contexts.missing /endorsement/0"},
		{"endorsement with an object", `{` + both + `, "endorsement": [{"@context": [` + v2 + `, {}]}]}`, "contexts.inline /endorsement/0/@context/1"},
		{"endorsement with another base", `{` + both + `, "endorsement": [{"@context": ["https://www.w3.org/2018/credentials/v1"]}]}`, "contexts.order /endorsement/0/@context/0"},
		{"endorsement with an unknown one", `{` + both + `, "endorsement": [{"@context": [` + v2 + `, "https://x.example/"]}]}`, "contexts.unregistered /endorsement/0/@context/1"},
		{"nested in an endorsement", `{` + both + `, "endorsement": [{` + both + `, "issuer": {` + both + `}}]}`, "contexts.nested /endorsement/0/issuer/@context"},
		{"credential in a presentation", `{` + both + `, "verifiableCredential": {` + both + `}}`, ""},
		{"proof of a JCS suite", `{` + both + `, "proof": {"cryptosuite": "eddsa-jcs-2022", "@context": [` + v2 + `]}}`, ""},
		{"proof of a JCS suite that goes further", `{"@context": ` + v2 + `, "proof": {"cryptosuite": "eddsa-jcs-2022", ` + both + `}}`, "contexts.nested /proof/@context"},
		{"proof of a JCS suite that differs", `{` + both + `, "proof": {"cryptosuite": "eddsa-jcs-2022", "@context": [` + ob + `]}}`, "contexts.nested /proof/@context"},
		{"proof of another suite", `{` + both + `, "proof": [{"cryptosuite": "eddsa-rdfc-2022", ` + both + `}]}`, "contexts.nested /proof/0/@context"},
		{"a proof inside", `{` + both + `, "issuer": {"proof": {"cryptosuite": "eddsa-jcs-2022", ` + both + `}}}`, "contexts.nested /issuer/proof/@context"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range jsonld.Embedded().CheckContexts(parse(t, c.json)) {
				got = append(got, f.Finding+" "+f.Pointer)
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
}
