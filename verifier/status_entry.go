package verifier

import (
	"slices"
	"strconv"

	"merkki/schema"
	"merkki/schema/statuslist"
)

// An entry is one element of credentialStatus.
type entry struct {
	pointer string
	kind    *statusKind // nil: a list without signature
	list    string      // URL
	index   int         // -1: a number too large for any list
	text    string      // the index as written
	purpose string
}

// readEntry takes the members out of an entry. Their forms have been checked
// by document.schema; what remains is what this program does not read.
func readEntry(v schema.Value, pointer string) (entry, *schema.Fault) {
	e := entry{pointer: pointer, list: v.GetString("statusListCredential"), purpose: v.GetString("statusPurpose"), index: -1}
	name := ""
	if types := v.GetList("type"); len(types) == 1 {
		name = types[0].Text
	}
	if name == revocationListType {
		e.list, e.purpose = v.GetString("id"), purposeRevocation
		return e, nil
	}
	if e.kind = statusKindOf(name); e.kind == nil {
		return e, schema.Found("status.type-unknown", pointer+"/type", map[string]any{"type": name})
	}
	if size, ok := v.Get("statusSize"); ok && size.Text != "1" {
		return e, schema.Found("status.type-unknown", pointer+"/statusSize", map[string]any{"type": name, "size": size.Text})
	}
	if !slices.Contains(e.kind.purposes, e.purpose) {
		return e, schema.Found("status.type-unknown", pointer+"/statusPurpose", map[string]any{"type": name, "purpose": e.purpose})
	}
	index, _ := v.Get("statusListIndex")
	e.text = index.Text
	if n, err := strconv.ParseUint(index.Text, 10, 40); err == nil && len(index.Text) <= 10 {
		e.index = int(n)
	}
	return e, nil
}

// doubts are what speaks against reading a clear bit at the entry's place.
func (e entry) doubts(l *listed) (faults []*schema.Fault) {
	if l.bits.Len() < statuslist.MinEntries {
		faults = append(faults, schema.Found("status.list-short", e.pointer, map[string]any{
			"list": e.list, "entries": l.bits.Len(), "min": statuslist.MinEntries}))
	}
	if e.index < 0 || e.index >= l.bits.Len() {
		faults = append(faults, schema.Found("status.index-range", e.pointer+"/statusListIndex", map[string]any{
			"list": e.list, "index": e.text, "entries": l.bits.Len()}))
	}
	return faults
}

// set is what a set bit means.
func (e entry) set(l *listed) *schema.Fault {
	args := map[string]any{"list": e.list, "purpose": e.purpose, "age": l.age}
	if e.purpose == purposeRefresh {
		return warning("status.refresh", e.pointer, args)
	}
	return schema.Found("status."+e.purpose, e.pointer, args)
}
