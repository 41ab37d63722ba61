package issuer

import (
	"slices"
	"strconv"

	"merkki/schema"
)

// rows say of what a limited share consists. What stands under no part is always
// shown: it says what the credential is, or may not be left out, so that nobody
// hides that it ends or was withdrawn. What has no row is never shown.
var rows = []struct {
	part   string
	in     string // "" or "credentialSubject"
	member string
}{
	{"", "", "name"}, {"", "", "issuer"}, {"", "", "validFrom"}, {"", "", "validUntil"}, {"", "", "awardedDate"},
	{"", "", "credentialSchema"}, {"", "", "credentialStatus"}, {"", "credentialSubject", "achievement"},
	{"name", "credentialSubject", "identifier"},
	{"results", "credentialSubject", "result"}, {"results", "credentialSubject", "creditsEarned"},
	{"narrative", "credentialSubject", "narrative"},
	{"evidence", "", "evidence"},
}

// Parts returns what a limited share can show or leave out: the recipient's
// name, the results, the narrative, the evidence.
func Parts() (parts []string) {
	for _, r := range rows {
		if r.part != "" && !slices.Contains(parts, r.part) {
			parts = append(parts, r.part)
		}
	}
	return parts
}

// PartsOf returns those of [Parts] that a credential has.
func PartsOf(credential schema.Value) (parts []string) {
	for _, r := range rows {
		if _, ok := at(credential, r.in).Get(r.member); ok && r.part != "" && !slices.Contains(parts, r.part) {
			parts = append(parts, r.part)
		}
	}
	return parts
}

func at(v schema.Value, member string) schema.Value {
	if member != "" {
		v, _ = v.Get(member)
	}
	return v
}

// limited returns of a credential what a share shows, without proof.
func limited(credential schema.Value, shows []string) schema.Value {
	keep := func(from schema.Value, in string, also ...string) schema.Value {
		out := schema.ObjectValue()
		for _, m := range from.Members {
			if slices.Contains(also, m.Name) {
				out = out.With(m.Name, m.Value)
			}
			for _, r := range rows {
				if r.in == in && r.member == m.Name && shown(r.part, shows) {
					out = out.With(m.Name, names(m))
				}
			}
		}
		return out
	}
	subject := keep(at(credential, "credentialSubject"), "credentialSubject", "type")
	return keep(credential, "", "@context", "id", "type").With("credentialSubject", subject)
}

func shown(part string, shows []string) bool { return part == "" || slices.Contains(shows, part) }

// names leaves of the identifiers of a recipient the name alone: an address
// that is hashed can be guessed.
func names(m schema.Member) schema.Value {
	if m.Name != "identifier" {
		return m.Value
	}
	var only []schema.Value
	for _, i := range m.Value.List() {
		if i.GetString("identityType") == "name" {
			only = append(only, i)
		}
	}
	return schema.ArrayValue(only...)
}

// pointersTo returns pointers (RFC 6901) to what a share shows.
func pointersTo(credential schema.Value, shows []string) (pointers []string) {
	for _, r := range rows {
		parent := ""
		if r.in != "" {
			parent = schema.PointerTo("", r.in)
		}
		v, ok := at(credential, r.in).Get(r.member)
		if !ok || !shown(r.part, shows) {
			continue
		}
		pointer := schema.PointerTo(parent, r.member)
		if r.member != "identifier" {
			pointers = append(pointers, pointer)
			continue
		}
		for n, i := range v.List() {
			if i.GetString("identityType") == "name" {
				pointers = append(pointers, schema.PointerTo(pointer, strconv.Itoa(n)))
			}
		}
	}
	return pointers
}
