package schema

import (
	"strconv"
	"strings"
)

// checkStatusEntries looks into the entries of the type that is read (Bitstring
// Status List 1.0, BitstringStatusListEntry). Other types are for the check
// credential.status to name.
func checkStatusEntries(claims Value) (faults []*Fault) {
	status, _ := claims.Get("credentialStatus")
	for i, entry := range status.List() {
		if entry.Kind != Object || entry.GetString("type") != "BitstringStatusListEntry" {
			continue
		}
		pointer := "/credentialStatus"
		if status.Kind == Array {
			pointer = PointerTo(pointer, strconv.Itoa(i))
		}
		faults = append(faults, checkStatusEntry(entry, pointer)...)
	}
	return faults
}

func checkStatusEntry(entry Value, pointer string) (faults []*Fault) {
	for _, rule := range []struct {
		member, expected string
		ok               func(Value) bool
		optional         bool
	}{
		{"statusPurpose", "string", func(v Value) bool { return v.Kind == String && v.Text != "" }, false},
		{"statusListIndex", "decimal string", func(v Value) bool { return v.Kind == String && isIndex(v.Text) }, false},
		{"statusListCredential", "uri", func(v Value) bool { return v.Kind == String && IsURI(v.Text) }, false},
		{"statusSize", "integer above 0", func(v Value) bool { return v.Kind == Number && isIndex(v.Text) && v.Text != "0" }, true},
	} {
		v, there := entry.Get(rule.member)
		switch {
		case !there && !rule.optional:
			faults = append(faults, Found("schema.status-entry", pointer,
				map[string]any{"member": rule.member, "expected": rule.expected, "found": "absent"}))
		case there && !rule.ok(v):
			faults = append(faults, Found("schema.status-entry", PointerTo(pointer, rule.member),
				map[string]any{"member": rule.member, "expected": rule.expected, "found": show(v)}))
		}
	}
	return faults
}

// isIndex says whether s is an integer ≥ 0 in base 10 in its one spelling.
// Whether the list is that long is a question for who has it.
func isIndex(s string) bool {
	return s == "0" || s != "" && s[0] != '0' && strings.Trim(s, "0123456789") == ""
}
