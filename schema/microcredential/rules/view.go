package rules

import (
	"slices"
	"strconv"
	"strings"

	"merkki/schema"
)

// parts are what a view is made of.
var parts = map[string]bool{"achievement": true, "issuer": true, "awardedBy": true, "declared": true, "subject": true, "credential": true}

// A View is what rules look at, and where its parts stand in the document.
type View struct {
	root  schema.Value
	place map[string]string // pointer of each part
	award bool              // there is an award
}

// IsAward reports whether rules for awards apply.
func (v View) IsAward() bool { return v.award }

// ViewOf returns the view of an Achievement or of a credential.
func ViewOf(root schema.Value) View {
	if subject, ok := root.Get("credentialSubject"); ok {
		return awardView(root, subject)
	}
	v := View{place: map[string]string{"achievement": "", "issuer": "/creator", "awardedBy": "/awardedBy", "declared": "/notApplicable"}}
	v.root = assemble(map[string]schema.Value{
		"achievement": root.Without("creator", "awardedBy", "notApplicable"), "issuer": member(root, "creator"),
		"awardedBy": member(root, "awardedBy"), "declared": member(root, "notApplicable"),
	})
	return v
}

func awardView(root, subject schema.Value) View {
	v := View{award: true, place: map[string]string{
		"achievement": "/credentialSubject/achievement", "issuer": "/issuer", "awardedBy": "/credentialSubject/awardedBy",
		"subject": "/credentialSubject", "credential": "",
	}}
	v.root = assemble(map[string]schema.Value{
		"achievement": member(subject, "achievement"), "issuer": member(root, "issuer"), "awardedBy": member(subject, "awardedBy"),
		"subject": subject.Without("achievement", "awardedBy"), "credential": root.Without("credentialSubject", "issuer", "proof"),
	})
	return v
}

func member(v schema.Value, name string) schema.Value {
	m, _ := v.Get(name)
	return m
}

func assemble(all map[string]schema.Value) schema.Value {
	var members []schema.Member
	for _, name := range []string{"achievement", "issuer", "awardedBy", "declared", "subject", "credential"} {
		if v, ok := all[name]; ok && v.Kind != schema.Null {
			members = append(members, schema.Member{Name: name, Value: v})
		}
	}
	return schema.ObjectValue(members...)
}

// A place is a value of a view, and the tokens of the pointer that leads there.
type place struct {
	tokens []string
	value  schema.Value
}

// at returns what stands at a path. A member that holds one value where several
// may stand counts as a list of one, as in JSON-LD.
func (v View) at(path string) []place { return from(place{value: v.root}, path) }

func from(start place, path string) []place {
	found := []place{start}
	for token := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		var next []place
		for _, p := range found {
			next = append(next, p.step(unescape(token))...)
		}
		found = next
	}
	return found
}

func (p place) step(token string) []place {
	if token != "*" {
		var next []place
		if m, ok := p.value.Get(token); ok {
			next = append(next, place{append(slices.Clone(p.tokens), token), m})
		}
		return next
	}
	switch p.value.Kind {
	case schema.Array:
		next := make([]place, len(p.value.Items))
		for i, item := range p.value.Items {
			next[i] = place{append(slices.Clone(p.tokens), strconv.Itoa(i)), item}
		}
		return next
	case schema.Object:
		if isLanguageMap(p.value) {
			next := make([]place, len(p.value.Members))
			for i, m := range p.value.Members {
				next[i] = place{append(slices.Clone(p.tokens), m.Name), m.Value}
			}
			return next
		}
	}
	return []place{p}
}

// isLanguageMap reports whether an object holds one text for each language: it
// has neither type nor id.
func isLanguageMap(v schema.Value) bool {
	_, hasType := v.Get("type")
	_, hasID := v.Get("id")
	return !hasType && !hasID && len(v.Members) > 0
}

func unescape(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
}

// pointer is where a value of the view stands in the document.
func (v View) pointer(tokens []string) string {
	if len(tokens) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(v.place[tokens[0]])
	for _, t := range tokens[1:] {
		b.WriteString("/" + strings.ReplaceAll(strings.ReplaceAll(t, "~", "~0"), "/", "~1"))
	}
	return b.String()
}

// missing is where what a path names would stand: as far as it leads.
func (v View) missing(path string) string { return v.missingFrom(nil, path) }

func (v View) missingFrom(tokens []string, path string) string {
	tokens = slices.Clone(tokens)
	for token := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if token == "*" {
			break
		}
		tokens = append(tokens, unescape(token))
	}
	return v.pointer(tokens)
}
