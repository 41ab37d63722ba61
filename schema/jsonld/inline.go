package jsonld

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"merkki/schema"
)

// An inlinePolicy says what is made of contexts that stand in the document
// itself.
type inlinePolicy uint8

const (
	noInline   inlinePolicy = iota // refused
	newTerms                       // may add terms and do nothing else
	anyContext                     // for conformance suites
)

// WithInline returns a register that also takes objects in @context, as long as
// they only add: a definition there may be a new term → absolute IRI, or an
// object of @id (absolute IRI) and optionally @type (absolute IRI or @id) and
// @container (@set or @list). New means that no registered context and no
// object before it knows the term. It is an operator's switch (security model,
// section 7.2, rule 3): the meaning of such words is the document's own.
func (r *Register) WithInline() *Register { return r.withPolicy(newTerms) }

// WithInlineUnsafe returns a register that takes whatever this package can read
// in @context: scoped and protected contexts, terms set to null, and, at the
// top, objects of the form {"@context": {…}}. Protected terms stay protected,
// @vocab can only be cleared, and no other context can be named. It is for
// conformance suites and must not decide about anybody's credential.
func (r *Register) WithInlineUnsafe() *Register { return r.withPolicy(anyContext) }

func (r *Register) withPolicy(p inlinePolicy) *Register {
	n := r.clone()
	n.inline = p
	return n
}

// An entry is an element of @context: the URL of a registered context, or an
// inline one.
type entry struct {
	url   string
	value schema.Value // of an inline one
	local *local
}

// entries reads the @context of an object that passed CheckContexts.
func (r *Register) entries(v schema.Value) ([]entry, error) {
	items := v.GetList("@context")
	if len(items) == 0 {
		return nil, nil
	}
	list := make([]entry, 0, len(items))
	for _, item := range items {
		e, err := r.entry(item)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

func (r *Register) entry(item schema.Value) (entry, error) {
	switch {
	case item.Kind == schema.String:
		if src, ok := r.contexts[item.Text]; ok {
			return entry{url: item.Text, local: src.ref}, nil
		}
		return entry{url: item.Text, local: &local{url: item.Text}}, nil
	case item.Kind != schema.Object || r.inline == noInline:
		return entry{}, errors.New("jsonld: a context that is no URL")
	}
	item = r.unwrap(item)
	l, err := compile(item)
	if err != nil {
		return entry{}, err
	}
	return entry{value: item, local: l}, nil
}

// unwrap takes the context out of an object of the form that a context file
// has, which other implementations read too.
func (r *Register) unwrap(item schema.Value) schema.Value {
	if inner, ok := item.Get("@context"); ok && r.inline == anyContext && len(item.Members) == 1 && inner.Kind == schema.Object {
		return inner
	}
	return item
}

// baseOf returns the URL of the first context, that of the data model.
func baseOf(list []entry) string {
	if len(list) == 0 {
		return ""
	}
	return list[0].url
}

// checkNewTerm returns why a definition is no mere addition, "" if it is.
func (r *Register) checkNewTerm(name string, v schema.Value, own map[string]bool) string {
	switch {
	case name == "" || strings.ContainsAny(name, "@:/?#[] ") || slices.Contains(schemes, strings.ToLower(name)):
		return "name"
	case own[name] || r.terms()[name]:
		return "taken"
	case v.Kind == schema.String:
		return r.checkPlainIRI(v)
	case v.Kind != schema.Object:
		return "definition"
	}
	if _, ok := v.Get("@id"); !ok {
		return "definition"
	}
	for _, m := range v.Members {
		reason := ""
		switch m.Name {
		case "@id":
			reason = r.checkPlainIRI(m.Value)
		case "@type":
			if m.Value.Kind != schema.String || m.Value.Text != "@id" {
				reason = r.checkPlainIRI(m.Value)
			}
		case "@container":
			if m.Value.Kind != schema.String || m.Value.Text != "@set" && m.Value.Text != "@list" {
				reason = "definition"
			}
		default:
			reason = "definition"
		}
		if reason != "" {
			return reason
		}
	}
	return ""
}

// checkPlainIRI admits an absolute IRI that is no compact one, whose beginning a
// context would replace, and that is no beginning of others itself.
func (r *Register) checkPlainIRI(v schema.Value) string {
	scheme, _, _ := strings.Cut(v.Text, ":")
	if v.Kind != schema.String || !isAbsoluteIRI(v.Text) || endsLikePrefix(v.Text) || r.terms()[scheme] {
		return "iri"
	}
	return ""
}

// checkAny returns why an object is no context that suites need.
func checkAny(item schema.Value) string {
	l, err := compile(item)
	switch {
	case err != nil, l.refers():
		return "definition"
	case l.setsVocab():
		return "vocab"
	}
	return ""
}

func (l *local) setsVocab() bool {
	if l.vocab != nil && *l.vocab != "" {
		return true
	}
	for _, item := range l.list {
		if item.setsVocab() {
			return true
		}
	}
	for d := range maps.Values(l.defs) {
		if d.scoped != nil && d.scoped.setsVocab() {
			return true
		}
	}
	return false
}

// buildTerms lists every name that a registered context defines anywhere.
func (r *Register) buildTerms() map[string]bool {
	names := map[string]bool{}
	var note func(l *local)
	note = func(l *local) {
		for _, item := range l.list {
			note(item)
		}
		for name, d := range l.defs {
			names[name] = true
			if d.scoped != nil {
				note(d.scoped)
			}
		}
	}
	for _, s := range r.contexts {
		note(s.local)
	}
	return names
}
