package schema

import (
	"slices"
	"strconv"
	"strings"
)

// checkDuplicates refuses an element that stands twice in an array. A signature
// over RDF covers a set of statements, so that anybody could have added the
// second one; a reader who counts would be deceived. Objects without an id are
// different nodes each, the signature counts them, and they may be equal.
func checkDuplicates(v Value, pointer string) (faults []*Fault) {
	if mayRepeat(v.Items) {
		seen := map[string]bool{}
		for i, item := range v.Items {
			key := sameKey(item)
			if isNamed(item) && seen[key] {
				faults = append(faults, Found("schema.duplicate-item", PointerTo(pointer, strconv.Itoa(i)), map[string]any{"found": show(item)}))
			}
			seen[key] = true
		}
	}
	for i, item := range v.Items {
		if item.Kind >= Array {
			faults = append(faults, checkDuplicates(item, PointerTo(pointer, strconv.Itoa(i)))...)
		}
	}
	for _, m := range v.Members {
		if m.Value.Kind >= Array {
			faults = append(faults, checkDuplicates(m.Value, PointerTo(pointer, m.Name))...)
		}
	}
	return faults
}

// mayRepeat is the quick look that answers for nearly every array: no string
// and no id stands in it twice.
func mayRepeat(items []Value) bool {
	if len(items) < 2 {
		return false
	}
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		name := item.Text
		switch item.Kind {
		case Object:
			if name = item.GetString("id"); name == "" {
				name = item.GetString("@value")
			}
			if name == "" {
				continue // no name to repeat
			}
		case Array, Bool, Null:
			return true
		}
		if seen[name] {
			return true
		}
		seen[name] = true
	}
	return false
}

// isNamed says whether saying v twice says no more than once: a scalar, a value
// object, a list of such, an object with an id.
func isNamed(v Value) bool {
	switch v.Kind {
	case Object:
		_, id := v.Get("id")
		_, value := v.Get("@value")
		return id || value
	case Array:
		return !slices.ContainsFunc(v.Items, func(item Value) bool { return !isNamed(item) })
	}
	return true
}

// sameKey is equal for values that differ only in the order of members.
func sameKey(v Value) string {
	switch v.Kind {
	case Array:
		keys := make([]string, len(v.Items))
		for i, item := range v.Items {
			keys[i] = sameKey(item)
		}
		return "[" + strings.Join(keys, ",") + "]"
	case Object:
		keys := make([]string, len(v.Members))
		for i, m := range v.Members {
			keys[i] = string(Marshal(StringValue(m.Name))) + ":" + sameKey(m.Value)
		}
		slices.Sort(keys)
		return "{" + strings.Join(keys, ",") + "}"
	}
	return string(Marshal(v))
}
