package jsonld

import (
	"bytes"
	"errors"
	"strings"

	"merkki/schema"
)

// The two base contexts; one of them comes first in every credential.
const (
	BaseV2 = "https://www.w3.org/ns/credentials/v2"
	BaseV1 = "https://www.w3.org/2018/credentials/v1"
)

// CheckContexts applies the context policy (security model, section 7.2) to a
// document and to the credentials embedded in it. Its faults are those of
// document.contexts, the primary one first; none means passed.
func (r *Register) CheckContexts(root schema.Value) []*schema.Fault {
	p := &policy{register: r}
	contexts := p.contexts(root, nil)
	if len(contexts) > 0 {
		p.base = contexts[0].Text
	}
	if len(p.faults.faults) == 0 {
		p.together(root)
	}
	if nests(&root) {
		p.members(root, contexts, nil, true)
	}
	return p.faults.sorted()
}

// nests reports whether anything inside v has a @context or should.
func nests(v *schema.Value) bool {
	for i := range v.Items {
		if hasContext(&v.Items[i]) {
			return true
		}
	}
	for i := range v.Members {
		m := &v.Members[i]
		if m.Name != "@context" && m.Value.Kind >= schema.Array && (embeds(m.Name) || hasContext(&m.Value)) {
			return true
		}
	}
	return false
}

// hasContext reports whether v, or anything inside it, has a @context or should.
func hasContext(v *schema.Value) bool {
	_, ok := v.Get("@context")
	return ok || v.Kind >= schema.Array && nests(v)
}

// A policy looks at every @context of one document.
type policy struct {
	register *Register
	base     string // the base context of the outermost credential
	faults   faultList
}

func (p *policy) refuse(finding string, at *location, args map[string]any) {
	p.faults.add(finding, at, args)
}

// contexts checks the @context of a credential, which stands at at, and returns
// its elements.
func (p *policy) contexts(credential schema.Value, at *location) []schema.Value {
	v, ok := credential.Get("@context")
	if !ok || v.Kind == schema.Array && len(v.Items) == 0 {
		p.refuse("contexts.missing", at, nil)
		return nil
	}
	own := map[string]bool{} // terms that inline contexts have added
	for i, item := range v.List() {
		here := &location{in: at, name: "@context"}
		if v.Kind == schema.Array {
			here = &location{in: here, index: i, item: true}
		}
		switch {
		case item.Kind != schema.String:
			p.inline(item, i, here, own)
		default:
			p.url(item.Text, i, here)
		}
	}
	return v.List()
}

// url checks the i-th context of a credential, a URL.
func (p *policy) url(url string, i int, at *location) {
	switch _, known := p.register.contexts[url]; {
	case i == 0 && url != BaseV2 && url != BaseV1,
		i == 0 && p.base != "" && url != p.base:
		p.refuse("contexts.order", at, map[string]any{"url": url})
	case !known && isBroken(url):
		p.refuse("contexts.broken", at, map[string]any{"url": url})
	case !known:
		p.refuse("contexts.unregistered", at, map[string]any{"url": url})
	}
}

// isBroken reports whether an address is known to serve a context that no
// conforming processor reads: educredential.json of SURF, on every branch. One of
// its scoped contexts stands under "context" instead of "@context", which is an
// invalid term definition (JSON-LD 1.1 API, section 4.2).
func isBroken(url string) bool {
	return strings.HasPrefix(url, "https://raw.githubusercontent.com/educredentials/obv3-examples/") &&
		strings.HasSuffix(url, "/contexts/educredential.json")
}

// inline checks the i-th context of a credential, which is no URL; the first has
// to be one. own are the terms that objects before it added, to which it adds
// its own.
func (p *policy) inline(item schema.Value, i int, at *location, own map[string]bool) {
	if item.Kind != schema.Object || i == 0 || p.register.inline == noInline {
		p.refuse("contexts.inline", at, nil)
		return
	}
	if p.register.inline == anyContext {
		if reason := checkAny(p.register.unwrap(item)); reason != "" {
			p.refuse("contexts.inline", at, map[string]any{"reason": reason})
		}
		return
	}
	for _, m := range item.Members {
		if reason := p.register.checkNewTerm(m.Name, m.Value, own); reason != "" {
			p.refuse("contexts.inline", &location{in: at, name: m.Name}, map[string]any{"term": m.Name, "reason": reason})
			return
		}
		own[m.Name] = true
	}
}

// together puts the contexts of the document into force. One may define
// otherwise what another protects, and json-gold may not take an inline one.
func (p *policy) together(root schema.Value) {
	at := &location{name: "@context"}
	list, err := p.register.entries(root)
	if err == nil {
		_, err = p.register.top(list)
	}
	if _, limit := errors.AsType[*schema.Fault](err); limit {
		return // for whoever reads the document
	}
	if err != nil {
		p.refuse("contexts.contradict", at, nil)
		return
	}
	if _, err := p.register.goldTop(list); err != nil {
		p.refuse("contexts.inline", at, map[string]any{"reason": "definition"})
	}
}

// members looks for contexts below an object of a credential that has contexts;
// top says that the object is the credential itself.
func (p *policy) members(v schema.Value, contexts []schema.Value, at *location, top bool) {
	for _, m := range v.Members {
		if m.Name == "@context" || m.Value.Kind < schema.Array {
			continue
		}
		p.below(m.Name, m.Value, contexts, &location{in: at, name: m.Name}, top)
	}
}

// below looks at the value of the member name.
func (p *policy) below(name string, v schema.Value, contexts []schema.Value, at *location, top bool) {
	switch v.Kind {
	case schema.Array:
		for i, item := range v.Items {
			if item.Kind < schema.Array {
				continue
			}
			p.below(name, item, contexts, &location{in: at, index: i, item: true}, top)
		}
	case schema.Object:
		context, ok := v.Get("@context")
		switch {
		case embeds(name):
			contexts = p.contexts(v, at)
		case ok && !(top && name == "proof" && repeats(v, context, contexts)):
			p.refuse("contexts.nested", &location{in: at, name: "@context"}, nil)
		}
		p.members(v, contexts, at, embeds(name))
	}
}

// embeds reports whether a member holds credentials, which bring their own
// contexts.
func embeds(name string) bool { return name == "endorsement" || name == "verifiableCredential" }

// repeats reports whether a proof of a JCS suite repeats the beginning of its
// document's contexts, as those suites let it (Data Integrity EdDSA
// Cryptosuites 1.0, section 3.3.1).
func repeats(proof, context schema.Value, contexts []schema.Value) bool {
	if !strings.Contains(proof.GetString("cryptosuite"), "-jcs-") {
		return false
	}
	list := context.List()
	if len(list) > len(contexts) {
		return false
	}
	for i, v := range list {
		if !bytes.Equal(schema.Marshal(v), schema.Marshal(contexts[i])) {
			return false
		}
	}
	return true
}
