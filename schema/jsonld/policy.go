package jsonld

import (
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
	urls := p.contexts(root, nil)
	if len(urls) > 0 {
		p.base = urls[0]
	}
	p.members(root, urls, nil, true)
	return p.faults.sorted()
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
// its URLs.
func (p *policy) contexts(credential schema.Value, at *location) []string {
	v, ok := credential.Get("@context")
	if !ok || v.Kind == schema.Array && len(v.Items) == 0 {
		p.refuse("contexts.missing", at, nil)
		return nil
	}
	var urls []string
	for i, item := range v.List() {
		here := &location{in: at, name: "@context"}
		if v.Kind == schema.Array {
			here = &location{in: here, index: i, item: true}
		}
		if item.Kind != schema.String {
			p.refuse("contexts.inline", here, nil)
			continue
		}
		args := map[string]any{"url": item.Text}
		switch _, known := p.register.contexts[item.Text]; {
		case i == 0 && item.Text != BaseV2 && item.Text != BaseV1,
			i == 0 && p.base != "" && item.Text != p.base:
			p.refuse("contexts.order", here, args)
		case !known:
			p.refuse("contexts.unregistered", here, args)
		}
		urls = append(urls, item.Text)
	}
	return urls
}

// members looks for contexts below an object of a credential whose contexts are
// urls; top says that the object is the credential itself.
func (p *policy) members(v schema.Value, urls []string, at *location, top bool) {
	for _, m := range v.Members {
		if m.Name == "@context" {
			continue
		}
		p.below(m.Name, m.Value, urls, &location{in: at, name: m.Name}, top)
	}
}

// below looks at the value of the member name.
func (p *policy) below(name string, v schema.Value, urls []string, at *location, top bool) {
	switch v.Kind {
	case schema.Array:
		for i, item := range v.Items {
			p.below(name, item, urls, &location{in: at, index: i, item: true}, top)
		}
	case schema.Object:
		context, ok := v.Get("@context")
		switch {
		case embeds(name):
			urls = p.contexts(v, at)
		case ok && !(top && name == "proof" && repeats(v, context, urls)):
			p.refuse("contexts.nested", &location{in: at, name: "@context"}, nil)
		}
		p.members(v, urls, at, embeds(name))
	}
}

// embeds reports whether a member holds credentials, which bring their own
// contexts.
func embeds(name string) bool { return name == "endorsement" || name == "verifiableCredential" }

// repeats reports whether a proof of a JCS suite repeats the beginning of its
// document's contexts, as those suites let it (Data Integrity EdDSA
// Cryptosuites 1.0, section 3.3.1).
func repeats(proof, context schema.Value, urls []string) bool {
	if !strings.Contains(proof.GetString("cryptosuite"), "-jcs-") {
		return false
	}
	list := context.List()
	if len(list) > len(urls) {
		return false
	}
	for i, v := range list {
		if v.Kind != schema.String || v.Text != urls[i] {
			return false
		}
	}
	return true
}
