package jsonld

import (
	"maps"
	"slices"
	"strings"
)

// A definer says which context defines a term, and within which class where it
// does so only there.
type definer struct{ url, class string }

// explain says for an undefined term which registered context would define it:
// "context" is its URL; "types" are the types under which it does, absent when
// it always does.
func (r *reader) explain(name string) map[string]any {
	args := map[string]any{"term": name}
	// A document has one base context: nobody can add the other one to it.
	found := slices.DeleteFunc(slices.Clone(r.register.index()[name]), func(d definer) bool {
		return (d.url == BaseV1 || d.url == BaseV2) && d.url != r.base
	})
	if len(found) == 0 {
		return args
	}
	args["context"] = found[0].url
	var classes []string
	for _, d := range found {
		if d.url == found[0].url && d.class != "" {
			classes = append(classes, d.class)
		}
	}
	if len(classes) > 0 {
		args["types"] = strings.Join(classes, ", ")
	}
	return args
}

// buildIndex lists for each term the contexts that define it: in the order of
// registration, those that always do before those that do within a class.
func (r *Register) buildIndex() map[string][]definer {
	index := map[string][]definer{}
	note := func(url, class string, l *local) {
		for name, d := range l.defs {
			if !d.null {
				index[name] = append(index[name], definer{url, class})
			}
		}
	}
	for _, url := range r.order {
		for _, o := range r.contexts[url].local.objects() {
			note(url, "", o)
		}
	}
	for _, url := range r.order {
		for _, o := range r.contexts[url].local.objects() {
			for _, class := range slices.Sorted(maps.Keys(o.defs)) {
				if s := o.defs[class].scoped; s != nil {
					note(url, class, s)
				}
			}
		}
	}
	return index
}

// objects returns the objects of definitions of a context that stand in a list.
func (l *local) objects() []*local {
	if l.list == nil {
		return []*local{l}
	}
	var out []*local
	for _, item := range l.list {
		out = append(out, item.objects()...)
	}
	return out
}
